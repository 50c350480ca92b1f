import { z } from 'zod';
import type { Field } from '../../traceql/ast.ts';
import { assembleTrace, type Trace, type TraceSpan } from '../../traceql/trace.ts';
import type { Reader } from '../clickhouse/clickhouse.ts';
import type { CandidatePlan } from './candidates.ts';
import type { ScanPace } from './scan-pace.ts';
import { spanColumns, toTraceSpan } from './span-rows.ts';
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
const IDS_TOGETHER = 50;

const TRACES_BY_ID = 'trace_id IN (SELECT toFixedString(unhex(arrayJoin({ids:Array(String)})), 16))';
/** Rows of `traces`, which has one a trace and day. */
const TRACES_IN_DAYS = `${TRACES_BY_ID} AND day IN (SELECT toDate(fromUnixTimestamp64Milli(arrayJoin({days:Array(Int64)}), 'UTC')))`;

const between =
  'time >= fromUnixTimestamp64Milli({from:Int64}) AND time < fromUnixTimestamp64Milli({to:Int64})';

export interface Candidate {
  /** Lower-case hex. */
  readonly id: string;
  /** When its newest span of the result in the window began; epoch milliseconds. */
  readonly newest: number;
}

/** Traces that may match and have a span of the result in the window, the newest first. */
export async function readCandidates(
  { reader, abort }: ReadContext,
  plan: CandidatePlan,
  window: Window,
  limit: number,
): Promise<readonly Candidate[]> {
  const simple = `SELECT lower(hex(trace_id)) AS id, toUnixTimestamp64Milli(max(time)) AS newest FROM spans
    WHERE ${between} AND ${plan.result} GROUP BY trace_id ORDER BY newest DESC, id LIMIT {limit:UInt32}`;
  const together = `SELECT lower(hex(trace_id)) AS id, toUnixTimestamp64Milli(maxIf(time, ${between} AND ${plan.result})) AS newest
    FROM spans
    WHERE time >= fromUnixTimestamp64Milli({reachFrom:Int64}) AND time < fromUnixTimestamp64Milli({reachTo:Int64}) AND ${plan.relevant}
    GROUP BY trace_id HAVING countIf(${between} AND ${plan.result}) > 0 AND ${plan.trace}
    ORDER BY newest DESC, id LIMIT {limit:UInt32}`;
  const [from, to] = [Math.floor(window.startMs), Math.ceil(window.endMs)];
  const request = {
    sql: plan.trace === null ? simple : together,
    parameters: {
      ...plan.parameters.values,
      from,
      to,
      limit,
      ...(plan.trace !== null && { reachFrom: from - TRACE_REACH_MS, reachTo: to + TRACE_REACH_MS }),
    },
    limits: LIMITS,
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

/** What {@link TRACES_IN_DAYS} asks for. */
const tracesOf = (candidates: readonly Candidate[]) => ({
  ids: candidates.map(({ id }) => id),
  days: [
    ...new Set(
      candidates.flatMap(({ newest }) => [dayOf(newest - WHOLE_REACH_MS), dayOf(newest + WHOLE_REACH_MS)]),
    ),
  ],
});

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
      WHERE ${TRACES_IN_DAYS}
      GROUP BY trace_id`,
    parameters: tracesOf(candidates),
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
  const rows = await reader.rows({
    sql: `WITH (SELECT (min(start), max(end)) FROM traces WHERE ${TRACES_IN_DAYS}) AS extent
      SELECT ${spanColumns(fields)} FROM spans
      WHERE time >= extent.1 AND time <= extent.2 AND ${TRACES_BY_ID} LIMIT {most:UInt32}`,
    parameters: { ...tracesOf(candidates), most: SPANS_AT_ONCE + 1 },
    limits: LIMITS,
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
      WHERE ${between} AND ${TRACES_BY_ID}
      ORDER BY time LIMIT {most:UInt32} BY trace_id`,
    parameters: {
      ids: extents.map(({ id }) => id),
      from: Math.min(...extents.map(({ startMs }) => startMs)),
      to: Math.max(...extents.map(({ endMs }) => endMs)) + 1,
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
  for (const row of rows) {
    const { traceId, span } = toTraceSpan(row);
    const spans = byTrace.get(traceId);
    if (spans === undefined) byTrace.set(traceId, [span]);
    else spans.push(span);
  }
  return [...byTrace].map(([traceId, spans]) => assembleTrace(traceId, spans));
}
