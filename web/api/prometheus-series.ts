import { z } from 'zod';
import { callPrometheus, type PrometheusAnswer } from './prometheus-answer.ts';

/** POST /prometheus/api/v1/series: label sets of at most `limit` series; a warning says where there are more. */
export const fetchSeries = (
  selector: string,
  range: { readonly fromMs: number; readonly toMs: number },
  limit: number,
  signal?: AbortSignal,
): Promise<PrometheusAnswer<Record<string, string>[]>> =>
  callPrometheus(
    'series',
    {
      'match[]': selector,
      start: String(range.fromMs / 1000),
      end: String(range.toMs / 1000),
      limit: String(limit),
    },
    z.array(z.record(z.string(), z.string())),
    signal,
  );
