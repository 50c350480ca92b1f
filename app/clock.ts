import { type Clock, durationMs, epochMs } from '../model/units.ts';

/** The machine's own clock; everything else is handed one. */
export const systemClock: Clock = {
  now: () => epochMs(Date.now()),
  monotonic: () => durationMs(performance.now()),
};
