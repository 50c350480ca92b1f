import type { AlertStateBand, ChartAnnotation, ChartPoint, ChartSeries, FanPoint } from '../index.ts';

/** A fixed moment, so that pictures of the gallery can be compared: 11 February 2026, 21:00 in Shanghai. */
export const NOW_MS = Date.UTC(2026, 1, 11, 13, 0, 0);
export const FROM_MS = NOW_MS - 3_600_000;
const STEP_MS = 15_000;

/** Numbers that look random and are the same every time. */
function noise(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** A line over the last hour around a shape, with a gap where asked. */
export function wave(
  name: string,
  labels: Readonly<Record<string, string>>,
  shape: (minute: number) => number,
  options: {
    readonly gap?: readonly [number, number];
    readonly jitter?: number;
    readonly seed?: number;
  } = {},
): ChartSeries {
  const random = noise(options.seed ?? name.length * 7_919);
  const points: ChartPoint[] = [];
  for (let timeMs = FROM_MS; timeMs <= NOW_MS; timeMs += STEP_MS) {
    const minute = (timeMs - FROM_MS) / 60_000;
    const inGap = options.gap !== undefined && minute > options.gap[0] && minute < options.gap[1];
    const value = shape(minute) * (1 + (random() - 0.5) * (options.jitter ?? 0.1));
    if (!inGap) points.push([timeMs, value]);
  }
  return { name, labels, points };
}

const surge = (minute: number): number => 1 / (1 + Math.exp(-(minute - 40) / 1.5));

export const funnel: readonly ChartSeries[] = [
  wave('placed', { step: 'placed' }, (minute) => 30 + 2_200 * surge(minute)),
  wave('paid', { step: 'paid' }, (minute) => 28 + 2_050 * surge(minute - 0.5)),
  wave('assigned', { step: 'assigned' }, (minute) => 27 + 400 * surge(minute - 1), { gap: [20, 26] }),
  wave('delivered', { step: 'delivered' }, (minute) => 25 + 120 * surge(minute - 5)),
];

export const density: readonly ChartSeries[] = [
  wave('north · high', { gate_id: 'north', band: 'high' }, (minute) => 0.3 + 4.4 * surge(minute), {
    jitter: 0.02,
  }),
  wave('south · high', { gate_id: 'south', band: 'high' }, (minute) => 0.2 + 2.9 * surge(minute), {
    jitter: 0.02,
  }),
];

export const many: readonly ChartSeries[] = Array.from({ length: 60 }, (_, index) =>
  wave(
    `store-${index + 1}`,
    { store_id: `store-${index + 1}` },
    (minute) => 20 + index + 10 * Math.sin(minute / 8 + index),
    {
      seed: index + 1,
    },
  ),
);

export const annotations: readonly ChartAnnotation[] = [
  { timeMs: FROM_MS + 38 * 60_000, kind: 'deploy', text: 'flash-sale 4.2.1' },
  { timeMs: FROM_MS + 10 * 60_000, endMs: FROM_MS + 16 * 60_000, kind: 'load test', text: 'checkout at 2x' },
];

export const alertBands: readonly AlertStateBand[] = [
  { fromMs: FROM_MS, toMs: FROM_MS + 20 * 60_000, state: 'inactive' },
  {
    fromMs: FROM_MS + 20 * 60_000,
    toMs: FROM_MS + 26 * 60_000,
    state: 'no_data',
    label: 'UnitsUnderPriceFloor',
  },
  {
    fromMs: FROM_MS + 39 * 60_000,
    toMs: FROM_MS + 41 * 60_000,
    state: 'pending',
    label: 'UnitsUnderPriceFloor',
  },
  { fromMs: FROM_MS + 41 * 60_000, toMs: NOW_MS, state: 'firing', label: 'UnitsUnderPriceFloor' },
];

/** Two opening days, arrivals at nine: what the venue tab draws. */
export const fan: readonly FanPoint[] = [0, 1].flatMap((day) =>
  Array.from({ length: 37 }, (_, index) => {
    const timeMs = NOW_MS + 12 * 3_600_000 + day * 86_400_000 + index * 900_000;
    const hour = index / 4;
    const shape = (day === 0 ? 1 : 0.4) * Math.exp(-((hour - 2.2) ** 2) / 4.5);
    return { timeMs, low: 1.6 * shape, middle: 3.1 * shape, high: 5.2 * shape };
  }),
);

export const extremes: readonly ChartSeries[] = [
  {
    name: 'NaN, infinities, gaps',
    labels: { kind: 'odd' },
    points: funnel[0]!.points.map(([timeMs, value], index) => [
      timeMs,
      index % 40 === 0
        ? Number.NaN
        : index % 40 === 1
          ? Number.POSITIVE_INFINITY
          : index % 40 < 6
            ? null
            : value,
    ]),
  },
  { name: 'one point', labels: { kind: 'one' }, points: [[NOW_MS - 1_800_000, 900]] },
  wave('negative', { kind: 'negative' }, (minute) => -400 * Math.sin(minute / 6)),
];
