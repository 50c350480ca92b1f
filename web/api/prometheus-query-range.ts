import {
  callPrometheus,
  type PrometheusAnswer,
  type PrometheusData,
  prometheusData,
} from './prometheus-answer.ts';

/** A range of time and the step between points, all in milliseconds; both ends are included. */
export interface QueryRange {
  readonly fromMs: number;
  readonly toMs: number;
  readonly stepMs: number;
}

/** POST /prometheus/api/v1/query_range: the values of `query` on a grid, with its plan where that is wanted. */
export const queryRange = (
  query: string,
  range: QueryRange,
  signal?: AbortSignal,
  explain = false,
): Promise<PrometheusAnswer<PrometheusData>> =>
  callPrometheus(
    'query_range',
    {
      query,
      start: String(range.fromMs / 1000),
      end: String(range.toMs / 1000),
      step: String(range.stepMs / 1000),
      ...(explain && { explain: '1' }),
    },
    prometheusData,
    signal,
  );
