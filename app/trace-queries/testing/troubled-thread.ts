/** A thread of traces without a store, where the id of a trace says how it is answered. */
import { parentPort, workerData } from 'node:worker_threads';
import { Counter, Registry } from 'prom-client';
import { StoreError } from '../../../storage/clickhouse/errors.ts';
import type { TraceThreadData } from '../protocol.ts';
import { serveTraces } from '../serve-traces.ts';
import type { AskTraces } from '../trace-answers.ts';

const { pulse } = workerData as TraceThreadData;
const registry = new Registry();
const sent = new Counter({ name: 'sent_total', help: 'Pieces that were sent', registers: [registry] });
const ended = new Counter({ name: 'ended_total', help: 'Answers that were ended', registers: [registry] });

/** Some share a buffer with others, as a small `Buffer` does, one has its own. */
const pieces = () => [Buffer.from('first '), new Uint8Array(100_000).fill(0x61), Buffer.from(' last')];

const ask: AskTraces = async function* (_op, asked, abort) {
  const { traceId } = asked as { readonly traceId: string };
  switch (traceId) {
    case 'none':
      return;
    case 'away':
      throw new StoreError('unavailable', 'the store is away');
    case 'cut':
      yield Buffer.from('half of ');
      throw new StoreError('memory', 'too little memory for the other half');
    case 'endless':
      for (;;);
    case 'slow':
      await new Promise((_, failed) => {
        abort.addEventListener('abort', () => {
          ended.inc();
          failed(abort.reason);
        });
      });
  }
  for (const piece of pieces()) {
    sent.inc();
    yield piece;
  }
};

setInterval(() => Atomics.add(pulse, 0, 1), 20);
serveTraces(parentPort!, ask, registry);
