import type { MetricsGrid, MetricsSeries } from './series.ts';

/** A span that a series was made of, to open its trace. */
export interface MetricsExemplar {
  /** Lower-case hex. */
  readonly traceId: string;
  readonly spanId: string;
  /** When the span began; since the epoch. */
  readonly atNanos: bigint;
  /** The step of the grid in which it began. */
  readonly step: number;
  /** What was measured of it, durations in seconds; where spans are counted, the series' own value at that step. */
  readonly value: number;
}

/** Spans that a group of series keeps of one step at most. */
const A_STEP = 5;

/** How many spans of each step are kept, so that a series can have `most` of them. 0: none. */
export const exemplarsAStep = (most: number, { steps }: MetricsGrid): number =>
  Math.min(A_STEP, Math.ceil(most / steps));

const inOrder = (a: MetricsExemplar, b: MetricsExemplar): number =>
  a.spanId < b.spanId || (a.spanId === b.spanId && a.traceId < b.traceId) ? -1 : 1;

/** The spans with the smallest ids of every step. Ids are random, so that is a fair sample, and the same whoever takes it. */
export class ExemplarPicks {
  readonly #aStep: number;
  readonly #picked = new Map<number, MetricsExemplar[]>();

  constructor(aStep: number) {
    this.#aStep = aStep;
  }

  offer(exemplar: MetricsExemplar): void {
    if (this.#aStep === 0) return;
    const picked = this.#picked.get(exemplar.step) ?? [];
    this.#picked.set(exemplar.step, picked);
    const last = picked.at(-1);
    if (picked.length === this.#aStep && last !== undefined && inOrder(last, exemplar) < 0) return;
    picked.push(exemplar);
    picked.sort(inOrder);
    if (picked.length > this.#aStep) picked.pop();
  }

  all(): readonly MetricsExemplar[] {
    return [...this.#picked.values()].flat();
  }
}

/**
 * Hands out a group's exemplars to its series, as Tempo does: each to the one series that is nearest to it at its step (there are
 * several with quantiles), none where the series has no value, at most `most` of a series, evenly over its time. A value of NaN is
 * replaced by the series' own.
 */
export function attachExemplars(
  series: readonly MetricsSeries[],
  exemplars: readonly MetricsExemplar[],
  most: number,
): readonly MetricsSeries[] {
  if (exemplars.length === 0) return series;
  const attached = series.map((): MetricsExemplar[] => []);
  for (const exemplar of exemplars) {
    const nearest = nearestSeries(series, exemplar);
    if (nearest < 0) continue;
    const own = series[nearest]!.values[exemplar.step]!;
    attached[nearest]!.push(Number.isNaN(exemplar.value) ? { ...exemplar, value: own } : exemplar);
  }
  return series.map((one, index) => ({ ...one, exemplars: evenly(attached[index]!, most) }));
}

/** -1 if no series has a value at the exemplar's step. */
function nearestSeries(series: readonly MetricsSeries[], { step, value }: MetricsExemplar): number {
  let [nearest, least] = [-1, Number.POSITIVE_INFINITY];
  series.forEach(({ values }, index) => {
    const own = values[step] ?? Number.NaN;
    const distance = Number.isNaN(value) ? 0 : Math.abs(own - value);
    if (!Number.isNaN(own) && distance < least) [nearest, least] = [index, distance];
  });
  return nearest;
}

function evenly(exemplars: readonly MetricsExemplar[], most: number): readonly MetricsExemplar[] {
  const sorted = exemplars.toSorted((a, b) =>
    a.atNanos === b.atNanos ? inOrder(a, b) : a.atNanos < b.atNanos ? -1 : 1,
  );
  if (sorted.length <= most) return sorted;
  return Array.from({ length: most }, (_, index) => sorted[Math.floor((index * sorted.length) / most)]!);
}

/** The exemplars that are left of a series when some of its values were taken away. */
export const exemplarsWhere = (
  { exemplars }: MetricsSeries,
  values: Float64Array,
): readonly MetricsExemplar[] | undefined =>
  exemplars?.filter(({ step }) => !Number.isNaN(values[step] ?? Number.NaN));
