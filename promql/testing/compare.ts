import { compact } from '../histogram/buckets.ts';
import { formatHistogram } from '../histogram/comparison.ts';
import type { NativeHistogram } from '../histogram/native-histogram.ts';
import { LabelSet } from '../label-set.ts';
import { formatNumber } from '../number-literal.ts';
import { type Point, pointsOf, type QueryValue } from '../result.ts';
import type { EvalCommand } from './script.ts';
import type { NotedValue } from './series-notation.ts';

const TOLERANCE = 1e-6;
const SMALLEST_NORMAL = 2.2250738585072014e-308;

/** Equal within a relative tolerance of 1e-6; NaN equals NaN. */
export function almostEqual(a: number, b: number): boolean {
  if (Number.isNaN(a) && Number.isNaN(b)) return true;
  if (a === b) return true;
  const sum = Math.abs(a) + Math.abs(b);
  const difference = Math.abs(a - b);
  if (a === 0 || b === 0 || sum < SMALLEST_NORMAL) return difference < TOLERANCE * SMALLEST_NORMAL;
  return difference / Math.min(sum, Number.MAX_VALUE) < TOLERANCE;
}

function sameHistogram(wanted: NativeHistogram, got: NativeHistogram, hint: boolean): boolean {
  const a = compact(wanted);
  const b = compact(got);
  const sameList = (x: readonly number[], y: readonly number[]): boolean =>
    x.length === y.length && x.every((value, i) => almostEqual(value, y[i]!));
  const spans = (h: NativeHistogram): string => JSON.stringify([h.positiveSpans, h.negativeSpans]);
  return (
    a.schema === b.schema &&
    almostEqual(a.count, b.count) &&
    almostEqual(a.sum, b.sum) &&
    a.zeroThreshold === b.zeroThreshold &&
    almostEqual(a.zeroCount, b.zeroCount) &&
    spans(a) === spans(b) &&
    sameList(a.positiveBuckets, b.positiveBuckets) &&
    sameList(a.negativeBuckets, b.negativeBuckets) &&
    sameList(a.customValues, b.customValues) &&
    (!hint || a.counterResetHint === b.counterResetHint)
  );
}

function sameValue(wanted: NotedValue, got: Point | undefined): boolean {
  if (wanted === undefined || wanted === 'stale') return got === undefined;
  if (got === undefined) return false;
  if (typeof wanted === 'number') return got.histogram === undefined && almostEqual(wanted, got.value);
  return got.histogram !== undefined && sameHistogram(wanted.histogram, got.histogram, wanted.hintGiven);
}

const shownValue = (value: NotedValue): string =>
  value === undefined
    ? '_'
    : typeof value === 'object'
      ? formatHistogram(value.histogram)
      : shownNumber(value);
const shownNumber = (value: number | 'stale'): string => (value === 'stale' ? value : formatNumber(value));
const shownPoint = (point: Point | undefined): string =>
  point === undefined
    ? '_'
    : point.histogram === undefined
      ? formatNumber(point.value)
      : formatHistogram(point.histogram);

/** What is wrong with a result, or undefined. */
export function compareResult(command: EvalCommand, value: QueryValue): string | undefined {
  if (command.text !== undefined) {
    const got = value.type === 'string' ? value.value : `a ${value.type}`;
    return got === command.text ? undefined : `wanted the string ${command.text}, got ${got}`;
  }
  if (command.time.kind === 'range') {
    return compareMatrix(command, value, command.time.startMs, command.time.stepMs);
  }
  if (command.rangeVector !== undefined) {
    return compareMatrix(command, value, command.rangeVector.startMs, command.rangeVector.stepMs);
  }
  return compareInstant(command, value);
}

/** Compares what a query gave at one time with an instant command. */
export function compareInstant(command: EvalCommand, value: QueryValue): string | undefined {
  if (value.type === 'scalar') {
    if (command.scalar === undefined) return `wanted series, got the scalar ${formatNumber(value.value)}`;
    if (almostEqual(command.scalar, value.value)) return undefined;
    return `wanted ${formatNumber(command.scalar)}, got ${formatNumber(value.value)}`;
  }
  if (value.type !== 'vector') return `wanted an instant vector, got a ${value.type}`;
  if (command.scalar !== undefined) return `wanted the scalar ${formatNumber(command.scalar)}, got a vector`;
  const got = value.samples.map(({ labels, point }) => ({
    labels: LabelSet.fromLabels(labels),
    points: [point],
  }));
  const problem = compareSeries(command, got, (points) => points[0], 1);
  if (problem !== undefined || !command.ordered) return problem;
  const order = got.map(({ labels }) => labels.toString());
  const wanted = command.series.map(({ labels }) => labels.toString());
  return order.join() === wanted.join()
    ? undefined
    : `wanted the order ${wanted.join(' ')}, got ${order.join(' ')}`;
}

function compareMatrix(
  command: EvalCommand,
  value: QueryValue,
  startMs: number,
  stepMs: number,
): string | undefined {
  if (value.type !== 'matrix') return `wanted a matrix, got a ${value.type}`;
  const got = value.series.map((one) => ({ labels: LabelSet.fromLabels(one.labels), points: pointsOf(one) }));
  const last = Math.max(0, ...got.flatMap(({ points }) => points.map(({ timeMs }) => timeMs)));
  const steps = Math.max(
    Math.floor((last - startMs) / stepMs) + 1,
    ...command.series.map((one) => one.values.length),
  );
  const at = (points: readonly Point[], i: number): Point | undefined =>
    points.find(({ timeMs }) => timeMs === startMs + i * stepMs);
  return compareSeries(command, got, at, steps);
}

interface GotSeries {
  readonly labels: LabelSet;
  readonly points: readonly Point[];
}

function compareSeries(
  command: EvalCommand,
  got: readonly GotSeries[],
  at: (points: readonly Point[], i: number) => Point | undefined,
  steps: number,
): string | undefined {
  const byLabels = new Map(got.map((series) => [series.labels.key, series]));
  if (byLabels.size < got.length) return 'two series have the same labels';
  for (const { labels, values } of command.series) {
    const series = byLabels.get(labels.key);
    const expected = Array.from({ length: steps }, (_, i) => values[i]);
    if (series === undefined) {
      if (expected.every((value) => value === undefined)) continue;
      return `no series ${labels}, wanted ${expected.map(shownValue).join(' ')}${shownOthers(got)}`;
    }
    byLabels.delete(labels.key);
    const bad = expected.findIndex((value, i) => !sameValue(value, at(series.points, i)));
    if (bad < 0) continue;
    const gotValues = expected.map((_, i) => shownPoint(at(series.points, i)));
    return `${labels}: wanted ${expected.map(shownValue).join(' ')}, got ${gotValues.join(' ')}`;
  }
  const [extra] = byLabels.values();
  if (extra === undefined) return undefined;
  return `unexpected series ${extra.labels} with ${extra.points.map(shownPoint).join(' ')}`;
}

const shownOthers = (got: readonly GotSeries[]): string =>
  got.length === 0
    ? '; there is no series'
    : `; there are ${got
        .slice(0, 5)
        .map(({ labels }) => labels)
        .join(' ')}`;
