import type { QueryExplanation } from '../model/api/query-plan.ts';
import type { Labels } from '../model/labels.ts';
import type { NativeHistogram } from './histogram/native-histogram.ts';
import type { PositionRange } from './position.ts';

/** One sample of a result. Times are epoch milliseconds. */
export type Point =
  | { readonly timeMs: number; readonly value: number; readonly histogram?: undefined }
  | { readonly timeMs: number; readonly value?: undefined; readonly histogram: NativeHistogram };

export interface VectorSample {
  readonly labels: Labels;
  readonly point: Point;
}

/** A series as columns of equal length, in order of time. Series of one result may share their times. */
export interface MatrixSeries {
  readonly labels: Labels;
  readonly timesMs: Float64Array;
  readonly values: Float64Array;
  /** Where set, sample i is this native histogram and `values[i]` means nothing. Absent if all samples are floats. */
  readonly histograms?: readonly (NativeHistogram | undefined)[] | undefined;
}

/** The samples of a series one by one. */
export const pointsOf = ({ timesMs, values, histograms }: MatrixSeries): Point[] =>
  Array.from(timesMs, (timeMs, i): Point => {
    const histogram = histograms?.[i];
    return histogram === undefined ? { timeMs, value: values[i]! } : { timeMs, histogram };
  });

/** The value of a query. */
export type QueryValue =
  | { readonly type: 'vector'; readonly samples: readonly VectorSample[] }
  | { readonly type: 'matrix'; readonly series: readonly MatrixSeries[] }
  | { readonly type: 'scalar'; readonly timeMs: number; readonly value: number }
  | { readonly type: 'string'; readonly timeMs: number; readonly value: string };

export interface QueryStats {
  /** Samples read from the store and made by subqueries. */
  readonly samples: number;
  /** The most samples that were held at one time. */
  readonly peakSamples: number;
  readonly seriesReturned: number;
  readonly parseMs: number;
  readonly planMs: number;
  /** Reading and evaluating. */
  readonly evaluationMs: number;
  /** Calls that the store evaluated itself, as text. */
  readonly pushedDown: readonly string[];
}

/**
 * Why there is no value. `type` is Prometheus's: `bad_data` the query is wrong (`position` says where), `execution` it cannot be evaluated
 * on this data, `too_many` it would read more than a limit allows (Prometheus's API calls it `execution` too), `timeout`,
 * `canceled`.
 */
export interface QueryError {
  readonly type: 'bad_data' | 'execution' | 'timeout' | 'canceled' | 'too_many' | 'unavailable';
  readonly message: string;
  readonly position?: PositionRange | undefined;
  /** Which part of what was asked is wrong, where it is not a place in the query. */
  readonly parameter?: 'query' | 'end' | 'step' | undefined;
}

/** Never throws: a query has a value or an error. */
export type QueryResult =
  | {
      readonly ok: true;
      readonly value: QueryValue;
      readonly warnings: readonly string[];
      readonly infos: readonly string[];
      readonly stats: QueryStats;
      /** Present if it was asked for. */
      readonly explain?: QueryExplanation | undefined;
    }
  | { readonly ok: false; readonly error: QueryError };
