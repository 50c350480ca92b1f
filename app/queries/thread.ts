/** The query thread: one index of series, one PromQL engine a priority. Started by `query-thread.ts`. */
import { parentPort, workerData } from 'node:worker_threads';
import { Registry } from 'prom-client';
import { createPromql } from '../../promql/engine.ts';
import { SamplePool } from '../../promql/evaluate/sample-pool.ts';
import type { Queryable } from '../../promql/queryable.ts';
import { createClickHouse } from '../../storage/clickhouse/clickhouse.ts';
import { createClickHouseQueryable } from '../../storage/queryable/clickhouse-queryable.ts';
import { systemClock } from '../clock.ts';
import { createLogger } from '../logger.ts';
import type { Priority } from '../threads/messages.ts';
import { answerCalls } from './answer-calls.ts';
import type { QueryThreadData } from './protocol.ts';
import { Turns } from './turns.ts';

/** How often the thread shows that it is alive. */
const PULSE_MS = 250;
const POOL_FACTOR = 2;

const { clickhouse, keptDays, limits, logLevel, pulse } = workerData as QueryThreadData;
const registry = new Registry();
registry.setDefaultLabels({ thread: 'queries' });
const logger = createLogger(logLevel);

const turns = new Turns();
// The index is read as rules read: who asks for what it should know must not wait behind people.
const store = createClickHouseQueryable({
  clickhouse: createClickHouse({ ...clickhouse, registry, readLane: 'rules' }),
  clock: systemClock,
  logger,
  registry,
  headBytes: limits.headBytes,
  maxSamples: limits.maxSamples,
  maxScanned: limits.maxScanned,
  keptDays,
  rest: () => turns.rest('rules'),
});
const queryable = {
  rules: store,
  people: store.through(createClickHouse({ ...clickhouse, registry }), () => turns.rest('people')),
} satisfies Record<Priority, Queryable>;
/** What people's queries may hold together; rules do not wait for it. */
const pool = new SamplePool(POOL_FACTOR * limits.maxSamples);
const promqlFor = (priority: Priority) =>
  createPromql({
    queryable: queryable[priority],
    clock: systemClock,
    limits,
    rest: () => turns.rest(priority),
    pool: priority === 'people' ? pool : undefined,
  });

setInterval(() => Atomics.add(pulse, 0, 1), PULSE_MS);
answerCalls(parentPort!, {
  promql: { rules: promqlFor('rules'), people: promqlFor('people') },
  queryable,
  registry,
  onLoaded: (load) => store.loaded(load),
});
