import type { QueryExplanation } from '../model/api/query-plan.ts';
import type { Labels } from '../model/labels.ts';
import { allBuckets, type Bucket } from './histogram/buckets.ts';
import type { NativeHistogram } from './histogram/native-histogram.ts';
import type { Point, QueryError, QueryResult, QueryValue } from './result.ts';

/** `[seconds, "value"]`. */
type JsonSample = readonly [number, string];
type JsonHistogram = readonly [
  number,
  {
    readonly count: string;
    readonly sum: string;
    /** boundary rule (0 open left, 1 open right, 2 open, 3 closed), lower, upper, count */
    readonly buckets?: readonly (readonly [number, string, string, string])[];
  },
];

export type JsonData =
  | { readonly resultType: 'vector'; readonly result: readonly JsonVectorSample[] }
  | { readonly resultType: 'matrix'; readonly result: readonly JsonMatrixSeries[] }
  | { readonly resultType: 'scalar' | 'string'; readonly result: JsonSample };

export interface JsonVectorSample {
  readonly metric: Labels;
  readonly value?: JsonSample;
  readonly histogram?: JsonHistogram;
}

export interface JsonMatrixSeries {
  readonly metric: Labels;
  readonly values?: readonly JsonSample[];
  readonly histograms?: readonly JsonHistogram[];
}

/** An answer of `/api/v1/query` or `/api/v1/query_range`. */
export interface HttpAnswer {
  readonly status: number;
  readonly body:
    | {
        readonly status: 'success';
        readonly data: JsonData & { readonly explain?: QueryExplanation };
        readonly warnings?: readonly string[];
        readonly infos?: readonly string[];
      }
    | { readonly status: 'error'; readonly errorType: string; readonly error: string };
}

/** How Prometheus's API answers each kind of error. */
const HTTP_ERROR = {
  bad_data: { status: 400, errorType: 'bad_data' },
  execution: { status: 422, errorType: 'execution' },
  too_many: { status: 422, errorType: 'execution' },
  timeout: { status: 503, errorType: 'timeout' },
  canceled: { status: 499, errorType: 'canceled' },
  unavailable: { status: 503, errorType: 'unavailable' },
} as const satisfies Record<QueryError['type'], { status: number; errorType: string }>;

/** A result as Prometheus's HTTP API gives it: status code and JSON body. */
export function toHttpAnswer(result: QueryResult): HttpAnswer {
  if (!result.ok) return toHttpError(result.error);
  return {
    status: 200,
    body: {
      status: 'success',
      data: { ...toJsonData(result.value), ...(result.explain && { explain: result.explain }) },
      ...(result.warnings.length > 0 && { warnings: result.warnings }),
      ...(result.infos.length > 0 && { infos: result.infos }),
    },
  };
}

export function toHttpError(error: QueryError): HttpAnswer {
  const { status, errorType } = HTTP_ERROR[error.type];
  const message =
    error.type === 'bad_data' && error.position
      ? `invalid parameter "query": ${error.message}`
      : error.message;
  return { status, body: { status: 'error', errorType, error: message } };
}

/** The `data` of an answer. */
export function toJsonData(value: QueryValue): JsonData {
  switch (value.type) {
    case 'scalar':
      return { resultType: 'scalar', result: [value.timeMs / 1_000, formatSampleValue(value.value)] };
    case 'string':
      return { resultType: 'string', result: [value.timeMs / 1_000, value.value] };
    case 'vector':
      return {
        resultType: 'vector',
        result: value.samples.map(({ labels, point }) =>
          point.histogram === undefined
            ? { metric: labels, value: toJsonSample(point) }
            : { metric: labels, histogram: toJsonHistogram(point.timeMs, point.histogram) },
        ),
      };
    case 'matrix':
      return {
        resultType: 'matrix',
        result: value.series.map(({ labels, points }) => toJsonSeries(labels, points)),
      };
  }
}

function toJsonSeries(metric: Labels, points: readonly Point[]): JsonMatrixSeries {
  const values: JsonSample[] = [];
  const histograms: JsonHistogram[] = [];
  for (const point of points) {
    if (point.histogram === undefined) values.push(toJsonSample(point));
    else histograms.push(toJsonHistogram(point.timeMs, point.histogram));
  }
  return {
    metric,
    ...((values.length > 0 || histograms.length === 0) && { values }),
    ...(histograms.length > 0 && { histograms }),
  };
}

const toJsonSample = (point: Point & { readonly value: number }): JsonSample => [
  point.timeMs / 1_000,
  formatSampleValue(point.value),
];

function toJsonHistogram(timeMs: number, h: NativeHistogram): JsonHistogram {
  const buckets = allBuckets(h).map(
    (bucket) =>
      [
        boundaryRule(bucket),
        formatSampleValue(bucket.lower),
        formatSampleValue(bucket.upper),
        formatSampleValue(bucket.count),
      ] as const,
  );
  const totals = { count: formatSampleValue(h.count), sum: formatSampleValue(h.sum) };
  return [timeMs / 1_000, buckets.length > 0 ? { ...totals, buckets } : totals];
}

const boundaryRule = ({ lowerInclusive, upperInclusive }: Bucket): number =>
  lowerInclusive ? (upperInclusive ? 3 : 1) : upperInclusive ? 0 : 2;

/** The shortest text that reads back as the same float; `+Inf`, `-Inf`, `NaN`; exponents below 1e-6 and from 1e21 on. */
export function formatSampleValue(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (value === Number.POSITIVE_INFINITY) return '+Inf';
  if (value === Number.NEGATIVE_INFINITY) return '-Inf';
  if (Object.is(value, -0)) return '-0';
  return String(value).replace(/e([+-])(\d)$/, 'e$10$2');
}
