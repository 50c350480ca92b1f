import type { Logger } from 'pino';
import { Counter, Gauge, type Registry } from 'prom-client';
import { type Clock, DAY_MS, HOUR_MS, MINUTE_MS } from '../../model/units.ts';
import type { ClickHouse } from '../clickhouse/clickhouse.ts';
import { pause } from '../loader/pause.ts';
import { SELECT_EDGES } from './edges-sql.ts';
import { type OpenMinute, openMinutes, windowOf } from './minutes.ts';
import { moveBase, updateTotals } from './totals.ts';

const EVERY_MS = 5_000;
/** A minute is computed when nothing of it came for so long, */
const QUIET_MS = 15_000;
/** or when it has waited so long for that. Its newest spans are counted live until then. */
const PATIENCE_MS = 120_000;
/** What one statement computes. It holds a few hundred bytes for each span, and goes to the disk with more. */
const SPANS_PER_RUN = 300_000;
const MINUTES_PER_RUN = 240;
const LIMITS = { maxSeconds: 120, maxMemoryBytes: 1024 ** 3, maxThreads: 1 };
const SETTINGS = { max_bytes_before_external_group_by: 300 * 1024 ** 2 };

/**
 * Computes the edges of minutes whose spans have all come, newest first, and those of minutes again of which more came. Cut off anywhere,
 * nothing counts twice: a minute's edges count from when its run is named. Returns how many minutes it computed. @throws StoreError
 */
export async function fillEdges(
  clickhouse: ClickHouse,
  nowMs: number,
  {
    quietMs = QUIET_MS,
    spansDays,
    abort,
  }: { readonly quietMs?: number; readonly spansDays?: number; readonly abort?: AbortSignal } = {},
): Promise<number> {
  // Of older days some spans are left only: their edges stay as they are.
  const wholeSinceMs = spansDays === undefined ? 0 : Math.floor(nowMs / DAY_MS - spansDays) * DAY_MS;
  const startS = Math.max(60, wholeSinceMs / 1000);
  const open = await openMinutes(clickhouse, { startS, endS: Math.floor((nowMs + DAY_MS) / 1000) });
  const due = open.filter((each) => each.quietMs >= quietMs || waitedMs(each, nowMs) >= PATIENCE_MS);
  for (const minutes of portions(due)) {
    if (abort?.aborted === true) break;
    await computeEdges(clickhouse, minutes, nowMs);
  }
  return due.length;
}

const waitedMs = ({ minute, run }: OpenMinute, nowMs: number): number =>
  nowMs - Math.max(run, minute * 1000 + MINUTE_MS);

/** Cuts minutes, which are sorted, into what one run computes. A run writes to the partition of each of its days, so it spans few. */
function portions(minutes: readonly OpenMinute[]): OpenMinute[][] {
  const all: OpenMinute[][] = [];
  let spans = 0;
  for (const each of minutes) {
    const last = all.at(-1);
    const near = last?.[0] !== undefined && Math.abs(last[0].minute - each.minute) * 1000 < DAY_MS;
    if (last !== undefined && near && last.length < MINUTES_PER_RUN && spans + each.spans <= SPANS_PER_RUN) {
      last.push(each);
      spans += each.spans;
    } else {
      all.push([each]);
      spans = each.spans;
    }
  }
  return all;
}

const COLUMNS = `caller, caller_kind, callee, callee_kind, campaign_id, requests, errors, duration, durations, caller_duration,
  callee_counts, caller_counts`;

async function computeEdges(
  clickhouse: ClickHouse,
  minutes: readonly OpenMinute[],
  nowMs: number,
): Promise<void> {
  const shared = { what: 'service graph fill', limits: LIMITS, settings: SETTINGS };
  // Above all that were before, even when the clock was set back.
  const run = Math.max(nowMs, ...minutes.map((each) => each.run + 1));
  await clickhouse.command({
    ...shared,
    sql: `INSERT INTO service_edges (minute, run, ${COLUMNS}) SELECT minute, {run:UInt64}, ${COLUMNS}
      FROM (${SELECT_EDGES})`,
    parameters: { run, ...windowOf(minutes) },
  });
  await clickhouse.command({
    ...shared,
    sql: `INSERT INTO service_edge_runs (minute, run, seen)
      SELECT toDateTime(m.1, 'UTC'), {run:UInt64}, toDateTime64(m.2, 3, 'UTC')
      FROM (SELECT arrayJoin(arrayZip({minutes:Array(UInt32)}, {seen:Array(String)})) AS m)`,
    parameters: { run, minutes: minutes.map((each) => each.minute), seen: minutes.map((each) => each.seen) },
  });
}

/** Fills the table of edges in the background until it is stopped. */
export function startEdgeFill(options: {
  readonly clickhouse: ClickHouse;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly registry: Registry;
  /** Whole days that every span stays. */
  readonly spansDays: number;
}): { stop(): Promise<void> } {
  const { clickhouse, clock, logger, registry, spansDays } = options;
  const metrics = fillMetrics(registry);
  const stopping = new AbortController();
  let movedAt = Number.NEGATIVE_INFINITY;
  /** What a run before this one had no time for is done first. */
  let grown = true;
  const loop = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      const startedAt = clock.monotonic();
      try {
        const computed = await fillEdges(clickhouse, clock.now(), { spansDays, abort: stopping.signal });
        metrics.minutes.inc(computed);
        grown ||= computed > 0;
        if (grown) await updateTotals(clickhouse);
        grown = false;
        if (startedAt - movedAt >= HOUR_MS) {
          await moveBase(clickhouse, clock.now());
          movedAt = startedAt;
        }
        metrics.seconds.set((clock.monotonic() - startedAt) / 1000);
      } catch (error) {
        metrics.failures.inc();
        logger.warn(
          { err: error, againInMs: EVERY_MS },
          'The service graph could not be brought up to date; its minutes are tried again',
        );
      }
      await pause(EVERY_MS, stopping.signal);
    }
  };
  const running = loop();
  return {
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}

function fillMetrics(registry: Registry) {
  const registers = [registry];
  return {
    minutes: new Counter({
      name: 'tidewarden_service_graph_passes_total',
      help: 'Minutes whose edges were computed, those that were computed again too',
      registers,
    }),
    failures: new Counter({
      name: 'tidewarden_service_graph_failures_total',
      help: 'Times that edges could not be computed and will be tried again',
      registers,
    }),
    seconds: new Gauge({
      name: 'tidewarden_service_graph_fill_seconds',
      help: 'How long it took to bring the service graph up to date',
      registers,
    }),
  };
}
