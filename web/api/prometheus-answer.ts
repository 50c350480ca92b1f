import { z } from 'zod';
import { problem } from '../../model/api/problem.ts';
import { queryExplanation } from '../../model/api/query-plan.ts';
import { ApiFailure, describeIssues } from './failure.ts';
import { type Search, searchText } from './request.ts';

/** A sample as Prometheus writes it: seconds since the epoch, and the value as text (`NaN`, `+Inf` included). */
const sample = z.tuple([z.number(), z.string()]);
export type PrometheusSample = z.infer<typeof sample>;

const metric = z.record(z.string(), z.string());
const histogram = z.tuple([z.number(), z.looseObject({ count: z.string(), sum: z.string() })]);

/** Only where it was asked for. */
const explain = queryExplanation.optional();

export const prometheusData = z.discriminatedUnion('resultType', [
  z.object({
    resultType: z.literal('matrix'),
    result: z.array(
      z.object({ metric, values: z.array(sample).default([]), histograms: z.array(histogram).optional() }),
    ),
    explain,
  }),
  z.object({
    resultType: z.literal('vector'),
    result: z.array(z.object({ metric, value: sample.optional(), histogram: histogram.optional() })),
    explain,
  }),
  z.object({ resultType: z.literal('scalar'), result: sample, explain }),
  z.object({ resultType: z.literal('string'), result: sample, explain }),
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
export const callPrometheus = <Schema extends z.ZodType>(
  path: string,
  form: Readonly<Record<string, string>>,
  schema: Schema,
  signal?: AbortSignal,
): Promise<PrometheusAnswer<z.infer<Schema>>> => {
  const url = `/prometheus/api/v1/${path}`;
  return ask(`POST ${url}`, url, { method: 'POST', body: new URLSearchParams(form) }, schema, signal);
};

/** The same for the calls that Prometheus answers to GET alone. */
export const getPrometheus = <Schema extends z.ZodType>(
  path: string,
  search: Search,
  schema: Schema,
  signal?: AbortSignal,
): Promise<PrometheusAnswer<z.infer<Schema>>> => {
  const url = `/prometheus/api/v1/${path}`;
  return ask(`GET ${url}`, url + searchText(search), {}, schema, signal);
};

async function ask<Schema extends z.ZodType>(
  call: string,
  url: string,
  init: RequestInit,
  schema: Schema,
  signal?: AbortSignal,
): Promise<PrometheusAnswer<z.infer<Schema>>> {
  const { response, json } = await send(call, url, init, signal);
  const failed = refused.safeParse(json);
  if (failed.success) {
    throw new ApiFailure('refused', call, failed.data.error, {
      status: response.status,
      code: failed.data.errorType,
    });
  }
  const problemFound = problem.safeParse(json);
  if (!response.ok && problemFound.success) {
    const { code, message } = problemFound.data.error;
    throw new ApiFailure('refused', call, message, { status: response.status, code });
  }
  const opened = envelope.safeParse(json);
  if (!opened.success) throw new ApiFailure('invalid', call, describeIssues(opened.error));
  const checked = schema.safeParse(opened.data.data);
  if (!checked.success) throw new ApiFailure('invalid', call, describeIssues(checked.error));
  return { data: checked.data, warnings: opened.data.warnings, infos: opened.data.infos };
}

async function send(
  call: string,
  url: string,
  init: RequestInit,
  signal?: AbortSignal,
): Promise<{ response: Response; json: unknown }> {
  let response: Response;
  let text: string;
  try {
    response = await fetch(url, {
      ...init,
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
