import { z } from 'zod';
import { getPrometheus } from './prometheus-answer.ts';

const metricMetadata = z.object({ type: z.string(), help: z.string(), unit: z.string().default('') });
/** What the sender said of a metric; the unit is UCUM or empty. */
export type MetricMetadata = z.infer<typeof metricMetadata>;

const answer = z.record(z.string(), z.array(metricMetadata));

/** GET /prometheus/api/v1/metadata: of every metric that came with some. */
export const fetchMetadata = async (
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, readonly MetricMetadata[]>> =>
  new Map(Object.entries((await getPrometheus('metadata', {}, answer, signal)).data));
