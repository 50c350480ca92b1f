import { TidewardenError } from '../model/errors.ts';
import type { LabelMatcher } from '../model/labels.ts';
import type { NativeHistogram } from './histogram/native-histogram.ts';
import type { LabelSet } from './label-set.ts';
import type { SeriesStatistics } from './series-statistics.ts';

/**
 * What PromQL reads from. Times are epoch milliseconds. A range is `(startMs, endMs]`: open on the left, closed on the
 * right, as range selectors are in Prometheus 3.
 */
export interface Queryable {
  /**
   * The samples of every series that satisfies all matchers, staleness markers included. Series without a sample in
   * the range are left out. Series come in any order, each label set once.
   *
   * @throws TooMuchError when a limit would be passed, the abort signal's reason when it is aborted.
   */
  select(request: SelectRequest): Promise<readonly SampleSeries[]>;

  /**
   * Optional: evaluates a range function on a grid inside the store. `undefined` says that the store cannot do this one, and
   * the samples are read instead. Results must be those of the evaluator on the samples.
   */
  selectGrid?(request: GridRequest): Promise<GridResult | undefined>;

  /** Optional: the same, of which the store also makes groups. Only these come back, and the samples of series that it left out. */
  selectGroups?(request: GroupRequest): Promise<GroupResult | undefined>;

  /** Exemplars of series that satisfy any of the selectors; the newest ones if there are more than the limit. */
  exemplars(request: ExemplarRequest): Promise<readonly ExemplarSeries[]>;

  /** Label sets of the series that satisfy any of the selectors and have a sample in the range. */
  series(request: SeriesRequest): Promise<readonly LabelSet[]>;

  /** Names of labels of such series, sorted. No selector at all means every series. */
  labelNames(request: SeriesRequest): Promise<readonly string[]>;

  /** Values that label `name` has on such series, sorted. */
  labelValues(name: string, request: SeriesRequest): Promise<readonly string[]>;

  /** Type, help and unit by metric name; of one metric if `metric` is given. */
  metadata(request: MetadataRequest): Promise<ReadonlyMap<string, readonly MetricMetadata[]>>;

  /** Optional: what is missing in the range of the series that the matchers may select, in words for whoever asks. */
  warnings?(request: WarningsRequest): Promise<readonly string[]>;

  /** Which metrics and labels have how many series; `limit` entries (at least 1) a list. */
  statistics(limit: number): Promise<SeriesStatistics>;
}

export type WarningsRequest = Pick<SelectRequest, 'matchers' | 'startMs' | 'endMs' | 'abort'>;

export interface SelectRequest {
  /** All must hold. A matcher that accepts the empty text also accepts series without that label. */
  readonly matchers: readonly LabelMatcher[];
  /** Exclusive. */
  readonly startMs: number;
  /** Inclusive. */
  readonly endMs: number;
  readonly hints: SelectHints;
  readonly abort?: AbortSignal | undefined;
  readonly onRead?: OnRead | undefined;
}

/** Told by a store what it read for a request, for the query's plan; once for each step of a read that has several. */
export type OnRead = (figures: ReadFigures) => void;

export interface ReadFigures {
  /** Rows that were gone through. */
  readonly rows: number;
  /** Whether ClickHouse was asked, or samples that the process holds were enough. */
  readonly where: 'clickhouse' | 'memory';
  /** Samples as they came, rolled up to 5 min, or both. */
  readonly resolution: 'raw' | '5m' | 'mixed';
}

/** What the query does with the samples. A store may use it to read less; it may not change the answer. */
export interface SelectHints {
  /** The function directly around the selector, '' if none. */
  readonly func: string;
  /** The range of a range selector, 0 for an instant selector. */
  readonly rangeMs: number;
  /** 0 for an instant query. */
  readonly stepMs: number;
  readonly by: boolean;
  readonly grouping: readonly string[];
}

/** One series. `timestampsMs` rises strictly; all arrays have the same length. */
export interface SampleSeries {
  readonly labels: LabelSet;
  readonly timestampsMs: Float64Array;
  /**
   * A staleness marker is the NaN with the bits 0x7ff0000000000002, kept as it is: read it with `isStaleAt`, write it with
   * `setStaleAt`, copy with `set`/`slice`, never through a number, which may lose the bits.
   */
  readonly values: Float64Array;
  /** Where set, sample i is this native histogram and `values[i]` means nothing. Absent if all samples are floats. */
  readonly histograms?: readonly (NativeHistogram | undefined)[] | undefined;
  /** When the counter or histogram of sample i began; 0 where unknown. Absent if all are unknown. */
  readonly startTimestampsMs?: Float64Array | undefined;
  /**
   * How many samples sample i stands for; its value is their sum. Only for functions that need no more than that: `sum_over_time`,
   * `avg_over_time`, `count_over_time`. Absent: each stands for itself.
   */
  readonly weights?: Float64Array | undefined;
}

/** A range function over a selector, asked for at startMs, startMs+stepMs, …, endMs (both inclusive). */
export interface GridRequest {
  readonly matchers: readonly LabelMatcher[];
  readonly func: GridFunction;
  readonly startMs: number;
  readonly endMs: number;
  readonly stepMs: number;
  /** Each point looks at (point - windowMs, point]. */
  readonly windowMs: number;
  readonly abort?: AbortSignal | undefined;
  readonly onRead?: OnRead | undefined;
}

/**
 * What a store may take over: range functions, and `last_sample`, which is the plain selector: the newest sample of the window unless
 * that is a staleness marker.
 */
export type GridFunction =
  | 'rate'
  | 'increase'
  | 'delta'
  | 'irate'
  | 'idelta'
  | 'last_over_time'
  | 'last_sample';

/** What the store worked out, and the series that it leaves to the evaluator. No series is in both. */
export interface GridResult {
  readonly series: readonly GridSeries[];
  readonly samples: readonly SampleSeries[];
}

/** What a store may make of the series of a group, as PromQL's aggregation of that name does. */
export type GroupOperator = 'sum' | 'avg' | 'min' | 'max' | 'count' | 'group';

export interface GroupRequest extends GridRequest {
  readonly operator: GroupOperator;
  /** `by` these labels, or `without` them, as the aggregation says. */
  readonly grouping: readonly string[];
  readonly without: boolean;
}

/** Groups of what the store worked out, and the series that it leaves to the evaluator. */
export interface GroupResult {
  /** Their labels are those that the aggregation keeps. */
  readonly groups: readonly GridSeries[];
  /** Labels of the series that the groups were made of. */
  readonly members: readonly LabelSet[];
  readonly samples: readonly SampleSeries[];
}

/** One value a grid point. */
export interface GridSeries {
  readonly labels: LabelSet;
  readonly values: Float64Array;
  /** 1 where the point has a value. */
  readonly present: Uint8Array;
}

export interface ExemplarRequest {
  /** Each a conjunction; a series needs to satisfy one of them. */
  readonly selectors: readonly (readonly LabelMatcher[])[];
  /** Both inclusive. */
  readonly startMs: number;
  readonly endMs: number;
  /** At most so many exemplars. */
  readonly limit: number;
  readonly abort?: AbortSignal | undefined;
}

/** A measurement that stands for others, mostly with the trace that it was made in. */
export interface Exemplar {
  readonly timeMs: number;
  readonly value: number;
  /** `trace_id` and `span_id` in hexadecimal digits, if known, and what else the sender said of it. */
  readonly labels: LabelSet;
}

/** The exemplars of one series, in order of time. */
export interface ExemplarSeries {
  readonly labels: LabelSet;
  readonly exemplars: readonly Exemplar[];
}

export interface SeriesRequest {
  /** Each a conjunction; a series needs to satisfy one of them. Empty: every series. */
  readonly selectors: readonly (readonly LabelMatcher[])[];
  /** Both inclusive; series known to have had a sample around then. */
  readonly startMs: number;
  readonly endMs: number;
  /** At most so many answers; 0 or absent: all. */
  readonly limit?: number | undefined;
  readonly abort?: AbortSignal | undefined;
}

export interface MetadataRequest {
  readonly metric?: string | undefined;
  /** At most so many metrics. */
  readonly limit?: number | undefined;
  readonly abort?: AbortSignal | undefined;
}

export interface MetricMetadata {
  readonly type:
    | 'counter'
    | 'gauge'
    | 'histogram'
    | 'gaugehistogram'
    | 'summary'
    | 'info'
    | 'stateset'
    | 'unknown';
  readonly help: string;
  readonly unit: string;
}

/** Samples that a query holds at once, samples that the store goes through for it, series that a selector finds. */
export type TooMuch = 'samples' | 'scanned' | 'series';

/** A query needs more than a limit allows. `message` is Prometheus's where it has one, with what to do. */
export class TooMuchError extends TidewardenError {
  override readonly name = 'TooMuchError';
  readonly limit: TooMuch;
  readonly allowed: number;
  constructor(limit: TooMuch, allowed: number) {
    super('too_much', TOO_MUCH_MESSAGE[limit](allowed));
    this.limit = limit;
    this.allowed = allowed;
  }
}

const TOO_MUCH_MESSAGE = {
  samples: (allowed) =>
    `query processing would load too many samples into memory in query execution (limit ${allowed}): narrow the time range, the label matchers or the range in brackets`,
  scanned: (allowed) =>
    `query processing would go through too many samples in the store (limit ${allowed}): narrow the time range or the label matchers`,
  series: (allowed) => `the query selects too many series (limit ${allowed}): add label matchers`,
} as const satisfies Record<TooMuch, (allowed: number) => string>;

/** The store could not answer for a reason that may pass. */
export class StoreUnavailableError extends TidewardenError {
  override readonly name = 'StoreUnavailableError';
  constructor(message: string, options?: ErrorOptions) {
    super('store_unavailable', message, options);
  }
}

const STALE_HIGH = 0x7ff00000;
const STALE_LOW = 0x00000002;

/** The array's 32-bit words; low word first on the little-endian machines that Node runs on. */
export function wordsOf(values: Float64Array): Uint32Array {
  return new Uint32Array(values.buffer, values.byteOffset, values.length * 2);
}

/** Whether value i is a staleness marker. Hand in `wordsOf(values)`. */
export function isStaleAt(words: Uint32Array, i: number): boolean {
  return words[2 * i] === STALE_LOW && words[2 * i + 1] === STALE_HIGH;
}

/** Makes value i a staleness marker. */
export function setStaleAt(values: Float64Array, i: number): void {
  const words = new Uint32Array(values.buffer, values.byteOffset + i * 8, 2);
  words[0] = STALE_LOW;
  words[1] = STALE_HIGH;
}
