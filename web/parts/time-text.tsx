import { useFormat } from '../i18n/format.ts';
import { useNow } from '../live/clock.tsx';

export interface TimeTextProps {
  /** Epoch milliseconds. */
  readonly ms: number;
  readonly timeZone?: string;
}

const TICK_MS = 5_000;

/** `3 min ago`, with the exact moment and its zone on hover; it counts by itself. */
export function RelativeTime({ ms, timeZone }: TimeTextProps) {
  const format = useFormat();
  const ticked = useNow(TICK_MS);
  // What happened since the last tick has happened: it is not in the future.
  const now = ms > ticked && ms - ticked <= TICK_MS ? ms : ticked;
  return (
    <time dateTime={new Date(ms).toISOString()} title={format.absolute(ms, timeZone)}>
      {format.relative(ms, now)}
    </time>
  );
}

/** `14:03:27`, with the date and the zone on hover. */
export function ClockTime({ ms, timeZone }: TimeTextProps) {
  const format = useFormat();
  return (
    <time dateTime={new Date(ms).toISOString()} title={format.absolute(ms, timeZone)}>
      {format.seconds(ms, timeZone)}
    </time>
  );
}

/** `22 Nov, 14:03`, with the exact moment on hover. */
export function DateTime({ ms, timeZone }: TimeTextProps) {
  const format = useFormat();
  return (
    <time dateTime={new Date(ms).toISOString()} title={format.absolute(ms, timeZone)}>
      {format.dateTime(ms, timeZone)}
    </time>
  );
}
