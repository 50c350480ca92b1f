/** The query thread: one index of series, one PromQL engine a priority. Started by `query-thread.ts`. */
import { parentPort, workerData } from 'node:worker_threads';
import { Registry } from 'prom-client';
import { createPromql } from '../../promql/engine.ts';
import { createClickHouse } from '../../storage/clickhouse/clickhouse.ts';
import { createClickHouseQueryable } from '../../storage/queryable/clickhouse-queryable.ts';
import { systemClock } from '../clock.ts';
import { createLogger } from '../logger.ts';
import { answerCalls } from './answer-calls.ts';
import type { Priority, QueryThreadData } from './protocol.ts';
import { Turns } from './turns.ts';

/** How often the thread shows that it is alive. */
const PULSE_MS = 250;

const { clickhouse, keptDays, limits, logLevel, pulse } = workerData as QueryThreadData;
const registry = new Registry();
registry.setDefaultLabels({ thread: 'queries' });
const logger = createLogger(logLevel);

const queryable = createClickHouseQueryable({
  clickhouse: createClickHouse({ ...clickhouse, registry }),
  keptDays,
  clock: systemClock,
  logger,
  registry,
  headBytes: limits.headBytes,
});
const turns = new Turns();
const promqlFor = (priority: Priority) =>
  createPromql({ queryable, clock: systemClock, limits, rest: () => turns.rest(priority) });

setInterval(() => Atomics.add(pulse, 0, 1), PULSE_MS);
answerCalls(parentPort!, {
  promql: { rules: promqlFor('rules'), people: promqlFor('people') },
  queryable: { rules: queryable, people: queryable },
  registry,
  onLoaded: (load) => queryable.loaded(load),
});
