import { formatSignificant } from './go-format.ts';

const LARGE = ['k', 'M', 'G', 'T', 'P', 'E', 'Z', 'Y'];
const LARGE_1024 = ['ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei', 'Zi', 'Yi'];
const SMALL = ['m', 'u', 'n', 'p', 'f', 'a', 'z', 'y'];

const short = (value: number) => formatSignificant(value, 4);

function scaledDown(value: number, step: number, prefixes: readonly string[]): string {
  let rest = value;
  let prefix = '';
  for (const next of prefixes) {
    if (Math.abs(rest) < step) break;
    prefix = next;
    rest /= step;
  }
  return short(rest) + prefix;
}

function scaledUp(value: number): string {
  let rest = value;
  let prefix = '';
  for (const next of SMALL) {
    if (Math.abs(rest) >= 1) break;
    prefix = next;
    rest *= 1_000;
  }
  return short(rest) + prefix;
}

/** 1204 as `1.204k`, 0.0015 as `1.5m`; four digits. These four as in Prometheus's `template` package. */
export function humanize(value: number): string {
  if (value === 0 || !Number.isFinite(value)) return short(value);
  return Math.abs(value) >= 1 ? scaledDown(value, 1_000, LARGE) : scaledUp(value);
}

export function humanize1024(value: number): string {
  if (Math.abs(value) <= 1 || !Number.isFinite(value)) return short(value);
  return scaledDown(value, 1_024, LARGE_1024);
}

/** Seconds as `1d 2h 3m 4s`. */
export function humanizeDuration(seconds: number): string {
  if (!Number.isFinite(seconds)) return short(seconds);
  if (seconds === 0) return `${short(seconds)}s`;
  if (Math.abs(seconds) < 1) return `${scaledUp(seconds)}s`;
  const sign = seconds < 0 ? '-' : '';
  const whole = Math.trunc(Math.abs(seconds));
  const [days, hours, minutes] = [
    Math.floor(whole / 86_400),
    Math.floor(whole / 3_600) % 24,
    Math.floor(whole / 60) % 60,
  ];
  if (days > 0) return `${sign}${days}d ${hours}h ${minutes}m ${whole % 60}s`;
  if (hours > 0) return `${sign}${hours}h ${minutes}m ${whole % 60}s`;
  if (minutes > 0) return `${sign}${minutes}m ${whole % 60}s`;
  return `${sign}${short(Math.abs(seconds))}s`;
}

/** 0.05 as `5%`. */
export const humanizePercentage = (ratio: number): string => `${short(ratio * 100)}%`;

/** Epoch seconds as `2026-11-22 03:45:00 +0000 UTC`. */
export function humanizeTimestamp(seconds: number): string {
  if (!Number.isFinite(seconds) || Math.abs(seconds) > 8.64e12) return short(seconds);
  const [date = '', time = ''] = new Date(seconds * 1_000).toISOString().split('T');
  return `${date} ${time.replace(/(\.0+)?Z$/, '').replace(/(\.\d*[1-9])0+$/, '$1')} +0000 UTC`;
}
