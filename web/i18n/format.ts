import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';

/** Numbers, times and lengths of time as people of one language write them. Times are epoch milliseconds. */
export interface Format {
  /** `12,345.6`; at most three digits after the point. */
  number(value: number, maximumFractionDigits?: number): string;
  /** `12.3K`, `1.2万`. */
  compact(value: number): string;
  /** `1.2%` of 0.012. */
  percent(ratio: number, maximumFractionDigits?: number): string;
  /** Yuan, with two digits when there are any; from a million on in words of magnitude. */
  yuan(value: number): string;
  /** `14:03`. */
  time(ms: number, timeZone?: string): string;
  /** `14:03:27`. */
  seconds(ms: number, timeZone?: string): string;
  /** `22 Nov, 14:03`. */
  dateTime(ms: number, timeZone?: string): string;
  /** `22 Nov 2026, 14:03:27 GMT+8`: for a tooltip or where it must be exact. */
  absolute(ms: number, timeZone?: string): string;
  /** `Sun 22 Nov`. */
  day(ms: number, timeZone?: string): string;
  /** `3 minutes ago`, `in 2 hours`. */
  relative(ms: number, nowMs: number): string;
  /** `1 h 20 min`, `45 s`, `12 ms`. */
  duration(ms: number): string;
  /** `T−01:20` before a launch and `T+00:05` after it; days in front where there are any. */
  launch(ms: number, launchMs: number): string;
  /** `GMT+8`. */
  zone(ms: number, timeZone?: string): string;
  /** A measured value of unknown unit: all digits of whole numbers, else about three that count. */
  reading(value: number): string;
  list(items: readonly string[]): string;
}

const MINUTE = 60_000;
const HOUR = 3_600_000;
const DAY = 86_400_000;

/** `mm:ss` up to an hour, then `h:mm:ss`; the figures of a clock that runs, so always of one width. */
export function clockText(ms: number): string {
  const total = Math.floor(Math.abs(ms) / 1000);
  const two = (value: number): string => String(value).padStart(2, '0');
  const hours = Math.floor(total / 3600);
  const rest = `${two(Math.floor((total % 3600) / 60))}:${two(total % 60)}`;
  return hours > 0 ? `${hours}:${rest}` : rest;
}

export function launchText(ms: number, launchMs: number): string {
  const distance = ms - launchMs;
  const minutes = Math.floor(Math.abs(distance) / MINUTE);
  const two = (value: number): string => String(value).padStart(2, '0');
  const days = Math.floor(minutes / 1440);
  const clock = `${two(Math.floor((minutes % 1440) / 60))}:${two(minutes % 60)}`;
  return `T${distance < 0 ? '−' : '+'}${days > 0 ? `${days}d ` : ''}${clock}`;
}

function unitParts(ms: number): readonly (readonly [number, string])[] {
  const size = Math.abs(ms);
  if (size === 0) return [[0, 'second']];
  if (size < 1) return [[Math.round(ms * 1000), 'microsecond']];
  if (size < 1_000) return [[size < 10 ? Math.round(ms * 10) / 10 : Math.round(ms), 'millisecond']];
  if (size < MINUTE) return [[size < 10_000 ? Math.round(ms / 100) / 10 : Math.round(ms / 1000), 'second']];
  if (size < HOUR) {
    const seconds = Math.round((size % MINUTE) / 1000);
    return withRest(Math.trunc(ms / MINUTE), 'minute', size < 10 * MINUTE ? seconds : 0, 'second');
  }
  if (size < 2 * DAY)
    return withRest(Math.trunc(ms / HOUR), 'hour', Math.floor((size % HOUR) / MINUTE), 'minute');
  return withRest(Math.trunc(ms / DAY), 'day', Math.floor((size % DAY) / HOUR), 'hour');
}

const withRest = (
  whole: number,
  unit: string,
  rest: number,
  restUnit: string,
): readonly (readonly [number, string])[] =>
  rest === 0
    ? [[whole, unit]]
    : [
        [whole, unit],
        [rest, restUnit],
      ];

function relativeText(format: Intl.RelativeTimeFormat, distance: number): string {
  const size = Math.abs(distance);
  if (size < 45_000) return format.format(Math.round(distance / 1000), 'second');
  if (size < HOUR) return format.format(Math.round(distance / MINUTE), 'minute');
  if (size < DAY) return format.format(Math.round(distance / HOUR), 'hour');
  return format.format(Math.round(distance / DAY), 'day');
}

/** The formats of `locale`, a BCP 47 tag. */
export function createFormat(locale: string): Format {
  const dates = new Map<string, Intl.DateTimeFormat>();
  const date = (options: Intl.DateTimeFormatOptions, timeZone?: string): Intl.DateTimeFormat => {
    const full = { hourCycle: 'h23', ...options, ...(timeZone === undefined ? {} : { timeZone }) } as const;
    const key = JSON.stringify(full);
    const known = dates.get(key) ?? new Intl.DateTimeFormat(locale, full);
    dates.set(key, known);
    return known;
  };
  const compact = new Intl.NumberFormat(locale, { notation: 'compact', maximumSignificantDigits: 3 });
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto', style: 'short' });
  const list = new Intl.ListFormat(locale, { type: 'conjunction', style: 'long' });
  const units = new Map<string, Intl.NumberFormat>();
  const unit = (value: number, name: string): string => {
    const known =
      units.get(name) ?? new Intl.NumberFormat(locale, { style: 'unit', unit: name, unitDisplay: 'short' });
    units.set(name, known);
    return known.format(value);
  };
  const clock = { hour: '2-digit', minute: '2-digit' } as const;
  return {
    number: (value, digits = 3) =>
      new Intl.NumberFormat(locale, { maximumFractionDigits: digits }).format(value),
    compact: (value) => compact.format(value),
    percent: (ratio, digits = 1) =>
      new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: digits }).format(ratio),
    yuan: (value) =>
      new Intl.NumberFormat(locale, {
        style: 'currency',
        currency: 'CNY',
        currencyDisplay: 'narrowSymbol',
        ...(Math.abs(value) >= 1e6
          ? { notation: 'compact', maximumSignificantDigits: 3 }
          : { minimumFractionDigits: Number.isInteger(value) ? 0 : 2 }),
      }).format(value),
    time: (ms, zone) => date(clock, zone).format(ms),
    seconds: (ms, zone) => date({ ...clock, second: '2-digit' }, zone).format(ms),
    dateTime: (ms, zone) => date({ day: 'numeric', month: 'short', ...clock }, zone).format(ms),
    absolute: (ms, zone) =>
      date(
        {
          year: 'numeric',
          day: 'numeric',
          month: 'short',
          ...clock,
          second: '2-digit',
          timeZoneName: 'short',
        },
        zone,
      ).format(ms),
    day: (ms, zone) => date({ weekday: 'short', day: 'numeric', month: 'short' }, zone).format(ms),
    relative: (ms, nowMs) => relativeText(relative, ms - nowMs),
    duration: (ms) =>
      unitParts(ms)
        .map(([value, name]) => unit(value, name))
        .join(' '),
    launch: launchText,
    zone: (ms, zone) =>
      date({ timeZoneName: 'short' }, zone)
        .formatToParts(ms)
        .find((part) => part.type === 'timeZoneName')?.value ?? 'UTC',
    reading: (value) =>
      new Intl.NumberFormat(
        locale,
        Math.abs(value) < 100 ? { maximumSignificantDigits: 3 } : { maximumFractionDigits: 0 },
      ).format(value),
    list: (items) => list.format(items),
  };
}

const known = new Map<string, Format>();

/** The formats of the language on screen. */
export function useFormat(): Format {
  const language = useTranslation().i18n.language;
  return useMemo(() => {
    const format = known.get(language) ?? createFormat(language);
    known.set(language, format);
    return format;
  }, [language]);
}
