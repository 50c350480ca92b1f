import { parseDurationText } from '../promql/duration.ts';

const NANOS: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  μs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3600e9,
};
const GO_PART = /(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h)/gy;

/** A duration as Prometheus writes them (`1d12h`) or Go does (`1.5h`, `100us`), to nanoseconds; undefined if it is neither. */
export function parseDurationNanos(text: string): number | undefined {
  if (/^(\d+(ms|[smhdwy]))+$/.test(text)) {
    const ms = parseDurationText(text);
    if (ms !== undefined) return ms * 1e6;
  }
  let nanos = 0;
  let end = 0;
  for (const match of text.matchAll(GO_PART)) {
    nanos += Number(match[1]) * NANOS[match[2]!]!;
    end = match.index + match[0].length;
  }
  return end === text.length && text !== '' ? Math.round(nanos) : undefined;
}

/** A duration as Go prints it, and so Tempo's answers: `40ms`, `1.5µs`, `1m30.5s`, `2h0m0s`. */
export function goDuration(nanos: number): string {
  const sign = nanos < 0 ? '-' : '';
  const rest = Math.abs(nanos);
  if (rest === 0) return '0s';
  if (rest < 1e3) return `${sign}${rest}ns`;
  if (rest < 1e6) return `${sign}${rest / 1e3}µs`;
  if (rest < 1e9) return `${sign}${rest / 1e6}ms`;
  const seconds = `${(rest % 60e9) / 1e9}s`;
  const minutes = Math.floor(rest / 60e9);
  if (minutes === 0) return `${sign}${seconds}`;
  const hours = Math.floor(minutes / 60);
  return `${sign}${hours === 0 ? '' : `${hours}h`}${minutes % 60}m${seconds}`;
}

const UNITS = [
  ['h', 3600e9],
  ['m', 60e9],
  ['s', 1e9],
  ['ms', 1e6],
  ['us', 1e3],
  ['ns', 1],
] as const;

/** The shortest text of one unit that reads back as the same duration: `1500ms`, `2h`. */
export function formatDurationNanos(nanos: number): string {
  if (nanos === 0) return '0s';
  const [unit, size] = UNITS.find(([, each]) => Number.isInteger(nanos / each)) ?? ['ns', 1];
  return `${nanos / size}${unit}`;
}
