import type { MetricObjectWithValues, MetricValue } from 'prom-client';
import type { LabelMatcher } from '../../model/labels.ts';
import type { AnswerQueryOptions, QueryAsk } from '../../promql/answer-query.ts';
import type { NativeHistogram } from '../../promql/histogram/native-histogram.ts';
import type { MetricMetadata, SelectHints } from '../../promql/queryable.ts';
import type { QueryError, QueryResult } from '../../promql/result.ts';
import type { SeriesStatistics } from '../../promql/series-statistics.ts';
import type { ClickHouseAddress } from '../stores.ts';
import type { ThreadData } from '../threads/messages.ts';

/** What the thread is started with. */
export interface QueryThreadData extends ThreadData {
  readonly clickhouse: ClickHouseAddress;
  /** How long samples are kept, in days. */
  readonly keptDays: number;
  readonly limits: {
    /** Samples that a query may hold at once. */
    readonly maxSamples: number;
    /** Samples that ClickHouse may go through for a selector of which it gives only points of a grid. */
    readonly maxScanned: number;
    readonly timeoutMs: number;
    /** Bytes of samples that the thread keeps in memory; default none. */
    readonly headBytes?: number | undefined;
  };
  readonly logLevel: string;
}

interface Waiting {
  readonly lookbackMs?: number | undefined;
  readonly timeoutMs?: number | undefined;
  readonly explain?: boolean | undefined;
}

interface SeriesAsk {
  readonly selectors: readonly (readonly LabelMatcher[])[];
  readonly startMs: number;
  readonly endMs: number;
  readonly limit?: number | undefined;
}

/** Everything that can be asked of the thread, and what each gives. */
export interface Calls {
  instant: { ask: Waiting & { query: string; timeMs: number }; answer: QueryResult };
  range: {
    ask: Waiting & { query: string; startMs: number; endMs: number; stepMs: number };
    answer: QueryResult;
  };
  /** The body of Prometheus's API in pieces, after a first one that `answer-pieces.ts` knows; or why there is none. */
  answer: {
    ask: { query: QueryAsk } & Omit<AnswerQueryOptions, 'abort' | 'interrupted'>;
    answer: QueryError | null;
  };
  select: {
    ask: {
      readonly matchers: readonly LabelMatcher[];
      readonly startMs: number;
      readonly endMs: number;
      readonly hints: SelectHints;
    };
    answer: readonly SentSeries[];
  };
  /** Label sets as name, value, name, value, …, sorted by name. */
  series: { ask: SeriesAsk; answer: readonly (readonly string[])[] };
  labelNames: { ask: SeriesAsk; answer: readonly string[] };
  labelValues: { ask: SeriesAsk & { readonly name: string }; answer: readonly string[] };
  metadata: {
    ask: { readonly metric?: string | undefined; readonly limit?: number | undefined };
    answer: ReadonlyMap<string, readonly MetricMetadata[]>;
  };
  exemplars: {
    ask: Omit<SeriesAsk, 'limit'> & { readonly limit: number };
    answer: readonly SentExemplars[];
  };
  statistics: { ask: { readonly limit: number }; answer: SeriesStatistics };
  /** The thread's own figures for `/metrics`. */
  metrics: { ask: null; answer: readonly MetricObjectWithValues<MetricValue<string>>[] };
}
export type Op = keyof Calls;

/** A `SampleSeries` without its class. The arrays are the receiver's own. */
export interface SentSeries {
  readonly pairs: readonly string[];
  readonly timestampsMs: Float64Array;
  readonly values: Float64Array;
  readonly histograms?: readonly (NativeHistogram | undefined)[] | undefined;
  readonly startTimestampsMs?: Float64Array | undefined;
}

/** An `ExemplarSeries` without its classes. */
export interface SentExemplars {
  readonly pairs: readonly string[];
  readonly exemplars: readonly {
    readonly timeMs: number;
    readonly value: number;
    readonly pairs: readonly string[];
  }[];
}
