import { expect, it } from 'vitest';
import { formatDurationNanos, goDuration, parseDurationNanos } from './duration.ts';

it.each([
  ['1h30m', 5_400e9],
  ['1d12h', 129_600e9],
  ['1.5s', 1.5e9],
  ['100us', 1e5],
  ['100µs', 1e5],
  ['.5h', 1_800e9],
  ['5', undefined],
  ['5mb', undefined],
  ['', undefined],
])('%s lasts %s ns', (text, nanos) => {
  expect(parseDurationNanos(text)).toBe(nanos);
});

it.each([
  [0, '0s', '0s'],
  [7, '7ns', '7ns'],
  [1_500, '1500ns', '1.5µs'],
  [40_500_000, '40500us', '40.5ms'],
  [2_500_000_000, '2500ms', '2.5s'],
  [90_000_000_000, '90s', '1m30s'],
  [7_200_000_000_000, '2h', '2h0m0s'],
  [-90_000_000_000, '-90s', '-1m30s'],
])('%s ns are %s in a query and %s in an answer', (nanos, query, answer) => {
  expect(formatDurationNanos(nanos)).toBe(query);
  expect(goDuration(nanos)).toBe(answer);
  expect(Math.abs(nanos)).toBe(parseDurationNanos(goDuration(Math.abs(nanos))));
});
