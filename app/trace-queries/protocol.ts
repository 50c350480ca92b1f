import type { MetricObjectWithValues, MetricValue } from 'prom-client';
import type { ClickHouseAddress } from '../stores.ts';
import type { ThreadData } from '../threads/messages.ts';
import type { TraceAsk, TraceOp } from './trace-answers.ts';

/** What the thread is started with. */
export interface TraceThreadData extends ThreadData {
  readonly clickhouse: ClickHouseAddress;
}

/** Everything that can be asked of the thread. Answers about traces come in pieces. */
export type TraceCalls = {
  readonly [Op in TraceOp]: { readonly ask: TraceAsk<Op>; readonly answer: null };
} & {
  /** The thread's own figures for `/metrics`. */
  readonly metrics: {
    readonly ask: null;
    readonly answer: readonly MetricObjectWithValues<MetricValue<string>>[];
  };
};
