import { z } from 'zod';
import { ApiFailure, describeIssues } from './failure.ts';

/** A sample as Prometheus writes it: seconds since the epoch, and the value as text (`NaN`, `+Inf` included). */
const sample = z.tuple([z.number(), z.string()]);
export type PrometheusSample = z.infer<typeof sample>;

const metric = z.record(z.string(), z.string());
const histogram = z.tuple([z.number(), z.looseObject({ count: z.string(), sum: z.string() })]);

export const prometheusData = z.discriminatedUnion('resultType', [
  z.object({
    resultType: z.literal('matrix'),
    result: z.array(
      z.object({ metric, values: z.array(sample).default([]), histograms: z.array(histogram).optional() }),
    ),
  }),
  z.object({
    resultType: z.literal('vector'),
    result: z.array(z.object({ metric, value: sample.optional(), histogram: histogram.optional() })),
  }),
  z.object({ resultType: z.literal('scalar'), result: sample }),
  z.object({ resultType: z.literal('string'), result: sample }),
]);
export type PrometheusData = z.infer<typeof prometheusData>;

const refused = z.object({ status: z.literal('error'), errorType: z.string(), error: z.string() });
const envelope = z.object({
  status: z.literal('success'),
  data: z.unknown(),
  warnings: z.array(z.string()).default([]),
  infos: z.array(z.string()).default([]),
});

export interface PrometheusAnswer<Data> {
  readonly data: Data;
  readonly warnings: readonly string[];
  readonly infos: readonly string[];
}

/**
 * Calls Prometheus's HTTP API. Queries go by POST as a form, since they may be longer than a URL may be.
 *
 * @throws ApiFailure; a refused query keeps Prometheus's `errorType` as its code and its text with the position.
 */
export async function callPrometheus<Schema extends z.ZodType>(
  path: string,
  form: Readonly<Record<string, string>>,
  schema: Schema,
  signal?: AbortSignal,
): Promise<PrometheusAnswer<z.infer<Schema>>> {
  const call = `POST /prometheus/api/v1/${path}`;
  const { response, json } = await post(call, `/prometheus/api/v1/${path}`, form, signal);
  const failed = refused.safeParse(json);
  if (failed.success) {
    throw new ApiFailure('refused', call, failed.data.error, {
      status: response.status,
      code: failed.data.errorType,
    });
  }
  const opened = envelope.safeParse(json);
  if (!opened.success) throw new ApiFailure('invalid', call, describeIssues(opened.error));
  const checked = schema.safeParse(opened.data.data);
  if (!checked.success) throw new ApiFailure('invalid', call, describeIssues(checked.error));
  return { data: checked.data, warnings: opened.data.warnings, infos: opened.data.infos };
}

async function post(
  call: string,
  url: string,
  form: Readonly<Record<string, string>>,
  signal?: AbortSignal,
): Promise<{ response: Response; json: unknown }> {
  let response: Response;
  let text: string;
  try {
    response = await fetch(url, {
      method: 'POST',
      body: new URLSearchParams(form),
      headers: { accept: 'application/json' },
      ...(signal === undefined ? {} : { signal }),
    });
    text = await response.text();
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiFailure('unreachable', call, error instanceof Error ? error.message : String(error));
  }
  try {
    return { response, json: JSON.parse(text) };
  } catch (error) {
    const kind = response.status >= 502 && response.status <= 504 ? 'unreachable' : 'invalid';
    throw new ApiFailure(kind, call, `HTTP ${response.status}`, { status: response.status, cause: error });
  }
}
