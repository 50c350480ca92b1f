/** The thread of traces: TraceQL and traces by their ids, evaluated and written out. Started by `trace-queries.ts`. */
import { parentPort, workerData } from 'node:worker_threads';
import { Registry } from 'prom-client';
import { createClickHouse } from '../../storage/clickhouse/clickhouse.ts';
import { createClickHouseTraceStore } from '../../storage/traceql/clickhouse-trace-store.ts';
import { getTrace } from '../../storage/traces.ts';
import { systemClock } from '../clock.ts';
import { Turns } from '../queries/turns.ts';
import type { TraceThreadData } from './protocol.ts';
import { serveTraces } from './serve-traces.ts';
import { answerTraces } from './trace-answers.ts';

/** How often the thread shows that it is alive. */
const PULSE_MS = 250;

const { clickhouse: address, pulse } = workerData as TraceThreadData;
const registry = new Registry();
registry.setDefaultLabels({ thread: 'traces' });
const clickhouse = createClickHouse({ ...address, registry });
const turns = new Turns();
const store = createClickHouseTraceStore({
  clickhouse,
  clock: systemClock,
  rest: () => turns.rest('people'),
});

setInterval(() => Atomics.add(pulse, 0, 1), PULSE_MS);
serveTraces(
  parentPort!,
  answerTraces({ store, clickhouse, byId: (traceId, abort) => getTrace(clickhouse, traceId, abort) }),
  registry,
);
