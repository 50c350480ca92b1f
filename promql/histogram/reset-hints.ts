import { detectReset } from './comparison.ts';
import type { CounterResetHint, NativeHistogram } from './native-histogram.ts';

/**
 * The hints of a series' samples as Prometheus's database gives them (undefined stands for a float or a staleness marker): a gauge stays
 * a gauge, what follows on the one before is marked as no reset, and of any other, the first after a reset among them, nothing is said.
 */
export function storedResetHints(samples: readonly (NativeHistogram | undefined)[]): CounterResetHint[] {
  let previous: NativeHistogram | undefined;
  return samples.map((histogram) => {
    const before = previous;
    previous = histogram;
    if (histogram === undefined) return 'unknown';
    if (histogram.counterResetHint === 'gauge') return 'gauge';
    if (before === undefined || before.counterResetHint === 'gauge') return 'unknown';
    if (histogram.counterResetHint === 'reset') return 'unknown';
    return detectReset({ ...histogram, counterResetHint: 'unknown' }, before) ? 'unknown' : 'not_reset';
  });
}
