import { z } from 'zod';
import { comparisonSeries } from '../../traceql/evaluate/compare.ts';
import type { MetricsGrid, MetricsSeries } from '../../traceql/metrics/series.ts';
import { keyValue } from './metrics-rows.ts';

const numbers = z.array(z.coerce.number());
const row = z.object({
  selected: z.coerce.boolean(),
  name: z.string(),
  total: z.tuple([numbers, numbers]),
  different: z.coerce.number(),
  top: z.array(z.tuple([z.coerce.number(), z.string(), z.string(), z.string(), numbers, numbers])),
});

/** Series of `compare()` from the rows of `planComparison`. */
export function seriesOfComparison(
  grid: MetricsGrid,
  rows: readonly Readonly<Record<string, unknown>>[],
): readonly MetricsSeries[] {
  return rows
    .map((each) => row.parse(each))
    .flatMap(({ selected, name, total, different, top }) =>
      comparisonSeries(selected ? 'selection' : 'baseline', name, {
        total: overSteps(grid, ...total),
        more: different > top.length,
        top: top.map(([, , text, kind, steps, counts]) => ({
          value: keyValue(text, kind),
          counts: overSteps(grid, steps, counts),
        })),
      }),
    );
}

function overSteps(
  { steps: all }: MetricsGrid,
  steps: readonly number[],
  counts: readonly number[],
): Float64Array {
  const values = new Float64Array(all);
  steps.forEach((step, i) => {
    values[step] = counts[i] ?? 0;
  });
  return values;
}
