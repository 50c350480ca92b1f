import type { Logger } from 'pino';
import type { MetricObjectWithValues, MetricValue, Registry } from 'prom-client';
import type { Loaded } from '../../model/telemetry.ts';
import type { Clock } from '../../model/units.ts';
import type { AnswerQuery } from '../../promql/answer-query.ts';
import type { Promql } from '../../promql/engine.ts';
import type { Queryable } from '../../promql/queryable.ts';
import type { Priority } from '../threads/messages.ts';
import { type Gate, limitedGate, openGate } from './gate.ts';
import type { QueryThreadData } from './protocol.ts';
import { type QueryThread, startQueryThread } from './query-thread.ts';
import { createRemoteAnswers } from './remote-answers.ts';
import { createRemotePromql } from './remote-promql.ts';
import { createRemoteQueryable } from './remote-queryable.ts';

export interface QueriesOptions {
  readonly clickhouse: QueryThreadData['clickhouse'];
  readonly keptDays: QueryThreadData['keptDays'];
  readonly limits: QueryThreadData['limits'] & {
    /** People's queries at a time; Prometheus calls it `query.max-concurrency`. */
    readonly concurrency: number;
  };
  readonly clock: Clock;
  readonly logger: Logger;
  readonly registry: Registry;
}

/** PromQL for one kind of asker. */
export interface QueryAccess {
  readonly promql: Promql;
  /** For an HTTP API: encoded in the thread. */
  readonly answer: AnswerQuery;
  readonly queryable: Queryable;
}

/** Everything of PromQL: it runs in a thread of its own, so that no query keeps telemetry or rules waiting. */
export interface Queries {
  /** For rules and campaigns: first in the thread, and never queued. */
  readonly rules: QueryAccess;
  /** For people and their programs: so many at a time, the others wait. */
  readonly people: QueryAccess;
  /** To be told of every load. */
  loaded(load: Loaded): void;
  /** The thread's figures; the last ones known while it is away. */
  metrics(): Promise<readonly MetricObjectWithValues<MetricValue<string>>[]>;
  stop(): Promise<void>;
}

/** As many wait as run this many times over; more would wait longer than anybody does. */
const QUEUE_FACTOR = 10;
const METRICS_WAIT_MS = 1_000;

/** Starts the thread. @throws QueryThreadStartError */
export async function startQueries(options: QueriesOptions): Promise<Queries> {
  const { clickhouse, clock, keptDays, limits, logger, registry } = options;
  const { concurrency, ...perQuery } = limits;
  const thread = await startQueryThread({
    data: { clickhouse, keptDays, limits: perQuery, logLevel: logger.level },
    logger,
    registry,
  });
  const access = (priority: Priority, gate: Gate): QueryAccess => {
    const remote = { thread, priority, gate, timeoutMs: limits.timeoutMs };
    return {
      promql: createRemotePromql(remote),
      answer: createRemoteAnswers(remote),
      queryable: createRemoteQueryable(remote),
    };
  };
  return {
    rules: access('rules', openGate),
    people: access(
      'people',
      limitedGate(concurrency, concurrency * QUEUE_FACTOR, () => clock.monotonic()),
    ),
    loaded: (load) => thread.tell(load),
    metrics: lastKnown(thread),
    stop: () => thread.stop(),
  };
}

function lastKnown(thread: QueryThread): Queries['metrics'] {
  let known: Awaited<ReturnType<Queries['metrics']>> = [];
  return async () => {
    try {
      known = await thread.call('metrics', null, { priority: 'rules', deadlineMs: METRICS_WAIT_MS });
    } catch {
      // It is busy or being replaced, which its other figures show; a scrape must not fail for that.
    }
    return known;
  };
}
