import type { Clock } from '../model/units.ts';

/**
 * Runs `evaluate` every `intervalMs` on the monotonic clock until `abort`. The time handed to it is the slot's, not
 * the moment's, so that elapsed times are whole intervals. One that takes longer than the interval is not
 * overtaken: the slots it ran over are left out and counted to `onMissed`. Resolves when the last one is done.
 */
export async function runOnSchedule(options: {
  readonly clock: Clock;
  readonly intervalMs: number;
  readonly firstAfterMs: number;
  readonly abort: AbortSignal;
  readonly evaluate: () => Promise<void>;
  readonly onMissed: (slots: number) => void;
}): Promise<void> {
  const { clock, intervalMs, abort } = options;
  let slotMs = clock.monotonic() + options.firstAfterMs;
  while (await waited(slotMs - clock.monotonic(), abort)) {
    await options.evaluate();
    const behind = Math.floor((clock.monotonic() - slotMs) / intervalMs);
    if (behind > 0) options.onMissed(behind);
    slotMs += (behind + 1) * intervalMs;
  }
}

/** Waits; false as soon as `abort` is given. */
function waited(forMs: number, abort: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    if (abort.aborted) {
      resolve(false);
      return;
    }
    const onAbort = () => {
      clearTimeout(timer);
      resolve(false);
    };
    const timer = setTimeout(
      () => {
        abort.removeEventListener('abort', onAbort);
        resolve(true);
      },
      Math.max(0, forMs),
    );
    abort.addEventListener('abort', onAbort, { once: true });
  });
}
