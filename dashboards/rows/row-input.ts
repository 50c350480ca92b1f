import type { Campaign } from '../../campaigns/manifest.ts';
import type { ThresholdSpec } from '../panel-spec.ts';
import type { Say } from '../say.ts';

/** What the rows of a campaign's dashboard are written from. */
export interface RowInput {
  readonly campaign: Campaign;
  readonly say: Say;
  /** Where runbooks are; `/runbooks` on the product's own pages. */
  readonly runbooksUrl: string;
}

const OF_CAMPAIGN = 'campaign_id="$campaign"';

/** A selector of this campaign's series of a metric. */
export const of = (metric: string, more = ''): string =>
  `${metric}{${OF_CAMPAIGN}${more === '' ? '' : `,${more}`}}`;

/** Events a minute; `by` is an aggregation's clause with a blank in front. */
export const perMinute = (selector: string, by = ''): string =>
  `60 * sum${by} (rate(${selector}[$__rate_interval]))`;

/** A quantile of a histogram of this campaign. */
export const quantile = (share: number, metric: string): string =>
  `histogram_quantile(${share}, sum by (le) (rate(${of(`${metric}_bucket`)}[$__rate_interval])))`;

/** Persons per square metre at which a crowd calls for someone; Fruin's levels, set in the domain's defaults. */
export const densityThresholds: readonly ThresholdSpec[] = [
  { value: 1.1, state: 'information' },
  { value: 2, state: 'warning' },
  { value: 3, state: 'page' },
  { value: 4, state: 'safety' },
];

/** The first breach of an invariant pages. */
export const never: readonly ThresholdSpec[] = [{ value: 1, state: 'page' }];

/** A panel's link to the runbook of its alert. */
export const runbook = ({ runbooksUrl, say }: RowInput, id: string, en: string, zh: string) => ({
  title: say(`Runbook: ${en}`, `预案：${zh}`),
  url: `${runbooksUrl}/${id}`,
});
