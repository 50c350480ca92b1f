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
  otherMessage: 13,
  nameMissing: 14,
  labelTwice: 15,
  labelEmpty: 16,
  schema: 17,
  spans: 18,
  bucketCount: 19,
  count: 20,
  customBuckets: 21,
  countKinds: 22,
} as const;
export type ReasonName = keyof typeof REASON;

/** Why an item is refused, the wire check's reasons and those found before it. */
export type RejectionReason = ReasonName | 'symbolRef' | 'oddRefs' | 'mixed';

/** Lists and maps may nest this deep inside one value; the loader declares as many levels. Deeper ones become JSON text. */
export const MAX_STORED_DEPTH = 4;
/** Beyond this an item is refused rather than rewritten. */
export const MAX_DEPTH = 64;

/** The message of remote write 2.0. */
export const WRITE_REQUEST_2 = 'io.prometheus.write.v2.Request';

const TEXT: Readonly<Record<ReasonName, string>> = {
  malformed: 'is cut short, overruns its message or uses an unsupported wire type',
  wireType: 'has the wrong wire type',
  setTwice: 'is set more than once',
  utf8: 'is not valid UTF-8',
  idLength: 'has the wrong length',
  idZero: 'is all zeros',
  missing: 'is missing',
  timeZero: 'is zero',
  timeRange: 'is not between the years 1970 and 2105',
  depth: `is nested deeper than ${MAX_DEPTH} lists and maps`,
  numberRange: 'does not fit its type',
  buckets: 'does not have exactly one entry more than explicit_bounds',
  otherMessage: `belongs to ${WRITE_REQUEST_2}: name that message in the content type`,
  nameMissing: 'has no __name__, or an empty one',
  labelTwice: 'has the same label name twice',
  labelEmpty: 'is empty',
  schema: 'is neither -53 nor from -4 to 8',
  spans: 'does not go forward, or does not have as many buckets as there are counts',
  bucketCount: 'has a bucket with a negative count',
  count: 'is not what the buckets add up to',
  customBuckets: 'does not go with schema -53, which has increasing custom_values and positive buckets only',
  countKinds: 'mixes integer and float counts',
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
