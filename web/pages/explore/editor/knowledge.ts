import type { MetricMetadata } from '../../../api/prometheus-metadata.ts';

/** What the editor knows beside the language; read anew each time, so it may come late. */
export interface EditorKnowledge {
  readonly language: 'en' | 'zh';
  metadata(): Promise<ReadonlyMap<string, readonly MetricMetadata[]>>;
  metricNames(): Promise<readonly string[]>;
  labelNames(selector?: string): Promise<readonly string[]>;
  labelValues(label: string, selector?: string): Promise<readonly string[]>;
  /** Ids of campaigns and their titles, those without telemetry too. */
  campaigns(): Promise<ReadonlyMap<string, string>>;
  /** The words of help in the reader's language. */
  readonly words: {
    readonly metric: (type: string) => string;
    readonly unit: (unit: string) => string;
    readonly campaignLabel: string;
    readonly aggregation: string;
    readonly function: string;
    readonly noHelp: string;
    readonly completions: string;
  };
}

/** Labels by which telemetry names a campaign and its parts. */
export const CAMPAIGN_LABELS: readonly string[] = [
  'campaign_id',
  'campaign_phase',
  'offer_id',
  'city_code',
  'store_id',
  'merchant_id',
  'venue_id',
  'gate_id',
  'lane_id',
  'channel',
  'customer_tier',
  'region_kind',
  'outcome',
  'traffic_kind',
];
