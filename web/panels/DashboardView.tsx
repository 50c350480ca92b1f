import type { ChartAnnotation, TimeRange } from '../charts/index.ts';

/** One query for a panel; both ends inclusive, epoch ms. `instant` asks for the value at `toMs` alone. */
export interface PanelQuery {
  readonly expr: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly stepMs: number;
  readonly instant: boolean;
}

export interface PanelQueryResult {
  readonly series: readonly {
    readonly labels: Readonly<Record<string, string>>;
    readonly points: readonly (readonly [epochMs: number, value: number | null])[];
  }[];
  /** Why the result is not whole, in the server's words. */
  readonly warnings: readonly string[];
}

/** Runs a query; rejects with an Error whose message a person can act on, or with an AbortError. */
export type RunPanelQuery = (query: PanelQuery, abort: AbortSignal) => Promise<PanelQueryResult>;

export interface DashboardViewProps {
  /** Grafana dashboard JSON, as served; checked before it is drawn. */
  readonly dashboard: unknown;
  /** Values of template variables; those missing take the dashboard's own current value. */
  readonly variables: Readonly<Record<string, string>>;
  readonly onVariablesChange?: ((variables: Readonly<Record<string, string>>) => void) | undefined;
  readonly range: TimeRange;
  /** null: no refresh. */
  readonly refreshMs: number | null;
  /** The range slides with time between the page's own changes of it. */
  readonly live: boolean;
  readonly onRangeChange?: ((range: TimeRange) => void) | undefined;
  readonly runQuery: RunPanelQuery;
  readonly annotations?: readonly ChartAnnotation[] | undefined;
  /** Opens a query in Explore; without it the menu has no such entry. */
  readonly onExplore?: ((expr: string, range: TimeRange) => void) | undefined;
  readonly locale: string;
  readonly timeZone?: string | undefined;
}

export function DashboardView(props: DashboardViewProps) {
  return <div data-locale={props.locale} />;
}
