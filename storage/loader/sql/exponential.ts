/**
 * OTLP's exponential histograms as Prometheus's native ones, in SQL. OTLP's bucket i covers (base^i, base^(i+1)], Prometheus's
 * (base^(i-1), base^i] with the same base 2^(2^-scale), so bucket i is i+1 there; scales finer than Prometheus's finest are merged.
 */

/** The finest schema of a native histogram. */
const FINEST = 8;
/** From here on a bucket reaches over all floats between 0 and 1 or above 1, so that coarser scales are all the same. */
const COARSEST = -11;

/** One side of a native histogram: spans as Prometheus has them, and a count for each bucket in them. */
const SIDE = 'Tuple(offsets Array(Int32), lengths Array(UInt32), counts Array(Float64))';

export const schemaOf = (scale: string): string =>
  `toInt8(greatest(${COARSEST}, least(${FINEST}, ${scale})))`;

/** One side ({@link SIDE}) from SQL for its scale, the offset of its first bucket and its counts. */
export function sideOf(scale: string, offset: string, counts: string): string {
  // Named by a lambda, so that each is worked out once.
  return `arrayMap((o, c, shift) -> CAST(multiIf(
      empty(c), ([], [], []),
      shift = 0, ([toInt32(o + 1)], [toUInt32(length(c))], c),
      ([toInt32(bitShiftRight(o, shift) + 1)], [toUInt32(bitShiftRight(o + length(c) - 1, shift) - bitShiftRight(o, shift) + 1)],
        ${merged('o', 'c', 'shift')})), '${SIDE}'),
    [toInt64(${offset})], [CAST(${counts}, 'Array(Float64)')], [toUInt8(greatest(0, least(31, ${scale} - ${FINEST})))])[1]`;
}

/** Counts from offset `o` on, 2^shift neighbours to one. */
function merged(o: string, c: string, shift: string): string {
  const begin = (bucket: string): string =>
    `(bitShiftLeft(bitShiftRight(${o}, ${shift}) + ${bucket}, ${shift}) - ${o})`;
  return `arrayMap(b -> arraySum(arraySlice(${c}, greatest(0, ${begin('b')}) + 1, ${begin('b + 1')} - greatest(0, ${begin('b')}))),
    range(toUInt32(if(empty(${c}), 0, bitShiftRight(${o} + length(${c}) - 1, ${shift}) - bitShiftRight(${o}, ${shift}) + 1))))`;
}
