import type { Labels } from '../model/labels.ts';
import { allBuckets, type Bucket } from './histogram/buckets.ts';
import type { NativeHistogram } from './histogram/native-histogram.ts';
import type {
  MatrixSeries,
  QueryError,
  QueryResult,
  QueryStats,
  QueryValue,
  VectorSample,
} from './result.ts';

/** How Prometheus's API answers each kind of error. */
const HTTP_ERROR = {
  bad_data: { status: 400, errorType: 'bad_data' },
  execution: { status: 422, errorType: 'execution' },
  too_many: { status: 422, errorType: 'execution' },
  timeout: { status: 503, errorType: 'timeout' },
  canceled: { status: 499, errorType: 'canceled' },
  unavailable: { status: 503, errorType: 'unavailable' },
} as const satisfies Record<QueryError['type'], { status: number; errorType: string }>;

/** An error as Prometheus's HTTP API gives it: status code and JSON body. */
export function toHttpError(error: QueryError): {
  status: number;
  body: { status: 'error'; errorType: string; error: string };
} {
  const { status, errorType } = HTTP_ERROR[error.type];
  const parameter = error.parameter ?? (error.position && 'query');
  const message =
    error.type === 'bad_data' && parameter !== undefined
      ? `invalid parameter "${parameter}": ${error.message}`
      : error.message;
  return { status, body: { status: 'error', errorType, error: message } };
}

export interface AnswerOptions {
  /** At most so many series; 0 or absent: all. A result that was cut says so in a warning. */
  readonly limit?: number | undefined;
  /** Milliseconds from the request to the result, if the answer is to say what the query took (`stats`). */
  readonly tookMs?: number | undefined;
}

/** What Prometheus says when `limit` left something out. */
const TRUNCATED = 'results truncated due to limit';

/** A chunk is passed on when it has grown to this many characters; a sample or a label set more may be in it. */
const CHUNK_CHARACTERS = 65_536;

/**
 * The JSON body of `/api/v1/query` and `/api/v1/query_range`, in pieces of about 64 KiB, each UTF-8 in a buffer of its own. Nothing
 * of a piece is worked out before it is asked for, so whoever writes slowly, or stops, costs no memory.
 */
export const encodeAnswer = (
  result: QueryResult,
  options: AnswerOptions = {},
): IterableIterator<Uint8Array> => inChunks(answerPieces(result, options));

/** The JSON body of an answer whose `data` is a list, in such pieces; `cut` says that a limit left something out. */
export const encodeList = (items: Iterable<unknown>, cut: boolean): IterableIterator<Uint8Array> =>
  inChunks(itemPieces(items, cut));

function* itemPieces(items: Iterable<unknown>, cut: boolean): IterableIterator<string> {
  yield '{"status":"success","data":[';
  let separator = '';
  for (const item of items) {
    yield separator + JSON.stringify(item);
    separator = ',';
  }
  yield cut ? `],"warnings":${JSON.stringify([TRUNCATED])}}` : ']}';
}

function* inChunks(pieces: Iterable<string>): IterableIterator<Uint8Array> {
  const encoder = new TextEncoder();
  let chunk = '';
  for (const piece of pieces) {
    chunk += piece;
    if (chunk.length < CHUNK_CHARACTERS) continue;
    yield encoder.encode(chunk);
    chunk = '';
  }
  if (chunk !== '') yield encoder.encode(chunk);
}

/** The body as a value, for who keeps it rather than sends it. */
export const answerBody = (result: QueryResult): unknown =>
  JSON.parse([...answerPieces(result, {})].join(''));

/** Pieces of a few KiB at most, beside label values that are longer than that. */
function* answerPieces(result: QueryResult, { limit, tookMs }: AnswerOptions): IterableIterator<string> {
  if (!result.ok) {
    yield JSON.stringify(toHttpError(result.error).body);
    return;
  }
  const { value, cut } = limited(result.value, limit);
  yield `{"status":"success","data":{"resultType":"${value.type}","result":`;
  yield* valuePieces(value);
  if (tookMs !== undefined) yield `,"stats":${JSON.stringify(statsJson(result.stats, tookMs))}`;
  if (result.explain !== undefined) yield `,"explain":${JSON.stringify(result.explain)}`;
  yield '}';
  const warnings = cut ? [...result.warnings, TRUNCATED] : result.warnings;
  if (warnings.length > 0) yield `,"warnings":${JSON.stringify(warnings)}`;
  if (result.infos.length > 0) yield `,"infos":${JSON.stringify(result.infos)}`;
  yield '}';
}

/** What a query took, in Prometheus's terms and seconds; `execQueueTime` is all that is neither preparation nor evaluation. */
function statsJson({ parseMs, planMs, evaluationMs, samples, peakSamples }: QueryStats, tookMs: number) {
  const preparedMs = parseMs + planMs;
  return {
    timings: {
      evalTotalTime: (preparedMs + evaluationMs) / 1_000,
      queryPreparationTime: preparedMs / 1_000,
      innerEvalTime: evaluationMs / 1_000,
      execQueueTime: Math.max(0, tookMs - preparedMs - evaluationMs) / 1_000,
      execTotalTime: tookMs / 1_000,
    },
    samples: { totalQueryableSamples: samples, peakSamples },
  };
}

function limited(value: QueryValue, limit: number | undefined): { value: QueryValue; cut: boolean } {
  if (limit && value.type === 'vector' && value.samples.length > limit)
    return { value: { ...value, samples: value.samples.slice(0, limit) }, cut: true };
  if (limit && value.type === 'matrix' && value.series.length > limit)
    return { value: { ...value, series: value.series.slice(0, limit) }, cut: true };
  return { value, cut: false };
}

function* valuePieces(value: QueryValue): IterableIterator<string> {
  switch (value.type) {
    case 'scalar':
      yield `[${formatSeconds(value.timeMs)},"${formatSampleValue(value.value)}"]`;
      return;
    case 'string':
      yield `[${formatSeconds(value.timeMs)},${JSON.stringify(value.value)}]`;
      return;
    case 'vector':
      yield '[';
      for (let i = 0; i < value.samples.length; i++)
        yield (i === 0 ? '' : ',') + vectorPiece(value.samples[i]!);
      yield ']';
      return;
    case 'matrix': {
      const times = new TimeTexts();
      yield '[';
      for (let i = 0; i < value.series.length; i++) {
        if (i > 0) yield ',';
        yield* seriesPieces(value.series[i]!, times);
      }
      yield ']';
    }
  }
}

function vectorPiece({ labels, point }: VectorSample): string {
  const time = formatSeconds(point.timeMs);
  return point.histogram === undefined
    ? `{"metric":${metricText(labels)},"value":[${time},"${formatSampleValue(point.value)}"]}`
    : `{"metric":${metricText(labels)},"histogram":[${time},${histogramText(point.histogram)}]}`;
}

/** Floats and histograms of a series stand apart in the answer. */
function* seriesPieces(series: MatrixSeries, times: TimeTexts): IterableIterator<string> {
  const { timesMs, values, histograms } = series;
  const texts = times.of(timesMs);
  yield `{"metric":${metricText(series.labels)}`;
  const floatAt = (i: number): string | undefined =>
    histograms?.[i] === undefined ? `[${texts[i]},"${formatSampleValue(values[i]!)}"]` : undefined;
  const histogramAt = (i: number): string | undefined =>
    histograms?.[i] && `[${texts[i]},${histogramText(histograms[i])}]`;
  yield* listPieces('values', timesMs.length, floatAt);
  if (histograms !== undefined) yield* listPieces('histograms', timesMs.length, histogramAt);
  yield '}';
}

/** Samples are joined into pieces of text of about this many characters. */
const PIECE_CHARACTERS = 4_096;

/** `,"name":[…]` of those places that have a text; nothing if none has. */
function* listPieces(
  name: string,
  length: number,
  textAt: (i: number) => string | undefined,
): IterableIterator<string> {
  let begun = false;
  let piece = '';
  for (let i = 0; i < length; i++) {
    const text = textAt(i);
    if (text === undefined) continue;
    piece += begun ? `,${text}` : `,"${name}":[${text}`;
    begun = true;
    if (piece.length < PIECE_CHARACTERS) continue;
    yield piece;
    piece = '';
  }
  if (begun) yield `${piece}]`;
}

/** Times as text, worked out once for series that share them. */
class TimeTexts {
  #of: Float64Array | undefined;
  #texts: readonly string[] = [];

  of(timesMs: Float64Array): readonly string[] {
    if (timesMs !== this.#of) {
      this.#of = timesMs;
      this.#texts = Array.from(timesMs, formatSeconds);
    }
    return this.#texts;
  }
}

const metricText = (labels: Labels): string => JSON.stringify(labels);

/** `[boundary rule, lower, upper, count]` a bucket: 0 open left, 1 open right, 2 open, 3 closed. */
function histogramText(h: NativeHistogram): string {
  const buckets = allBuckets(h).map((bucket) => {
    const figures = [bucket.lower, bucket.upper, bucket.count].map((one) => `"${formatSampleValue(one)}"`);
    return `[${boundaryRule(bucket)},${figures.join(',')}]`;
  });
  const totals = `"count":"${formatSampleValue(h.count)}","sum":"${formatSampleValue(h.sum)}"`;
  return buckets.length > 0 ? `{${totals},"buckets":[${buckets.join(',')}]}` : `{${totals}}`;
}

const boundaryRule = ({ lowerInclusive, upperInclusive }: Bucket): number =>
  lowerInclusive ? (upperInclusive ? 3 : 1) : upperInclusive ? 0 : 2;

/** Milliseconds as seconds: whole, or with three decimals. */
function formatSeconds(timeMs: number): string {
  return timeMs % 1_000 === 0 ? String(timeMs / 1_000) : (timeMs / 1_000).toFixed(3);
}

/** The shortest text that reads back as the same float; `+Inf`, `-Inf`, `NaN`; exponents below 1e-6 and from 1e21 on. */
export function formatSampleValue(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (value === Number.POSITIVE_INFINITY) return '+Inf';
  if (value === Number.NEGATIVE_INFINITY) return '-Inf';
  if (Object.is(value, -0)) return '-0';
  const text = String(value);
  const exponent = text.length > 3 && text.charCodeAt(text.length - 3) === 0x65;
  return exponent ? text.replace(/e([+-])(\d)$/, 'e$10$2') : text;
}
