import type { PanelQuery, PanelQueryResult } from '../panels/DashboardView.tsx';
import type { PrometheusData, PrometheusSample } from './prometheus-answer.ts';
import { queryInstant } from './prometheus-query.ts';
import { queryRange } from './prometheus-query-range.ts';

export type Point = readonly [epochMs: number, value: number | null];

/** One series of an answer, whatever its type; times in epoch milliseconds. */
export interface AnswerSeries {
  readonly labels: Readonly<Record<string, string>>;
  readonly points: readonly Point[];
}

/** Prometheus writes `NaN`, `+Inf` and `-Inf`, of which JavaScript reads only the first. */
export function sampleValue(text: string): number {
  if (text === '+Inf' || text === 'Inf') return Number.POSITIVE_INFINITY;
  if (text === '-Inf') return Number.NEGATIVE_INFINITY;
  return Number(text);
}

const toPoint = ([seconds, value]: PrometheusSample): Point => [
  Math.round(seconds * 1000),
  sampleValue(value),
];

/** The float series of an answer; a scalar is a series without labels. */
export function answerSeries(data: PrometheusData): readonly AnswerSeries[] {
  switch (data.resultType) {
    case 'matrix':
      return data.result.map(({ metric, values }) => ({ labels: metric, points: values.map(toPoint) }));
    case 'vector':
      return data.result.flatMap(({ metric, value }) =>
        value === undefined ? [] : [{ labels: metric, points: [toPoint(value)] }],
      );
    case 'scalar':
      return [{ labels: {}, points: [toPoint(data.result)] }];
    case 'string':
      return [];
  }
}

/** Runs a panel's query against the product. */
export async function runPanelQuery(query: PanelQuery, abort: AbortSignal): Promise<PanelQueryResult> {
  const answer = query.instant
    ? await queryInstant(query.expr, query.toMs, abort)
    : await queryRange(query.expr, query, abort);
  return { series: answerSeries(answer.data), warnings: answer.warnings };
}
