import { useEffect, useRef, useState } from 'react';
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
}

export type PanelProblem =
  | { readonly kind: 'unset-variable'; readonly name: string }
  | { readonly kind: 'failed'; readonly message: string };

/** What a panel knows: old data stays while new data is asked for, and an error does not take it away. */
export interface PanelData {
  readonly loading: boolean;
  readonly result: PanelResult | null;
  readonly problem: PanelProblem | null;
  /** When the result arrived, on the page's monotonic clock (`performance.now`), ms. */
  readonly arrivedAt: number | null;
}

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

/** The queries of a panel with variables filled in and both ends on the step's grid, so that points stay put. */
export function planQueries({ panel, values, variables, range, width, scrapeMs }: PlanInput): Plan {
  const exportMs = parseInterval(panel.interval) ?? scrapeMs;
  const points = panel.maxDataPoints ?? Math.max(60, Math.round(width / 2));
  const stepMs = stepFor(range.toMs - range.fromMs, points, exportMs);
  const fromMs = Math.floor(range.fromMs / stepMs) * stepMs;
  const toMs = Math.max(fromMs, Math.floor(range.toMs / stepMs) * stepMs);
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

/** Runs a panel's queries and names their series. */
export async function loadPanel(
  queries: readonly PlannedQuery[],
  range: TimeRange,
  run: RunPanelQuery,
  queue: QueryQueue,
  abort: AbortSignal,
): Promise<PanelResult> {
  const answers = await Promise.all(queries.map((one) => queue.run(() => run(one.query, abort), abort)));
  const series = queries.flatMap((one, index) => {
    const found = answers[index]!.series;
    const names = seriesNames(
      found.map(({ labels }) => labels),
      one.legendFormat,
      one.refId,
    );
    return found.map(({ labels, points }, place) => ({
      name: names[place] ?? one.refId,
      labels,
      points,
      refId: one.refId,
    }));
  });
  return { series, warnings: [...new Set(answers.flatMap((answer) => answer.warnings))], range };
}

const nothing: PanelData = { loading: true, result: null, problem: null, arrivedAt: null };

export interface PanelDataInput extends PlanInput {
  readonly run: RunPanelQuery;
  readonly queue: QueryQueue;
  /** False while the panel is out of sight: nothing is asked for. */
  readonly visible: boolean;
  /** Changes when the panel should ask again although nothing else has changed. */
  readonly tick: number;
}

/** A panel's data, asked for again when range, variables, width or tick change; a newer request ends the older. */
export function usePanelData(input: PanelDataInput): PanelData {
  const { panel, values, variables, range, width, scrapeMs, run, queue, visible, tick } = input;
  const [data, setData] = useState<PanelData>(nothing);
  const plan = planQueries({ panel, values, variables, range, width, scrapeMs });
  const signature = JSON.stringify([plan, tick]);
  const latest = useRef({ plan, range, run });
  latest.current = { plan, range, run };
  // biome-ignore lint/correctness/useExhaustiveDependencies: the signature stands for plan and tick by value
  useEffect(() => {
    if (!visible) return;
    const current = latest.current;
    if (!current.plan.ok) {
      const { problem } = current.plan;
      setData((old) => ({ ...old, loading: false, problem }));
      return;
    }
    const abort = new AbortController();
    setData((old) => (old.loading ? old : { ...old, loading: true }));
    loadPanel(current.plan.queries, current.range, current.run, queue, abort.signal).then(
      (result) => {
        if (!abort.signal.aborted)
          setData({ loading: false, result, problem: null, arrivedAt: performance.now() });
      },
      (error: unknown) => {
        if (abort.signal.aborted) return;
        const message = error instanceof Error ? error.message : String(error);
        setData((old) => ({ ...old, loading: false, problem: { kind: 'failed', message } }));
      },
    );
    return () => abort.abort();
  }, [signature, visible, queue]);
  return data;
}
