import type { MessagePort, Transferable } from 'node:worker_threads';
import type { Registry } from 'prom-client';
import type { Loaded } from '../../model/telemetry.ts';
import { answeringWith } from '../../promql/answer-query.ts';
import type { Promql } from '../../promql/engine.ts';
import type { Queryable, SampleSeries } from '../../promql/queryable.ts';
import type { Priority } from '../threads/messages.ts';
import { type CallContext, serveCalls } from '../threads/serve-calls.ts';
import { sendAnswer } from './answer-pieces.ts';
import type { Calls, Op, SentSeries } from './protocol.ts';

/** What answers; `promql` and `queryable` of each priority look at the same series. */
export interface Answering {
  readonly promql: Readonly<Record<Priority, Promql>>;
  readonly queryable: Readonly<Record<Priority, Queryable>>;
  readonly registry: Registry;
  readonly onLoaded: (load: Loaded) => void;
}

interface Asked {
  readonly promql: Promql;
  readonly queryable: Queryable;
  readonly registry: Registry;
  readonly abort: AbortSignal;
  readonly interrupted: () => boolean;
  readonly send: CallContext['send'];
}

const steady = { monotonic: () => performance.now() };

/** How each call is answered. */
const ANSWERS: {
  readonly [Name in Op]: (ask: Calls[Name]['ask'], asked: Asked) => Promise<Calls[Name]['answer']>;
} = {
  instant: ({ query, timeMs, ...options }, { promql, abort, interrupted }) =>
    promql.instant(query, timeMs, { ...options, abort, interrupted }),
  range: ({ query, startMs, endMs, stepMs, ...options }, { promql, abort, interrupted }) =>
    promql.range(query, startMs, endMs, stepMs, { ...options, abort, interrupted }),
  answer: async ({ query, ...options }, { promql, abort, interrupted, send }) => {
    const found = await answeringWith(promql, steady)(query, { ...options, abort, interrupted });
    if (!found.ok) return found.error;
    await sendAnswer(found, send);
    return null;
  },
  select: async (ask, { queryable, abort }) => (await queryable.select({ ...ask, abort })).map(toSentSeries),
  series: async (ask, { queryable, abort }) =>
    (await queryable.series({ ...ask, abort })).map(({ pairs }) => pairs),
  labelNames: (ask, { queryable, abort }) => queryable.labelNames({ ...ask, abort }),
  labelValues: ({ name, ...ask }, { queryable, abort }) => queryable.labelValues(name, { ...ask, abort }),
  metadata: (ask, { queryable, abort }) => queryable.metadata({ ...ask, abort }),
  exemplars: async (ask, { queryable, abort }) =>
    (await queryable.exemplars({ ...ask, abort })).map(({ labels, exemplars }) => ({
      pairs: labels.pairs,
      exemplars: exemplars.map((one) => ({
        timeMs: one.timeMs,
        value: one.value,
        pairs: one.labels.pairs,
      })),
    })),
  statistics: ({ limit }, { queryable }) => queryable.statistics(limit),
  metrics: (_, { registry }) => registry.getMetricsAsJSON(),
};

/** Answers calls on `port` until it is closed. */
export function answerCalls(port: MessagePort, answering: Answering): void {
  serveCalls<Calls, Loaded>(port, {
    answer: (op, ask, { priority, ...context }) =>
      ANSWERS[op](ask, {
        promql: answering.promql[priority],
        queryable: answering.queryable[priority],
        registry: answering.registry,
        ...context,
      }),
    transfer: (op, answer) => (op === 'select' ? buffersOf(answer) : []),
    onNews: answering.onLoaded,
  });
}

/** Copies of the arrays: several series may share one buffer, which the store may want to keep. */
const toSentSeries = (series: SampleSeries): SentSeries => ({
  pairs: series.labels.pairs,
  timestampsMs: series.timestampsMs.slice(),
  values: series.values.slice(),
  histograms: series.histograms,
  startTimestampsMs: series.startTimestampsMs?.slice(),
});

const buffersOf = (answer: Calls[Op]['answer']): Transferable[] =>
  (answer as readonly SentSeries[]).flatMap(({ timestampsMs, values, startTimestampsMs }) => [
    timestampsMs.buffer as ArrayBuffer,
    values.buffer as ArrayBuffer,
    ...(startTimestampsMs === undefined ? [] : [startTimestampsMs.buffer as ArrayBuffer]),
  ]);
