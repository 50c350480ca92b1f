import type { DurationBox } from '../../../charts/index.ts';
import type { TraceBox } from '../query/compose.ts';

/** A selection as charts have it: durations in seconds. */
export const boxInSeconds = ({ fromMs, toMs, minMs, maxMs }: TraceBox): DurationBox => ({
  fromMs,
  toMs,
  shortest: minMs / 1_000,
  longest: maxMs / 1_000,
});

/** A selection out of a chart. */
export const boxInMilliseconds = (
  { fromMs, toMs, shortest, longest }: DurationBox,
  of: TraceBox['of'],
): TraceBox => ({ fromMs, toMs, minMs: shortest * 1_000, maxMs: longest * 1_000, of });
