import { MESSAGE } from './field-table.ts';
import { failure, REASON } from './reasons.ts';
import { readVarint } from './varint.ts';

/** Fields of `NativeHistogram`. */
const FIELD = {
  countInt: 1,
  countFloat: 2,
  sum: 3,
  schema: 4,
  zeroThreshold: 5,
  zeroCountInt: 6,
  zeroCountFloat: 7,
  negativeSpans: 8,
  negativeDeltas: 9,
  negativeCounts: 10,
  positiveSpans: 11,
  positiveDeltas: 12,
  positiveCounts: 13,
  customValues: 16,
} as const;

const CUSTOM_SCHEMA = -53;
const LEAST_SCHEMA = -4;
const GREATEST_SCHEMA = 8;

/** What the check looks at of a histogram. */
interface Histogram {
  countInt: number | null;
  countFloat: number | null;
  sum: number;
  schema: number;
  zeroThreshold: number;
  zeroCountInt: number | null;
  zeroCountFloat: number | null;
  readonly negative: Buckets;
  readonly positive: Buckets;
  readonly customValues: number[];
}

/** One side of the buckets. Deltas count in whole numbers, counts in floats. */
interface Buckets {
  readonly spans: { offset: number; length: number }[];
  readonly deltas: number[];
  readonly counts: number[];
}

/**
 * What makes a native histogram impossible, as a packed failure, or 0: the rules of Prometheus's `histogram.Validate`
 * (schemas, spans, negative buckets, a count that its buckets exceed). `[start, end)` is a `NativeHistogram` whose framing was checked.
 */
export function histogramFault(bytes: Uint8Array, start: number, end: number): number {
  const histogram = read(bytes, start, end);
  const float = histogram.countFloat !== null;
  const { schema, positive, negative } = histogram;
  if (schema !== CUSTOM_SCHEMA && (schema < LEAST_SCHEMA || schema > GREATEST_SCHEMA))
    return fault(REASON.schema, FIELD.schema);
  if (mixesKinds(histogram, float))
    return fault(REASON.countKinds, float ? FIELD.countFloat : FIELD.countInt);
  if (!customBucketsFit(histogram)) return fault(REASON.customBuckets, FIELD.customValues);
  if (!spansFit(positive)) return fault(REASON.spans, FIELD.positiveSpans);
  if (!spansFit(negative)) return fault(REASON.spans, FIELD.negativeSpans);
  const inPositive = addUp(positive);
  const inNegative = addUp(negative);
  if (inPositive === null) return fault(REASON.bucketCount, FIELD.positiveSpans);
  if (inNegative === null) return fault(REASON.bucketCount, FIELD.negativeSpans);
  if (float) {
    const negativeCount = (histogram.countFloat ?? 0) < 0 || (histogram.zeroCountFloat ?? 0) < 0;
    return negativeCount ? fault(REASON.bucketCount, FIELD.countFloat) : 0;
  }
  const all = inPositive + inNegative + (histogram.zeroCountInt ?? 0);
  return countFits(histogram.countInt ?? 0, all, histogram.sum) ? 0 : fault(REASON.count, FIELD.countInt);
}

const fault = (reason: number, field: number): number =>
  failure(reason, (MESSAGE.NativeHistogram << 5) | field);

function mixesKinds({ positive, negative, ...histogram }: Histogram, float: boolean): boolean {
  return float
    ? positive.deltas.length + negative.deltas.length > 0 || (histogram.zeroCountInt ?? 0) > 0
    : positive.counts.length + negative.counts.length > 0 || (histogram.zeroCountFloat ?? 0) > 0;
}

/** With custom buckets: increasing finite bounds, buckets within them, nothing negative and no zero bucket; else no bounds. */
function customBucketsFit(histogram: Histogram): boolean {
  const { schema, customValues, positive, negative } = histogram;
  if (schema !== CUSTOM_SCHEMA) return customValues.length === 0;
  if (histogram.zeroThreshold !== 0 || (histogram.zeroCountInt ?? 0) + (histogram.zeroCountFloat ?? 0) > 0)
    return false;
  if (negative.spans.length + negative.deltas.length + negative.counts.length > 0) return false;
  for (const [index, bound] of customValues.entries()) {
    if (!(bound < Infinity) || (index > 0 && !(bound > customValues[index - 1]!))) return false;
  }
  const reach = positive.spans.reduce((sum, span) => sum + span.offset + span.length, 0);
  return (positive.spans[0]?.offset ?? 0) >= 0 && reach <= customValues.length + 1;
}

/** The first span may begin anywhere, each other one not before the end of the one before it. */
function spansFit({ spans, deltas, counts }: Buckets): boolean {
  if (spans.some((span, index) => index > 0 && span.offset < 0)) return false;
  return spans.reduce((sum, span) => sum + span.length, 0) === deltas.length + counts.length;
}

/** All observations in the buckets; null where one has a negative count. */
function addUp({ deltas, counts }: Buckets): number | null {
  let all = 0;
  let current = 0;
  for (const delta of deltas) {
    current += delta;
    if (current < 0) return null;
    all += current;
  }
  for (const count of counts) {
    if (count < 0) return null;
    all += count;
  }
  return all;
}

/** Observations of NaN are counted and in no bucket; they make the sum NaN. Beyond 2^53 nothing can be said. */
function countFits(count: number, inBuckets: number, sum: number): boolean {
  if (!Number.isSafeInteger(count) || !Number.isSafeInteger(inBuckets)) return true;
  return Number.isNaN(sum) ? inBuckets <= count : inBuckets === count;
}

function read(bytes: Uint8Array, start: number, end: number): Histogram {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const buckets = (): Buckets => ({ spans: [], deltas: [], counts: [] });
  const histogram: Histogram = {
    countInt: null,
    countFloat: null,
    sum: 0,
    schema: 0,
    zeroThreshold: 0,
    zeroCountInt: null,
    zeroCountFloat: null,
    negative: buckets(),
    positive: buckets(),
    customValues: [],
  };
  for (let p = start; p < end; ) {
    const tag = readVarint(bytes, p);
    const number = tag.value >>> 3;
    if ((tag.value & 7) === 0) {
      const { value, next } = readVarint(bytes, tag.next);
      setInteger(histogram, number, value);
      p = next;
    } else if ((tag.value & 7) === 1) {
      setDouble(histogram, number, view.getFloat64(tag.next, true));
      p = tag.next + 8;
    } else if ((tag.value & 7) === 5) p = tag.next + 4;
    else {
      const length = readVarint(bytes, tag.next);
      p = length.next + length.value;
      setPacked(histogram, number, bytes, view, length.next, p);
    }
  }
  return histogram;
}

function setInteger(histogram: Histogram, number: number, value: number): void {
  if (number === FIELD.countInt) histogram.countInt = value;
  else if (number === FIELD.zeroCountInt) histogram.zeroCountInt = value;
  else if (number === FIELD.schema) histogram.schema = unzigzag(value);
  else if (number === FIELD.negativeDeltas) histogram.negative.deltas.push(unzigzag(value));
  else if (number === FIELD.positiveDeltas) histogram.positive.deltas.push(unzigzag(value));
}

function setDouble(histogram: Histogram, number: number, value: number): void {
  if (number === FIELD.countFloat) histogram.countFloat = value;
  else if (number === FIELD.sum) histogram.sum = value;
  else if (number === FIELD.zeroThreshold) histogram.zeroThreshold = value;
  else if (number === FIELD.zeroCountFloat) histogram.zeroCountFloat = value;
  else if (number === FIELD.negativeCounts) histogram.negative.counts.push(value);
  else if (number === FIELD.positiveCounts) histogram.positive.counts.push(value);
  else if (number === FIELD.customValues) histogram.customValues.push(value);
}

/** Lists, which are packed or come one by one, and spans. */
function setPacked(
  histogram: Histogram,
  number: number,
  bytes: Uint8Array,
  view: DataView,
  start: number,
  end: number,
): void {
  if (number === FIELD.negativeSpans) histogram.negative.spans.push(readSpan(bytes, start, end));
  else if (number === FIELD.positiveSpans) histogram.positive.spans.push(readSpan(bytes, start, end));
  else if (number === FIELD.negativeDeltas || number === FIELD.positiveDeltas) {
    for (let p = start; p < end; ) {
      const { value, next } = readVarint(bytes, p);
      setInteger(histogram, number, value);
      p = next;
    }
  } else if (
    number === FIELD.negativeCounts ||
    number === FIELD.positiveCounts ||
    number === FIELD.customValues
  ) {
    for (let p = start; p < end; p += 8) setDouble(histogram, number, view.getFloat64(p, true));
  }
}

function readSpan(bytes: Uint8Array, start: number, end: number): { offset: number; length: number } {
  const span = { offset: 0, length: 0 };
  for (let p = start; p < end; ) {
    const tag = readVarint(bytes, p);
    const wire = tag.value & 7;
    if (wire === 0) {
      const { value, next } = readVarint(bytes, tag.next);
      if (tag.value >>> 3 === 1) span.offset = unzigzag(value);
      else if (tag.value >>> 3 === 2) span.length = value;
      p = next;
    } else if (wire === 1) p = tag.next + 8;
    else if (wire === 5) p = tag.next + 4;
    else {
      const length = readVarint(bytes, tag.next);
      p = length.next + length.value;
    }
  }
  return span;
}

/** Exact up to 2^53, and of the right sign beyond. */
const unzigzag = (value: number): number => (value % 2 === 0 ? value / 2 : -(value + 1) / 2);
