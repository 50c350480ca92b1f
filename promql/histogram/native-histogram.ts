/** What an observed decrease of a native histogram means. `gauge`: it is not a counter at all. */
export type CounterResetHint = 'unknown' | 'reset' | 'not_reset' | 'gauge';

/** A run of buckets: the first one is `offset` after the end of the span before (after index 0 for the first span). */
export interface Span {
  readonly offset: number;
  readonly length: number;
}

/** The schema number of histograms with custom bucket bounds. */
export const CUSTOM_BUCKETS_SCHEMA = -53;

/**
 * A native histogram with float counts, as Prometheus's `FloatHistogram`. Buckets hold absolute counts, one for each place in the spans.
 * Exponential schemas -4…8: bucket i of the positive side is (base^(i-1), base^i] with base 2^(2^-schema). Custom buckets
 * (schema -53): bucket i ends at customValues[i], the last one at +Inf; no negative side and no zero bucket.
 */
export interface NativeHistogram {
  readonly counterResetHint: CounterResetHint;
  readonly schema: number;
  readonly zeroThreshold: number;
  readonly zeroCount: number;
  readonly count: number;
  readonly sum: number;
  readonly positiveSpans: readonly Span[];
  readonly positiveBuckets: readonly number[];
  readonly negativeSpans: readonly Span[];
  readonly negativeBuckets: readonly number[];
  readonly customValues: readonly number[];
}
