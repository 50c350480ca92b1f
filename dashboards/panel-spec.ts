/** What a panel of ours is: the subset of Grafana that every panel here needs, with nothing optional that must be there. */

/** Colour means state; each state has one of Grafana's named colours, from which our web reads the state back. */
export const stateColours = {
  good: 'green',
  information: 'blue',
  warning: 'orange',
  page: 'red',
  safety: 'purple',
} as const;
type PanelState = keyof typeof stateColours;

/** The state from a value on. */
export interface ThresholdSpec {
  readonly value: number;
  readonly state: PanelState;
}

export interface QuerySpec {
  /** PromQL; `$campaign`, `$__rate_interval`, `$__interval` and `$__range` are filled in by whoever draws. */
  readonly expr: string;
  /** Series name with `{{label}}`; without it the labels that differ. */
  readonly legend?: string;
  /** A limit, target or forecast: drawn dashed. Needs a legend without placeholders. */
  readonly dashed?: boolean;
}

interface PanelCommon {
  readonly title: string;
  /** What it shows, from what, and what to do with it: read by someone who sees it for the first time. */
  readonly description: string;
  /** Grafana unit id. */
  readonly unit: string;
  /** Columns of 24. */
  readonly width: number;
  /** Grafana's rows of 30 px. */
  readonly height: number;
  readonly queries: readonly QuerySpec[];
  readonly decimals?: number;
  readonly thresholds?: readonly ThresholdSpec[];
  /** Words for a value that means something else than its number. */
  readonly noValue?: string;
  readonly links?: readonly { readonly title: string; readonly url: string }[];
}

export interface TimeSeriesSpec extends PanelCommon {
  readonly kind: 'timeseries';
  readonly stacked?: boolean;
  readonly legend?: 'table' | 'list' | 'hidden';
  readonly min?: number;
  readonly max?: number;
}

export interface StatSpec extends PanelCommon {
  readonly kind: 'stat';
  /** How a range becomes one figure. */
  readonly reduce?: 'lastNotNull' | 'max' | 'min' | 'mean' | 'sum';
  readonly sparkline?: boolean;
}

export interface BarGaugeSpec extends PanelCommon {
  readonly kind: 'bargauge';
  readonly min?: number;
  readonly max?: number;
}

/** Every query is a column; label columns are named by `rename`, others hidden by `hide`. */
export interface TableSpec extends PanelCommon {
  readonly kind: 'table';
  readonly rename: Readonly<Record<string, string>>;
  readonly hide?: readonly string[];
  /** Column title to unit, where it is not the panel's. */
  readonly units?: Readonly<Record<string, string>>;
}

export interface TextSpec {
  readonly kind: 'text';
  readonly title: string;
  readonly markdown: string;
  readonly width: number;
  readonly height: number;
}

export type PanelSpec = TimeSeriesSpec | StatSpec | BarGaugeSpec | TableSpec | TextSpec;

/** Panels under a heading; the first row of a dashboard may have none. */
export interface RowSpec {
  readonly title: string | null;
  readonly panels: readonly PanelSpec[];
}
