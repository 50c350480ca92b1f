/** A query thread over a few samples in memory, where some metrics bring trouble by their name. */
import { parentPort, workerData } from 'node:worker_threads';
import { Counter, Registry } from 'prom-client';
import { createPromql } from '../../../promql/engine.ts';
import { LabelSet } from '../../../promql/label-set.ts';
import { MemoryStore } from '../../../promql/memory-store.ts';
import { type SelectRequest, StoreUnavailableError, TooMuchError } from '../../../promql/queryable.ts';
import { systemClock } from '../../clock.ts';
import type { Priority } from '../../threads/messages.ts';
import { answerCalls } from '../answer-calls.ts';
import type { QueryThreadData } from '../protocol.ts';
import { Turns } from '../turns.ts';

const { limits, pulse } = workerData as QueryThreadData;
const registry = new Registry();
const selects = new Counter({ name: 'selects_total', help: 'Selects', registers: [registry] });
const aborts = new Counter({ name: 'aborts_total', help: 'Selects that were ended', registers: [registry] });

class TroubledStore extends MemoryStore {
  override async select(request: SelectRequest) {
    selects.inc();
    switch (request.matchers.find(({ name }) => name === '__name__')?.value) {
      case 'away':
        throw new StoreUnavailableError('the store is away');
      case 'huge':
        throw new TooMuchError('series', 5);
      case 'broken':
        throw new Error('a defect');
      case 'slow':
        await new Promise((_, failed) => {
          request.abort?.addEventListener('abort', () => {
            aborts.inc();
            failed(request.abort?.reason);
          });
        });
        break;
      case 'endless':
        for (;;);
      case 'hungry':
        for (const all: number[][] = []; ; ) all.push(new Array(1_000).fill(0.5));
      case 'exit':
        process.exit(3);
    }
    return super.select(request);
  }
}

const store = new TroubledStore();
for (let second = 0; second <= 60; second += 15)
  for (const job of ['gate', 'order'])
    store.append(LabelSet.fromLabels({ __name__: 'up', job }), second * 1_000, second);
store.append(LabelSet.fromLabels({ __name__: 'up', job: 'gate' }), 75_000, 'stale');
store.setMetadata('up', { type: 'gauge', help: 'Whether it is up', unit: '' });

const turns = new Turns();
const promqlFor = (priority: Priority) =>
  createPromql({ queryable: store, clock: systemClock, limits, rest: () => turns.rest(priority) });

setInterval(() => Atomics.add(pulse, 0, 1), 20);
answerCalls(parentPort!, {
  promql: { rules: promqlFor('rules'), people: promqlFor('people') },
  queryable: { rules: store, people: store },
  registry,
  onLoaded: ({ newestMs }) => store.append(LabelSet.fromLabels({ __name__: 'loaded' }), newestMs, 1),
});
