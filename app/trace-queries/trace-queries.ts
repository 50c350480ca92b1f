import type { Logger } from 'pino';
import type { MetricObjectWithValues, MetricValue, Registry } from 'prom-client';
import type { Clock } from '../../model/units.ts';
import { type Gate, limitedGate } from '../queries/gate.ts';
import { GRACE_MS } from '../queries/remote-promql.ts';
import type { ClickHouseAddress } from '../stores.ts';
import { startCallThread } from '../threads/call-thread.ts';
import { piecesOf } from '../threads/pieces.ts';
import { ThreadWhenAsked } from '../threads/when-asked.ts';
import type { TraceCalls } from './protocol.ts';
import type { AskTraces, TraceOp } from './trace-answers.ts';

export interface TraceQueriesOptions {
  readonly clickhouse: ClickHouseAddress;
  /** From the question to the first byte of its answer, the waiting included. */
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly registry: Registry;
  /** The module that runs in the thread; default `thread.ts`. */
  readonly entry?: URL;
  /** A thread that does not turn to its messages for so long is replaced. */
  readonly stuckMs?: number;
  /** The thread is ended when nothing was asked for so long. */
  readonly idleMs?: number;
}

/** Everything about traces: it is worked out in a thread of its own, which is there only while somebody asks. */
export interface TraceQueries {
  readonly ask: AskTraces;
  /** The thread's figures; the last ones known while it is away. */
  metrics(): Promise<readonly MetricObjectWithValues<MetricValue<string>>[]>;
  stop(): Promise<void>;
}

/** Searches and metrics at a time, and how many more may wait. */
const SEARCHES = 4;
const SEARCHES_WAITING = 100;
/** Single traces and tags, which are quick, do not wait behind those. */
const READS = 8;
const READS_WAITING = 200;
const SEARCHING: ReadonlySet<TraceOp> = new Set<TraceOp>([
  'pageSearch',
  'tempoSearch',
  'tempoMetrics',
  'jaegerSearch',
]);
/** Between two looks at its messages lie at most the evaluation of one read's traces, on a machine that may be busy. */
const STUCK_MS = 30_000;
const IDLE_MS = 10 * 60_000;
const METRICS_WAIT_MS = 1_000;

/** Nothing is started before something is asked. */
export function createTraceQueries(options: TraceQueriesOptions): TraceQueries {
  const { clickhouse, timeoutMs, clock, logger, registry, idleMs = IDLE_MS } = options;
  const thread = new ThreadWhenAsked<TraceCalls>({
    start: () =>
      startCallThread<TraceCalls>({
        name: 'traces',
        entry: options.entry ?? new URL('./thread.ts', import.meta.url),
        data: { clickhouse },
        stuckMs: options.stuckMs ?? STUCK_MS,
        ...{ logger, registry },
      }),
    ...{ idleMs, logger },
  });
  const monotonic = () => clock.monotonic();
  const gates = {
    searches: limitedGate(SEARCHES, SEARCHES_WAITING, monotonic),
    reads: limitedGate(READS, READS_WAITING, monotonic),
  };
  return {
    ask: asking(thread, (op) => (SEARCHING.has(op) ? gates.searches : gates.reads), timeoutMs),
    metrics: lastKnown(thread),
    stop: () => thread.stop(),
  };
}

/** A place is held while the answer is worked out, not while a slow client takes it. */
function asking(
  thread: ThreadWhenAsked<TraceCalls>,
  gateOf: (op: TraceOp) => Gate,
  timeoutMs: number,
): AskTraces {
  return async function* (op, ask, abort) {
    const answer = (leftMs: number) =>
      piecesOf(
        (onPiece, ended) =>
          thread.call(op, ask as never, {
            priority: 'people',
            abort: ended,
            deadlineMs: leftMs + GRACE_MS,
            onPiece,
          }),
        abort,
      );
    let pieces: AsyncGenerator<Uint8Array> | undefined;
    try {
      const first = await gateOf(op)(timeoutMs, abort, (leftMs) => {
        pieces = answer(leftMs);
        return pieces.next();
      });
      if (first.done) return;
      yield first.value;
      yield* pieces!;
    } finally {
      await pieces?.return(undefined);
    }
  };
}

function lastKnown(thread: ThreadWhenAsked<TraceCalls>): TraceQueries['metrics'] {
  let known: Awaited<ReturnType<TraceQueries['metrics']>> = [];
  return async () => {
    try {
      const asked = thread.running?.call('metrics', null, {
        priority: 'people',
        deadlineMs: METRICS_WAIT_MS,
      });
      if (asked !== undefined) known = await asked;
    } catch {
      // It is busy or being replaced, which its other figures show; a scrape must not fail for that.
    }
    return known;
  };
}
