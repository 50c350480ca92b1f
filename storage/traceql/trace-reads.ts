import { z } from 'zod';
import type { Field } from '../../traceql/ast.ts';
import { assembleTrace, type Trace, type TraceSpan } from '../../traceql/trace.ts';
import type { Parameters, Reader } from '../clickhouse/clickhouse.ts';
import { beganIn, hasMinutes, IN_WINDOW_OF_MS, inMinutes, windowOfMs } from '../minute-order.ts';
import { FEW_ROWS, isTraceId } from '../traces.ts';
import type { CandidatePlan } from './candidates.ts';
import type { ScanPace } from './scan-pace.ts';
import { spanColumns, toTraceSpans } from './span-rows.ts';
import { WHOLE_REACH_MS } from './trace-facts.ts';

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
/** Of one trace. Longer ones are evaluated on what came first. */
export const SPANS_OF_A_TRACE = 100_000;
/** Traces read at once together have no more spans than this, unless one alone has. */
const SPANS_AT_ONCE = 50_000;
const LIMITS = { maxSeconds: 10, maxMemoryBytes: 700 * 1024 ** 2 };

/** Traces that are read in one trip, if they are not long. */
export const IDS_TOGETHER = 50;

/** Traces by id, as literals: a set that comes from a subquery is built anew for every table. `ids` are what ClickHouse gave, and checked. */
function byId(ids: readonly string[]): string {
  const literals = ids.map((id) => {
    if (!isTraceId(id)) throw new RangeError(`${JSON.stringify(id)} is no id of a trace`);
    return `'${id.replace(/../g, '\\x$&')}'`;
  });
  return `trace_id IN (${literals.join(', ')})`;
}

/** Rows of `traces`, which has one a trace and day, by the parameter `days`. */
const IN_DAYS = "day IN (SELECT toDate(fromUnixTimestamp64Milli(arrayJoin({days:Array(Int64)}), 'UTC')))";

export interface Candidate {
  /** Lower-case hex. */
  readonly id: string;
  /** When its newest span of the result in the window began; epoch milliseconds. */
  readonly newest: number;
}

/** What {@link CandidatePlan} says of a window: how to ask for `trace_id` and `newest`, the time of the span it was found by, of those in it. */
function inWindow(
  plan: CandidatePlan,
  window: Window,
  limit: number,
): { readonly sql: string; readonly parameters: Parameters } {
  const asked = windowOfMs(window.startMs, window.endMs);
  const parameters = { ...plan.parameters.values, ...asked, limit };
  const newestFirst = 'ORDER BY newest DESC, trace_id LIMIT {limit:UInt32}';
  if (plan.trace === null)
    return {
      sql: `SELECT trace_id, max(time) AS newest FROM spans WHERE ${plan.result} AND ${IN_WINDOW_OF_MS}
        GROUP BY trace_id ${newestFirst}`,
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
    sql: `SELECT trace_id, maxIf(time, ${result}) AS newest FROM spans WHERE ${plan.relevant} AND ${within}
      GROUP BY trace_id HAVING countIf(${result}) > 0 AND ${plan.trace} ${newestFirst}`,
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
  const { sql, parameters } = inWindow(plan, window, limit);
  const request = {
    sql: `SELECT lower(hex(trace_id)), toUnixTimestamp64Milli(newest) FROM (${sql})`,
    parameters,
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

const extentRow = z.object({
  id: z.string(),
  startMs: z.coerce.number(),
  endMs: z.coerce.number(),
  spans: z.coerce.number(),
});
type Extent = z.infer<typeof extentRow>;

/** The days on which rows of `traces` are that say how far these traces reach; epoch milliseconds. */
const daysOf = (candidates: readonly Candidate[]): readonly number[] => [
  ...new Set(
    candidates.flatMap(({ newest }) => [dayOf(newest - WHOLE_REACH_MS), dayOf(newest + WHOLE_REACH_MS)]),
  ),
];

/** When the day began, by UTC. */
const dayOf = (ms: number): number => Math.floor(ms / DAY_MS) * DAY_MS;
const DAY_MS = 24 * 3_600_000;

/** From when to when traces reach, and how many spans they have. */
async function readExtents(
  { reader, abort }: ReadContext,
  candidates: readonly Candidate[],
): Promise<readonly Extent[]> {
  const rows = await reader.rows({
    sql: `SELECT lower(hex(trace_id)) AS id, toUnixTimestamp64Milli(min(start)) AS startMs, toUnixTimestamp64Milli(max(end)) AS endMs,
        sum(spans) AS spans
      FROM traces
      WHERE ${byId(candidates.map(({ id }) => id))} AND ${IN_DAYS}
      GROUP BY trace_id`,
    parameters: { days: daysOf(candidates) },
    limits: LIMITS,
    what: 'search traces',
    ...(abort && { abort }),
  });
  return rows.map((row) => extentRow.parse(row));
}

/**
 * Whole traces, some at a time, with what an evaluation of `fields` looks at (everything unless told). Whole: what lies on the days
 * within {@link WHOLE_REACH_MS} of the candidate.
 */
export async function* readTraces(
  context: ReadContext,
  candidates: readonly Candidate[],
  fields?: readonly Field[],
): AsyncGenerator<{ readonly traces: readonly Trace[]; readonly cut: boolean }> {
  if (candidates.length === 0) return;
  const together =
    candidates.length > IDS_TOGETHER ? undefined : await readTogether(context, candidates, fields);
  if (together !== undefined) return yield { traces: together, cut: false };
  for (const some of inPortions(await readExtents(context, candidates)))
    yield {
      traces: await readPortion(context, some, fields),
      cut: some.some(({ spans }) => spans > SPANS_OF_A_TRACE),
    };
}

/** A few traces in one trip; undefined if they turn out long. */
async function readTogether(
  { reader, abort }: ReadContext,
  candidates: readonly Candidate[],
  fields: readonly Field[] | undefined,
): Promise<readonly Trace[] | undefined> {
  const days = daysOf(candidates);
  const [since, until] = [Math.min(...days), Math.max(...days) + DAY_MS];
  const wanted = byId(candidates.map(({ id }) => id));
  const rows = await reader.rows({
    // A span may last for years: `end` says little of when the last one began.
    sql: `WITH (SELECT (min(start) AS first, least(max(end), fromUnixTimestamp64Milli({until:Int64}, 'UTC')) AS last,
          toStartOfMinute(first), toStartOfMinute(last)) FROM traces WHERE ${wanted} AND ${IN_DAYS}) AS extent
      SELECT ${spanColumns(fields)} FROM spans
      WHERE ${wanted} AND time >= extent.1 AND time <= extent.2
        ${hasMinutes(since, until) ? `AND ${inMinutes({ fromMinute: 'extent.3', toMinute: 'extent.4' })}` : ''} LIMIT {most:UInt32}`,
    parameters: { days, until, most: SPANS_AT_ONCE + 1 },
    limits: LIMITS,
    settings: FEW_ROWS,
    what: 'search traces',
    ...(abort && { abort }),
  });
  return rows.length > SPANS_AT_ONCE ? undefined : toTraces(rows);
}

function inPortions(extents: readonly Extent[]): readonly (readonly Extent[])[] {
  const portions: Extent[][] = [];
  let spans = Number.POSITIVE_INFINITY;
  for (const extent of extents) {
    if (spans + extent.spans > SPANS_AT_ONCE) {
      portions.push([]);
      spans = 0;
    }
    portions.at(-1)!.push(extent);
    spans += extent.spans;
  }
  return portions;
}

async function readPortion(
  { reader, abort }: ReadContext,
  extents: readonly Extent[],
  fields: readonly Field[] | undefined,
): Promise<readonly Trace[]> {
  const rows = await reader.rows({
    sql: `SELECT ${spanColumns(fields)} FROM spans
      WHERE ${byId(extents.map(({ id }) => id))} AND ${IN_WINDOW_OF_MS}
      ORDER BY time LIMIT {most:UInt32} BY trace_id`,
    parameters: {
      ...windowOfMs(
        Math.min(...extents.map(({ startMs }) => startMs)),
        Math.max(...extents.map(({ endMs }) => endMs)) + 1,
      ),
      most: SPANS_OF_A_TRACE,
    },
    limits: LIMITS,
    what: 'search traces',
    ...(abort && { abort }),
  });
  return toTraces(rows);
}

function toTraces(rows: readonly Readonly<Record<string, unknown>>[]): readonly Trace[] {
  const byTrace = new Map<string, TraceSpan[]>();
  for (const { traceId, span } of toTraceSpans(rows)) {
    const spans = byTrace.get(traceId);
    if (spans === undefined) byTrace.set(traceId, [span]);
    else spans.push(span);
  }
  return [...byTrace].map(([traceId, spans]) => assembleTrace(traceId, spans));
}
