import { fieldName } from './field-table.ts';

/** Why the wire check refuses an item. The numbers travel inside the walk; the slugs are metric label values. */
export const REASON = {
  malformed: 1,
  wireType: 2,
  setTwice: 3,
  utf8: 4,
  idLength: 5,
  idZero: 6,
  missing: 7,
  timeZero: 8,
  timeRange: 9,
  depth: 10,
  numberRange: 11,
  buckets: 12,
} as const;
export type ReasonName = keyof typeof REASON;

/** Lists and maps may nest this deep inside one value; the loader declares as many levels. Deeper ones become JSON text. */
export const MAX_STORED_DEPTH = 4;
/** Beyond this an item is refused rather than rewritten. */
export const MAX_DEPTH = 64;

const TEXT: Readonly<Record<ReasonName, string>> = {
  malformed: 'is cut short, overruns its message or uses an unsupported wire type',
  wireType: 'has the wrong wire type',
  setTwice: 'is set more than once',
  utf8: 'is not valid UTF-8',
  idLength: 'has the wrong length',
  idZero: 'is all zeros',
  missing: 'is missing',
  timeZero: 'is zero',
  timeRange: 'is later than the year 2105',
  depth: `is nested deeper than ${MAX_DEPTH} lists and maps`,
  numberRange: 'does not fit its type',
  buckets: 'does not have exactly one entry more than explicit_bounds',
};

const NAME_OF = new Map<number, ReasonName>(
  (Object.keys(REASON) as ReasonName[]).map((name) => [REASON[name], name]),
);

/** Packs a reason with the field it is about into one number. `slot` is `message << 5 | field number`. */
export const failure = (reason: number, slot: number): number => (reason << 12) | slot;

/** The reason inside a packed failure. */
export const reasonOf = (packed: number): ReasonName => NAME_OF.get(packed >> 12) ?? 'malformed';

/** `Span.trace_id is all zeros`. */
export const describeFailure = (packed: number): string =>
  `${fieldName(packed & 0xfff)} ${TEXT[reasonOf(packed)]}`;
