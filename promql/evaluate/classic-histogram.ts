/** A classic bucket: how many observations were at most `upper`. */
export interface ClassicBucket {
  readonly upper: number;
  count: number;
}

/** What `histogram_quantile` did to buckets that were not monotonic. */
export interface BucketQuantile {
  readonly value: number;
  readonly forced:
    | { readonly minBucket: number; readonly maxBucket: number; readonly maxDiff: number }
    | undefined;
}

/** The `le` label's value; undefined if it is not a number. */
export function parseUpperBound(label: string): number | undefined {
  const text = label.trim().toLowerCase();
  if (text !== label.toLowerCase() || text === '') return undefined;
  if (/^[+-]?inf(inity)?$/.test(text))
    return text.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  if (text === 'nan') return Number.NaN;
  const value = Number(text);
  return Number.isNaN(value) ? undefined : value;
}

/** Sorted by bound, equal bounds added up. */
function coalesce(buckets: readonly ClassicBucket[]): ClassicBucket[] {
  const out: ClassicBucket[] = [];
  for (const bucket of [...buckets].sort((a, b) => a.upper - b.upper || 0)) {
    const last = out.at(-1);
    if (last !== undefined && last.upper === bucket.upper) last.count += bucket.count;
    else out.push({ ...bucket });
  }
  return out;
}

/**
 * The q-quantile of classic buckets, linear within a bucket. The lowest bucket begins at 0 if its bound is positive. In the
 * highest one, the bound below it. NaN without a +Inf bucket, with fewer than two buckets, without observations.
 */
export function classicQuantile(q: number, unsorted: readonly ClassicBucket[]): BucketQuantile {
  const plain = (value: number): BucketQuantile => ({ value, forced: undefined });
  if (Number.isNaN(q)) return plain(Number.NaN);
  if (q < 0) return plain(Number.NEGATIVE_INFINITY);
  if (q > 1) return plain(Number.POSITIVE_INFINITY);
  const buckets = coalesce(unsorted);
  if (buckets.at(-1)!.upper !== Number.POSITIVE_INFINITY) return plain(Number.NaN);
  const forced = makeMonotonic(buckets);
  if (buckets.length < 2) return plain(Number.NaN);
  const observations = buckets.at(-1)!.count;
  if (observations === 0) return plain(Number.NaN);
  let rank = q * observations;
  let at = buckets.findIndex((bucket) => bucket.count >= rank);
  if (at < 0) at = buckets.length - 1;
  if (at === buckets.length - 1) return { value: buckets[at - 1]!.upper, forced };
  const { upper, count } = buckets[at]!;
  if (at === 0) return { value: upper <= 0 ? upper : upper * (rank / count), forced };
  const below = buckets[at - 1]!;
  rank -= below.count;
  return { value: below.upper + (upper - below.upper) * (rank / (count - below.count)), forced };
}

/** Differences this small against the counts are rounding, not errors in the data. */
const ROUNDING = 1e-12;

const isRounding = (a: number, b: number): boolean =>
  Math.abs(a - b) / Math.min(Math.abs(a) + Math.abs(b), Number.MAX_VALUE) < ROUNDING;

function makeMonotonic(buckets: ClassicBucket[]): BucketQuantile['forced'] {
  let forced: { minBucket: number; maxBucket: number; maxDiff: number } | undefined;
  let previous = buckets[0]!.count;
  for (const bucket of buckets.slice(1)) {
    const diff = previous - bucket.count;
    if (isRounding(previous, bucket.count)) {
      bucket.count = previous;
    } else if (diff > 0) {
      bucket.count = previous;
      forced = {
        minBucket: Math.min(forced?.minBucket ?? bucket.upper, bucket.upper),
        maxBucket: Math.max(forced?.maxBucket ?? bucket.upper, bucket.upper),
        maxDiff: Math.max(forced?.maxDiff ?? 0, diff),
      };
    }
    previous = bucket.count;
  }
  return forced;
}

/** The share of observations between two values. */
export function classicFraction(lower: number, upper: number, unsorted: readonly ClassicBucket[]): number {
  const buckets = coalesce(unsorted);
  if (buckets.at(-1)!.upper !== Number.POSITIVE_INFINITY) return Number.NaN;
  const total = buckets.at(-1)!.count;
  if (total === 0 || Number.isNaN(lower) || Number.isNaN(upper)) return Number.NaN;
  if (lower >= upper) return 0;
  return (rankOf(buckets, upper, total) - rankOf(buckets, lower, total)) / total;
}

/** How many observations lie below a value. Buckets without end cannot be interpolated in: none of the last, all of the first. */
function rankOf(buckets: readonly ClassicBucket[], value: number, total: number): number {
  let rank = 0;
  let from = buckets[0]!.upper > 0 ? 0 : Number.NEGATIVE_INFINITY;
  for (const { upper, count } of buckets) {
    if (from >= value) return Math.min(rank, total);
    if (upper > value) {
      if (from === Number.NEGATIVE_INFINITY) return Math.min(count, total);
      if (upper === Number.POSITIVE_INFINITY) return Math.min(rank, total);
      return Math.min(rank + ((count - rank) * (value - from)) / (upper - from), total);
    }
    rank = count;
    from = upper;
  }
  return total;
}
