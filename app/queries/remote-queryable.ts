import { LabelSet } from '../../promql/label-set.ts';
import type { Queryable } from '../../promql/queryable.ts';
import type { Calls, Op } from './protocol.ts';
import { GRACE_MS, type RemoteOptions } from './remote-promql.ts';

/** The store as the query thread sees it. Grids and warnings are the thread's own business. */
export function createRemoteQueryable(options: RemoteOptions): Omit<Queryable, 'selectGrid' | 'warnings'> {
  const { thread, priority, gate, timeoutMs } = options;
  const call = <Name extends Op>(op: Name, ask: Calls[Name]['ask'], abort: AbortSignal | undefined) =>
    gate(timeoutMs, abort, (leftMs) =>
      thread.call(op, ask, { priority, abort, deadlineMs: leftMs + GRACE_MS }),
    );
  return {
    select: async ({ abort, onRead: _, ...ask }) =>
      (await call('select', ask, abort)).map(({ pairs, ...samples }) => ({
        labels: LabelSet.fromSortedPairs(pairs),
        ...samples,
      })),
    series: async ({ abort, ...ask }) => (await call('series', ask, abort)).map(LabelSet.fromSortedPairs),
    labelNames: ({ abort, ...ask }) => call('labelNames', ask, abort),
    labelValues: (name, { abort, ...ask }) => call('labelValues', { name, ...ask }, abort),
    exemplars: async ({ abort, ...ask }) =>
      (await call('exemplars', ask, abort)).map(({ pairs, exemplars }) => ({
        labels: LabelSet.fromSortedPairs(pairs),
        exemplars: exemplars.map(({ pairs: own, ...one }) => ({
          ...one,
          labels: LabelSet.fromSortedPairs(own),
        })),
      })),
    statistics: (limit) => call('statistics', { limit }, undefined),
    metadata: ({ abort, ...ask }) => call('metadata', ask, abort),
  };
}
