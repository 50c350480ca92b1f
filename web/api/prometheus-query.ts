import {
  callPrometheus,
  type PrometheusAnswer,
  type PrometheusData,
  prometheusData,
} from './prometheus-answer.ts';

/** POST /prometheus/api/v1/query: the value of `query` at one time (epoch milliseconds). */
export const queryInstant = (
  query: string,
  atMs: number,
  signal?: AbortSignal,
): Promise<PrometheusAnswer<PrometheusData>> =>
  callPrometheus('query', { query, time: String(atMs / 1000) }, prometheusData, signal);
