import type { ChartSeries, TimeRange } from '../charts/index.ts';
import type { DashboardVariable, Panel } from './dashboard-model.ts';
import type { QueryQueue } from './query-queue.ts';
import { seriesNames } from './series-names.ts';
import { builtInVariables, interpolateQuery, parseInterval, stepFor } from './template.ts';

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

/** A series with the query it came from. */
export interface PanelSeries extends ChartSeries {
  readonly refId: string;
}

export interface PanelResult {
  readonly series: readonly PanelSeries[];
  readonly warnings: readonly string[];
  /** The range that was asked for: what is drawn while newer data is on its way. */
  readonly range: TimeRange;
  /** The distance of the points that were asked for, ms: a longer one is a gap. */
  readonly stepMs: number;
}

export type PanelProblem =
  | { readonly kind: 'unset-variable'; readonly name: string }
  | { readonly kind: 'failed'; readonly message: string };

export interface PlannedQuery {
  readonly refId: string;
  readonly legendFormat: string | undefined;
  readonly query: PanelQuery;
}

export interface PlanInput {
  readonly panel: Panel;
  readonly values: Readonly<Record<string, string>>;
  readonly variables: readonly DashboardVariable[];
  readonly range: TimeRange;
  /** The panel's width in px: about one point every two. */
  readonly width: number;
  readonly scrapeMs: number;
}

export type Plan =
  | { readonly ok: true; readonly queries: readonly PlannedQuery[] }
  | { readonly ok: false; readonly problem: PanelProblem };

/** Panels that show the last value large. */
const FIGURES: ReadonlySet<string> = new Set(['stat', 'gauge', 'bargauge']);

/**
 * The queries of a panel with variables filled in and both ends on the step's grid, so that points stay put. A figure has no
 * points to stay put and must not be a step old: its range ends at the very moment.
 */
export function planQueries({ panel, values, variables, range, width, scrapeMs }: PlanInput): Plan {
  const exportMs = parseInterval(panel.interval) ?? scrapeMs;
  const points = panel.maxDataPoints ?? Math.max(60, Math.round(width / 2));
  const stepMs = stepFor(range.toMs - range.fromMs, points, exportMs);
  const span = Math.floor((range.toMs - range.fromMs) / stepMs) * stepMs;
  const figure = FIGURES.has(panel.type);
  const toMs = figure ? Math.round(range.toMs) : Math.floor(range.toMs / stepMs) * stepMs;
  const fromMs = figure ? toMs - span : Math.min(toMs, Math.floor(range.fromMs / stepMs) * stepMs);
  const queries: PlannedQuery[] = [];
  for (const target of panel.targets) {
    if (target.hide === true || target.expr.trim() === '') continue;
    const instant = target.instant === true && target.range !== true;
    const at = instant ? Math.round(range.toMs) : toMs;
    const builtIn = builtInVariables({ fromMs, toMs: at, stepMs, scrapeMs: exportMs });
    const { text, missing } = interpolateQuery(target.expr, values, builtIn, variables);
    if (missing[0] !== undefined) return { ok: false, problem: { kind: 'unset-variable', name: missing[0] } };
    queries.push({
      refId: target.refId,
      legendFormat: target.legendFormat,
      query: { expr: text, fromMs, toMs: at, stepMs, instant },
    });
  }
  return { ok: true, queries };
}

/**
 * Runs a panel's queries and names their series. One that fails among several becomes a warning beside the others' data;
 * when all fail, the first error is thrown.
 */
export async function loadPanel(
  queries: readonly PlannedQuery[],
  range: TimeRange,
  run: RunPanelQuery,
  queue: QueryQueue,
  abort: AbortSignal,
): Promise<PanelResult> {
  const answers = await Promise.allSettled(
    queries.map((one) => queue.run(() => run(one.query, abort), abort)),
  );
  const failed = answers.filter((answer) => answer.status === 'rejected');
  if (failed[0] !== undefined && (failed.length === answers.length || abort.aborted)) throw failed[0].reason;
  const warnings = answers.flatMap((answer, index) =>
    answer.status === 'fulfilled'
      ? answer.value.warnings
      : [`${queries[index]!.refId}: ${messageOf(answer.reason)}`],
  );
  const series = answers.flatMap((answer, index) =>
    answer.status === 'fulfilled' ? nameSeries(queries[index]!, answer.value.series) : [],
  );
  return { series, warnings: [...new Set(warnings)], range, stepMs: queries[0]?.query.stepMs ?? 0 };
}

/** What an error says to people. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

function nameSeries(
  { refId, legendFormat }: PlannedQuery,
  found: PanelQueryResult['series'],
): readonly PanelSeries[] {
  const names = seriesNames(
    found.map(({ labels }) => labels),
    legendFormat,
    refId,
  );
  return found.map(({ labels, points }, place) => ({ name: names[place] ?? refId, labels, points, refId }));
}
