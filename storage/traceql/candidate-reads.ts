import type { Parameters, Reader } from '../clickhouse/clickhouse.ts';
import { beganIn, IN_WINDOW_OF_MS, windowOfMs } from '../minute-order.ts';
import { FEW_ROWS } from '../traces.ts';
import type { CandidatePlan } from './candidates.ts';
import type { ScanPace } from './scan-pace.ts';

/** A stretch of time in epoch milliseconds, the end exclusive. */
export interface Window {
  readonly startMs: number;
  readonly endMs: number;
}

export interface ReadContext {
  readonly reader: Reader;
  readonly pace: ScanPace;
  readonly abort?: AbortSignal | undefined;
}

/** Spans of a trace that decide whether it matches lie within this time of those that it leaves. */
export const TRACE_REACH_MS = 2 * 3_600_000;
const LIMITS = { maxSeconds: 10, maxMemoryBytes: 700 * 1024 ** 2 };

export interface Candidate {
  /** Lower-case hex. */
  readonly id: string;
  /** When its newest span of the result in the window began; epoch milliseconds. */
  readonly newest: number;
}

/** The id and `newest` of a trace, the time of the span it was found by, as a statement's result. */
const FOUND = (newest: string): string => `lower(hex(trace_id)), toUnixTimestamp64Milli(${newest} AS newest)`;
const NEWEST_FIRST = 'ORDER BY newest DESC, trace_id LIMIT {limit:UInt32}';

/** What {@link CandidatePlan} says of a window, as a statement. */
function inWindow(
  plan: CandidatePlan,
  window: Window,
  limit: number,
): { readonly sql: string; readonly parameters: Parameters } {
  const asked = windowOfMs(window.startMs, window.endMs);
  const parameters = { ...plan.parameters.values, ...asked, limit };
  if (plan.trace === null)
    return {
      sql: `SELECT ${FOUND('max(time)')} FROM spans WHERE ${plan.result} AND ${IN_WINDOW_OF_MS}
        GROUP BY trace_id ${NEWEST_FIRST}`,
      parameters,
    };
  const reach = windowOfMs(window.startMs - TRACE_REACH_MS, window.endMs + TRACE_REACH_MS);
  const within = beganIn({
    from: 'fromUnixTimestamp64Milli({reachFrom:Int64})',
    to: 'fromUnixTimestamp64Milli({reachTo:Int64})',
    fromMinute: `toDateTime({fromMinute:UInt32}, 'UTC')`,
    toMinute: `toDateTime({toMinute:UInt32}, 'UTC')`,
  });
  const result = `time >= fromUnixTimestamp64Milli({from:Int64}) AND time < fromUnixTimestamp64Milli({to:Int64}) AND ${plan.result}`;
  return {
    sql: `SELECT ${FOUND(`maxIf(time, ${result})`)} FROM spans WHERE ${plan.relevant} AND ${within}
      GROUP BY trace_id HAVING countIf(${result}) > 0 AND ${plan.trace} ${NEWEST_FIRST}`,
    parameters: {
      ...parameters,
      ...reach,
      from: asked.from,
      to: asked.to,
      reachFrom: reach.from,
      reachTo: reach.to,
    },
  };
}

/** Traces that may match and have a span of the result in the window, the newest first. */
export async function readCandidates(
  { reader, abort }: ReadContext,
  plan: CandidatePlan,
  window: Window,
  limit: number,
): Promise<readonly Candidate[]> {
  const request = {
    ...inWindow(plan, window, limit),
    limits: LIMITS,
    settings: FEW_ROWS,
    what: 'search traces',
    ...(abort && { abort }),
  };
  const lines = (await reader.bytes(request, 'TabSeparated')).toString('latin1').split('\n');
  return lines.filter(Boolean).map((line) => {
    const [id = '', newest] = line.split('\t');
    return { id, newest: Number(newest) };
  });
}
