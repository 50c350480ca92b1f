/** Local dates and times of a time zone to instants and back, through the platform's own zone data. */
import { DAY_MS, MINUTE_MS } from '../model/units.ts';

/** Whether the platform knows this IANA time zone. */
export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return /^[A-Z]/.test(name);
  } catch {
    return false;
  }
}

/** `"09:30"` → minutes after midnight, up to `"24:00"`; null for any other text. */
export function parseLocalTime(text: string): number | null {
  const match = /^([01]\d|2[0-4]):([0-5]\d)$/.exec(text);
  if (match === null) return null;
  const minutes = Number(match[1]) * 60 + Number(match[2]);
  return minutes <= 24 * 60 ? minutes : null;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(timeZone: string): Intl.DateTimeFormat {
  let format = formats.get(timeZone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-CA', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    });
    formats.set(timeZone, format);
  }
  return format;
}

/** What the zone's clocks show at an instant, as if it were UTC, in epoch milliseconds. */
function wallClockMs(atMs: number, timeZone: string): number {
  const part: Record<string, number> = {};
  for (const { type, value } of formatOf(timeZone).formatToParts(atMs)) part[type] = Number(value);
  return Date.UTC(part.year!, part.month! - 1, part.day!, part.hour!, part.minute!, part.second!);
}

const lastDays = new Map<string, { readonly date: string; readonly fromMs: number; readonly toMs: number }>();

/**
 * The local date at an instant: `2026-02-06`. The day that was asked for last is remembered for each zone, since
 * samples are asked about by the million and come in order.
 */
export function localDateAt(atMs: number, timeZone: string): string {
  const last = lastDays.get(timeZone);
  if (last !== undefined && atMs >= last.fromMs && atMs < last.toMs) return last.date;
  const date = new Date(wallClockMs(atMs, timeZone)).toISOString().slice(0, 10);
  const fromMs = zonedInstant(date, 0, timeZone);
  lastDays.set(timeZone, { date, fromMs, toMs: zonedInstant(addDays(date, 1), 0, timeZone) });
  return date;
}

/** The date `days` after a date. */
export function addDays(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}

/**
 * The instant at which the zone's clocks show `minutes` after midnight of a date. Where clocks are put forward over
 * that time, the instant just after the gap; where they are put back, the first of the two.
 */
export function zonedInstant(date: string, minutes: number, timeZone: string): number {
  const wanted = Date.parse(`${date}T00:00:00Z`) + minutes * MINUTE_MS;
  const offsetBefore = wallClockMs(wanted - DAY_MS, timeZone) - (wanted - DAY_MS);
  const offsetAfter = wallClockMs(wanted + DAY_MS, timeZone) - (wanted + DAY_MS);
  for (const offset of [offsetBefore, offsetAfter]) {
    if (wallClockMs(wanted - offset, timeZone) === wanted) return wanted - offset;
  }
  return wanted - offsetBefore;
}
