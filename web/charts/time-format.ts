const formatters = new Map<string, Intl.DateTimeFormat>();

function dateFormat(
  locale: string,
  timeZone: string | undefined,
  options: Intl.DateTimeFormatOptions,
): Intl.DateTimeFormat {
  const key = `${locale}|${timeZone ?? ''}|${JSON.stringify(options)}`;
  const known = formatters.get(key);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat(locale, {
    ...options,
    ...(timeZone === undefined ? {} : { timeZone }),
  });
  formatters.set(key, made);
  return made;
}

/** A moment in full: `24 Nov, 14:03:20 GMT+8`, as tooltips, tables and text alternatives say it. */
export function formatMoment(timeMs: number, locale: string, timeZone?: string): string {
  return dateFormat(locale, timeZone, {
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'short',
  }).format(timeMs);
}

/** A moment without zone and, within a minute's precision, without seconds. */
export function formatMinute(timeMs: number, locale: string, timeZone?: string): string {
  return dateFormat(locale, timeZone, {
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).format(timeMs);
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const steps = [
  SECOND,
  2 * SECOND,
  5 * SECOND,
  10 * SECOND,
  15 * SECOND,
  30 * SECOND,
  MINUTE,
  2 * MINUTE,
  5 * MINUTE,
  10 * MINUTE,
  15 * MINUTE,
  30 * MINUTE,
  HOUR,
  2 * HOUR,
  3 * HOUR,
  6 * HOUR,
  12 * HOUR,
  DAY,
  2 * DAY,
  7 * DAY,
  14 * DAY,
  30 * DAY,
  90 * DAY,
  365 * DAY,
];

/** Milliseconds by which the zone's clock is ahead of UTC at a moment; 0 where the zone is unknown. */
export function zoneOffsetMs(timeMs: number, timeZone: string | undefined): number {
  const parts = dateFormat('en-US', timeZone, {
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
    hourCycle: 'h23',
  }).formatToParts(timeMs);
  const of = (type: Intl.DateTimeFormatPartTypes): number =>
    Number(parts.find((part) => part.type === type)?.value ?? 0);
  const local = Date.UTC(of('year'), of('month') - 1, of('day'), of('hour'), of('minute'), of('second'));
  return local - Math.floor(timeMs / SECOND) * SECOND;
}

export interface TimeTick {
  readonly timeMs: number;
  readonly label: string;
  /** A new day begins here: the label is the date. */
  readonly major: boolean;
}

/**
 * Ticks at round clock times of the zone, at most about `count`; the first tick of a day carries its date, so that an
 * axis over midnight can be read without guessing.
 */
export function timeTicks(
  fromMs: number,
  toMs: number,
  count: number,
  locale: string,
  timeZone?: string,
): readonly TimeTick[] {
  const span = toMs - fromMs;
  if (!(span > 0) || !Number.isFinite(span)) return [];
  const wanted = span / Math.max(1, count);
  const step = steps.find((candidate) => candidate >= wanted) ?? Math.ceil(wanted / (365 * DAY)) * 365 * DAY;
  const offset = zoneOffsetMs(fromMs, timeZone);
  const clock = dateFormat(locale, timeZone, {
    hour: '2-digit',
    minute: '2-digit',
    ...(step < MINUTE ? { second: '2-digit' } : {}),
    hourCycle: 'h23',
  });
  const date = dateFormat(
    locale,
    timeZone,
    step >= 90 * DAY ? { year: 'numeric', month: 'short' } : { month: 'short', day: 'numeric' },
  );
  const ticks: TimeTick[] = [];
  for (let local = Math.ceil((fromMs + offset) / step) * step; local - offset <= toMs; local += step) {
    const timeMs = local - offset;
    const major = local % DAY === 0;
    ticks.push({ timeMs, label: major || step >= DAY ? date.format(timeMs) : clock.format(timeMs), major });
  }
  return ticks;
}
