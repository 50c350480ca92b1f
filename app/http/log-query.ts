import { z } from 'zod';
import type { AttributeCondition, LogFilter } from '../../storage/logs/log-filter.ts';
import type { LogCursor } from '../../storage/logs/search-logs.ts';
import { definedOnly, moment, searchWord } from './query-fields.ts';

const CONDITIONS_MAX = 20;
const CONDITION = /^([^=!<>]+)(!=|<=|>=|=|<|>)(.*)$/s;

/**
 * `key=value`, also with `!=`, `<`, `<=`, `>`, `>=`. A value in double quotes is text; without them `7` is also the number and `true`
 * the boolean. Null: it cannot be read.
 */
export function parseCondition(text: string): AttributeCondition | null {
  const [, key = '', operator, value = ''] = CONDITION.exec(text) ?? [];
  if (operator === undefined || key.trim() === '') return null;
  const values = valuesOf(value);
  const ordered = operator !== '=' && operator !== '!=';
  if (values === null || (ordered && !values.some(({ type }) => type === 'float'))) return null;
  return {
    key: key.trim(),
    operator: operator as AttributeCondition['operator'],
    values: ordered ? values.filter(({ type }) => type === 'float') : values,
  };
}

function valuesOf(text: string): AttributeCondition['values'] | null {
  if (text.startsWith('"')) {
    const quoted = /^"(?:[^"\\]|\\.)*"$/s.test(text) ? parsedOrNull(text) : null;
    return quoted === null ? null : [{ type: 'string', value: quoted }];
  }
  const number = /^-?\d+(\.\d+)?([eE][-+]?\d+)?$/.test(text)
    ? [{ type: 'float', value: Number(text) } as const]
    : [];
  const bool = text === 'true' || text === 'false' ? [{ type: 'bool', value: text === 'true' } as const] : [];
  return [{ type: 'string', value: text }, ...number, ...bool];
}

function parsedOrNull(text: string): string | null {
  try {
    return z.string().parse(JSON.parse(text));
  } catch {
    return null;
  }
}

const condition = z
  .string()
  .max(1_000)
  .transform((text, context) => {
    const parsed = parseCondition(text);
    if (parsed !== null) return parsed;
    context.addIssue({
      code: 'custom',
      message: `«${text}» is no condition: write key=value, key!="text" or key>=7`,
    });
    return z.NEVER;
  });

const conditions = z.preprocess(
  (given) => (Array.isArray(given) || given === undefined || given === '' ? given || undefined : [given]),
  z.array(condition).max(CONDITIONS_MAX).optional(),
);

const hexId = (digits: number) =>
  searchWord.pipe(
    z
      .string()
      .regex(new RegExp(`^[0-9a-fA-F]{${digits}}$`), `an id of ${digits} hex digits is expected`)
      .optional(),
  );

/** What of a query narrows logs. */
export const logFilterFields = {
  service: searchWord,
  campaign: searchWord,
  trace: hexId(32),
  span: hexId(16),
  text: searchWord,
  minSeverity: z.coerce.number().int().min(0).max(24).optional(),
  /** Conditions on attributes, each as {@link parseCondition} reads it. */
  where: conditions,
};

/** The same with the range of time. */
export const logRangeFields = { ...logFilterFields, start: moment, end: moment };

const filterFields = z.object(logFilterFields);

export const filterOf = (query: z.output<typeof filterFields>): LogFilter =>
  definedOnly({
    service: query.service,
    campaignId: query.campaign,
    traceId: query.trace,
    spanId: query.span,
    text: query.text,
    minSeverity: query.minSeverity,
    attributes: query.where,
  });

/** A page's end as text: the time of its last record in nanoseconds and how many of that time were shown. */
export const cursorText = ({ atNanos, seen }: LogCursor): string => `${atNanos}.${seen}`;

/** What {@link cursorText} wrote. */
export const cursor = z
  .string()
  .regex(/^\d{1,19}\.\d{1,9}$/, 'give the «next» of the page before')
  .transform((text): LogCursor => {
    const [at = '0', seen = '0'] = text.split('.');
    return { atNanos: BigInt(at), seen: Number(seen) };
  })
  .optional();
