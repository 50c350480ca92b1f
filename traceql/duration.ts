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
