import type { LogFilter } from '../../api/logs.ts';
import type { LogsSearch } from './search.ts';
import { lowestNumber } from './severity.ts';

/** As the product takes them; longer ones it refuses. */
const MOST_CHARACTERS = 1_000;
export const MOST_CONDITIONS = 20;

/** What the URL narrows logs by, as the product is asked for it. */
export const filterOfSearch = (search: LogsSearch, campaign: string | undefined): LogFilter => ({
  trace: search.trace,
  span: search.span,
  service: search.service,
  campaign,
  text: search.text,
  minSeverity: search.severity === undefined ? undefined : lowestNumber(search.severity),
  where: conditionsOf(search),
});

/** The conditions on attributes, each once. */
export const conditionsOf = ({ where }: LogsSearch): readonly string[] => [
  ...new Set(where === undefined ? [] : Array.isArray(where) ? where : [where]),
];

/**
 * `key="text"`, `key!=7`: a condition on an attribute, or null where the product has none for it: lists and objects, names with
 * the signs of comparison, and very long text. Text is quoted, so that «7» and 7 stay apart.
 */
export function conditionText(key: string, operator: '=' | '!=', value: unknown): string | null {
  if (key.trim() === '' || key !== key.trim() || /[=!<>]/.test(key)) return null;
  const written =
    typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value)
      ? JSON.stringify(value)
      : null;
  if (written === null) return null;
  const text = `${key}${operator}${written}`;
  return text.length > MOST_CHARACTERS ? null : text;
}

/** Whether the product can read it: a name, a comparison and a value; an order needs a number. */
export function isCondition(text: string): boolean {
  const [, key = '', operator, value = ''] = /^([^=!<>]+)(!=|<=|>=|=|<|>)(.*)$/s.exec(text) ?? [];
  if (operator === undefined || key.trim() === '' || text.length > MOST_CHARACTERS) return false;
  if (operator !== '=' && operator !== '!=') return /^-?\d+(\.\d+)?([eE][-+]?\d+)?$/.test(value);
  return !value.startsWith('"') || /^"(?:[^"\\]|\\.)*"$/s.test(value);
}

/** The `where` of the URL with one more condition; the opposite one, which would leave nothing, makes room for it. */
export function withCondition(search: LogsSearch, condition: string): LogsSearch['where'] {
  const opposite = condition.replace(/^([^=!<>]+)(!?)=/, (_, key: string, not: string) =>
    not === '' ? `${key}!=` : `${key}=`,
  );
  const kept = conditionsOf(search).filter((one) => one !== condition && one !== opposite);
  return urlValue([...kept, condition]);
}

export const withoutCondition = (search: LogsSearch, condition: string): LogsSearch['where'] =>
  urlValue(conditionsOf(search).filter((one) => one !== condition));

const urlValue = (conditions: readonly string[]): LogsSearch['where'] =>
  conditions.length === 0 ? undefined : conditions.length === 1 ? conditions[0] : [...conditions];
