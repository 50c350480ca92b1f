import {
  callPrometheus,
  type PrometheusAnswer,
  type PrometheusData,
  prometheusData,
} from './prometheus-answer.ts';

/** POST /prometheus/api/v1/query: the value of `query` at one time (epoch milliseconds), with its plan where that is wanted. */
export const queryInstant = (
  query: string,
  atMs: number,
  signal?: AbortSignal,
  explain = false,
): Promise<PrometheusAnswer<PrometheusData>> =>
  callPrometheus(
    'query',
    { query, time: String(atMs / 1000), ...(explain && { explain: '1' }) },
    prometheusData,
    signal,
  );
