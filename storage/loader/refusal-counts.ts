import { Counter, type Registry } from 'prom-client';
import type { DerivedMetric } from '../../model/series.ts';
import type { Refusal } from './series-limit.ts';

/** Pairs of metric and campaign that are told apart; the rest is counted together, because this too must not explode. */
const PAIRS = 100;
const OTHER = '(other)';

const KINDS = {
  series: 'New series that were refused because their metric has as many as it may, once for each load',
  samples: 'Samples of series that were refused',
} as const;
type Kind = keyof typeof KINDS;

/** Counts what was refused by metric and campaign, for `/metrics` and for the product's own telemetry, under the same names. */
export class RefusalCounts {
  readonly #counters: Readonly<Record<Kind, Counter>>;
  readonly #totals = new Map<string, Refusal>();

  constructor(registry: Registry) {
    const counter = (kind: Kind): Counter =>
      new Counter({
        name: `tidewarden_storage_load_refused_${kind}_total`,
        help: KINDS[kind],
        labelNames: ['metric', 'campaign_id'],
        registers: [registry],
      });
    this.#counters = { series: counter('series'), samples: counter('samples') };
  }

  count(refusal: Refusal): void {
    const known = `${refusal.metric}\0${refusal.campaign}`;
    const full = this.#totals.size >= PAIRS && !this.#totals.has(known);
    const { metric, campaign } = full ? { metric: OTHER, campaign: OTHER } : refusal;
    const key = `${metric}\0${campaign}`;
    const before = this.#totals.get(key);
    this.#totals.set(key, {
      metric,
      campaign,
      series: (before?.series ?? 0) + refusal.series,
      samples: (before?.samples ?? 0) + refusal.samples,
      exemplars: (before?.exemplars ?? 0) + refusal.exemplars,
    });
    this.#counters.series.inc({ metric, campaign_id: campaign }, refusal.series);
    this.#counters.samples.inc({ metric, campaign_id: campaign }, refusal.samples);
  }

  /** The same figures as OTLP counters; none while nothing was refused. */
  figures(): readonly DerivedMetric[] {
    if (this.#totals.size === 0) return [];
    return (['series', 'samples'] as const).map((kind) => ({
      name: `tidewarden.storage.load.refused_${kind}`,
      kind: 'counter',
      unit: '',
      description: KINDS[kind],
      points: [...this.#totals.values()].map((total) => ({
        attributes: { metric: total.metric, 'campaign.id': total.campaign },
        value: total[kind],
      })),
    }));
  }
}
