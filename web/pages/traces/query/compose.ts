import { type Condition, formatCondition, formatFilter, readConditions, text } from './condition.ts';

const METRICS =
  /\|\s*(rate|count_over_time|min_over_time|max_over_time|avg_over_time|sum_over_time|quantile_over_time|histogram_over_time|compare)\s*\(/;

/** The query with its texts and comments blanked, so that what they say is not taken for syntax; as long as before. */
const syntaxOf = (query: string): string =>
  query.replace(/"(?:[^"\\\n]|\\.)*"|`[^`]*`|\/\/[^\n]*|\/\*[\s\S]*?\*\//g, (found) =>
    ' '.repeat(found.length),
  );

/** The function by which a query works out metrics; null where it finds traces. */
export const metricsFunctionOf = (query: string): string | null => METRICS.exec(syntaxOf(query))?.[1] ?? null;

/** An empty query asks for every span. */
export const asked = (query: string): string => (query.trim() === '' ? '{ }' : query.trim());

/** A query narrowed to a campaign, and by how many characters what was written has moved. */
export interface Narrowed {
  readonly query: string;
  readonly shift: number;
  /** False where a query in brackets cannot be narrowed from outside. */
  readonly narrowed: boolean;
}

/** Puts the campaign of the page before a query: only its spans go on. */
export function narrow(query: string, campaign: string | undefined): Narrowed {
  const whole = asked(query);
  if (campaign === undefined) return { query: whole, shift: 0, narrowed: true };
  if (!/^\s*\{/.test(syntaxOf(whole))) return { query: whole, shift: 0, narrowed: false };
  const prefix = `${formatFilter([{ field: '.campaign.id', operator: '=', value: text(campaign) }])} | `;
  return { query: prefix + whole, shift: prefix.length, narrowed: true };
}

/** A query with one more condition: in its braces where it is one filter, as one more stage where it is not. */
export function withCondition(query: string, condition: Condition): string {
  const conditions = readConditions(asked(query));
  if (conditions === null) return `${asked(query)} | ${formatFilter([condition])}`;
  const same = formatCondition(condition);
  return conditions.some((one) => formatCondition(one) === same)
    ? query
    : formatFilter([...conditions, condition]);
}

/** A part of the traces, by when they began and how long something took. */
export interface TraceBox {
  readonly fromMs: number;
  readonly toMs: number;
  readonly minMs: number;
  readonly maxMs: number;
  /** What `minMs` and `maxMs` are the lengths of. */
  readonly of: 'trace' | 'span';
}

/** Two sets of spans that `compare` sets against each other. */
export interface Comparison {
  /** Both sets together. */
  readonly base: string;
  /** What the selected ones fulfil, as it stands between braces. */
  readonly selection: readonly Condition[];
  /** When the selected ones began, epoch milliseconds. */
  readonly during: { readonly fromMs: number; readonly toMs: number } | null;
}

/** How a span ended up; other conditions say which spans are meant. */
const OUTCOMES: ReadonlySet<string> = new Set(['status', 'statusMessage', 'duration', 'traceDuration']);

const FAILED: Condition = { field: 'status', operator: '=', value: { type: 'bare', value: 'error' } };

/**
 * What the matches of a query are compared with: where it asks for an outcome (status, duration), with the spans that
 * fulfil its other conditions; else with all spans. A query that asks for nothing, or is more than one filter, has its
 * failed spans compared with its others.
 */
export function comparisonOf(query: string): Comparison {
  const conditions = readConditions(asked(query));
  if (conditions === null || conditions.length === 0)
    return { base: asked(query), selection: [FAILED], during: null };
  const outcomes = conditions.filter(({ field }) => OUTCOMES.has(field));
  const others = conditions.filter(({ field }) => !OUTCOMES.has(field));
  return outcomes.length > 0
    ? { base: formatFilter(others), selection: outcomes, during: null }
    : { base: '{ }', selection: conditions, during: null };
}

/** The matches inside a box against those outside. */
export function comparisonWithin(query: string, box: TraceBox): Comparison {
  const field = box.of === 'trace' ? 'traceDuration' : 'duration';
  const bound = (operator: '>=' | '<=', ms: number): Condition => ({
    field,
    operator,
    value: { type: 'bare', value: durationText(ms) },
  });
  return {
    base: asked(query),
    selection: [bound('>=', box.minMs), bound('<=', box.maxMs)],
    // Spans of a trace begin after it does, at most by its length.
    during: { fromMs: box.fromMs, toMs: box.toMs + (box.of === 'trace' ? box.maxMs : 0) },
  };
}

/** So many values of each attribute are told apart. */
const VALUES_MAX = 20;

/** The query by which the two sets are compared. Its times are nanoseconds. */
export function compareQuery({ base, selection, during }: Comparison): string {
  const times =
    during === null
      ? ''
      : `, ${BigInt(Math.floor(during.fromMs)) * 1_000_000n}, ${BigInt(Math.ceil(during.toMs)) * 1_000_000n}`;
  return `${base} | compare(${formatFilter(selection)}, ${VALUES_MAX}${times})`;
}

/** A duration as TraceQL writes it, to the microsecond: `12.5ms`, `1.2s`. */
export function durationText(ms: number): string {
  if (ms >= 1_000) return `${Number((ms / 1_000).toFixed(6))}s`;
  if (ms >= 1) return `${Number(ms.toFixed(3))}ms`;
  return `${Math.round(ms * 1_000)}us`;
}
