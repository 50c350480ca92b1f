import type { AlertStateBand, ChartAnnotation, ChartText, TimeRange } from '../charts/index.ts';
import type { DashboardVariable, Panel } from './dashboard-model.ts';
import type { RunPanelQuery } from './panel-query.ts';
import type { QueryQueue } from './query-queue.ts';

/** What all panels of a dashboard share. */
export interface PanelContext {
  readonly values: Readonly<Record<string, string>>;
  readonly variables: readonly DashboardVariable[];
  readonly range: TimeRange;
  readonly tick: number;
  readonly scrapeMs: number;
  readonly run: RunPanelQuery;
  readonly queue: QueryQueue;
  readonly annotations: readonly ChartAnnotation[];
  readonly alertStatesFor: ((panel: Panel) => readonly AlertStateBand[]) | undefined;
  readonly onZoom: ((range: TimeRange) => void) | undefined;
  readonly onZoomBack: (() => void) | undefined;
  readonly onExplore: ((expr: string, range: TimeRange) => void) | undefined;
  readonly locale: string;
  readonly timeZone: string | undefined;
  readonly text: ChartText;
}
