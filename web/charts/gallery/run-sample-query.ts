import type { PanelQuery, PanelQueryResult } from '../../panels/DashboardView.tsx';
import { FROM_MS, NOW_MS, wave } from './sample-data.ts';

const surge = (minute: number): number => 1 / (1 + Math.exp(-(minute - 40) / 1.5));
const labelsBy: Readonly<Record<string, readonly string[]>> = {
  gate_id: ['north', 'south'],
  city_code: ['440100', '440300', '310000'],
  outcome: ['assigned', 'no_rider'],
  offer_id: ['two-park-ticket'],
  price: ['199', '0.01'],
  desk: ['bot', 'human'],
  step: ['limiter', 'payment'],
  validity_day: ['2026-02-12', '2026-02-13'],
  venue_id: ['harbour-park'],
  band: ['high'],
};

/** How large a metric gets in the sample, by a word in its query. */
const sizes: readonly (readonly [RegExp, (minute: number) => number])[] = [
  [/forecast_density.*middle/, (minute) => 0.2 + 2.8 * surge(minute)],
  [/forecast_density/, (minute) => 0.3 + 4.6 * surge(minute)],
  [/forecast_people/, (minute) => 200 + 5_000 * surge(minute)],
  [/forecast_reach/, (minute) => 60_000 - minute * 60],
  [/under_floor/, (minute) => Math.round(8_400 * surge(minute))],
  [/beyond_quota/, (minute) => Math.round(7_900 * surge(minute))],
  [/unit_price_min/, (minute) => (minute < 40 ? 199 : 0.01)],
  [/duration|wait/, (minute) => 0.2 + 0.9 * surge(minute)],
  [/lanes_open/, () => 2],
  [/density/, () => 0.4],
  [/oldest/, (minute) => 20 + 900 * surge(minute - 4)],
];

/** Answers like the product would, from fixed shapes; some queries fail, are empty or come in part. */
export async function runSampleQuery(query: PanelQuery): Promise<PanelQueryResult> {
  await new Promise((resolve) => setTimeout(resolve, 20));
  const { expr } = query;
  if (expr.includes('order_failed_total'))
    throw new Error(
      'query over limit: it would read 61,200,000 samples, at most 50,000,000 are allowed; ask for a shorter range',
    );
  if (expr.includes('support_wait')) return { series: [], warnings: [] };
  const constant = /^[\d.]+$/.test(expr) ? Number(expr) : undefined;
  const shape = sizes.find(([pattern]) => pattern.test(expr))?.[1] ?? ((minute) => 20 + 600 * surge(minute));
  const by =
    /by \(([^)]*)\)/
      .exec(expr)?.[1]
      ?.split(/,\s*/)
      .filter((name) => name !== 'le') ?? [];
  let sets: Record<string, string>[] = [{}];
  for (const name of by)
    sets = sets.flatMap((set) => (labelsBy[name] ?? ['a']).map((value) => ({ ...set, [name]: value })));
  return {
    series: sets.map((labels, index) => {
      const factor = 1 / (index + 1);
      const all = wave('', labels, (minute) => constant ?? shape(minute) * factor, {
        jitter: constant === undefined && !/_total\{[^}]*\}\)$|unit_price/.test(expr) ? 0.08 : 0,
        seed: index + expr.length,
      }).points.filter(([timeMs]) => timeMs >= FROM_MS && timeMs <= NOW_MS);
      return { labels, points: query.instant ? all.slice(-1) : all };
    }),
    warnings: expr.includes('limiter_rejected') ? ['2 of 3 days were read before the time limit'] : [],
  };
}
