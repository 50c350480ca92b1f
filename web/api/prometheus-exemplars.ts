import { z } from 'zod';
import { ApiFailure } from './failure.ts';
import { callPrometheus } from './prometheus-answer.ts';
import { sampleValue } from './run-panel-query.ts';

const answer = z.array(
  z.object({
    seriesLabels: z.record(z.string(), z.string()),
    exemplars: z.array(
      z.object({
        labels: z.record(z.string(), z.string()),
        value: z.string(),
        /** Seconds since the epoch. */
        timestamp: z.number(),
      }),
    ),
  }),
);

/** A trace that stands for a value at a time. */
export interface Exemplar {
  readonly timeMs: number;
  readonly value: number;
  readonly traceId: string;
}

/** POST /prometheus/api/v1/query_exemplars: traces behind a query's series; null where the product has no such call. */
export async function fetchExemplars(
  query: string,
  range: { readonly fromMs: number; readonly toMs: number },
  signal?: AbortSignal,
): Promise<readonly Exemplar[] | null> {
  try {
    const { data } = await callPrometheus(
      'query_exemplars',
      { query, start: String(range.fromMs / 1000), end: String(range.toMs / 1000) },
      answer,
      signal,
    );
    return data.flatMap(({ exemplars }) =>
      exemplars.flatMap(({ labels, value, timestamp }) => {
        const traceId = labels.trace_id ?? labels.traceID ?? labels.traceId;
        return traceId === undefined
          ? []
          : [{ timeMs: Math.round(timestamp * 1000), value: sampleValue(value), traceId }];
      }),
    );
  } catch (error) {
    if (error instanceof ApiFailure && error.status === 404) return null;
    throw error;
  }
}
