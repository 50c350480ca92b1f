import { z } from 'zod';
import type { Field } from '../../traceql/ast.ts';
import { assembleTrace, type Trace, type TraceSpan } from '../../traceql/trace.ts';
import { hasMinutes, IN_WINDOW_OF_MS, windowOfMs } from '../minute-order.ts';
import { FEW_ROWS, isTraceId } from '../traces.ts';
import type { Candidate, ReadContext } from './candidate-reads.ts';
import { spanColumns, toTraceSpans } from './span-rows.ts';
import { WHOLE_REACH_MS } from './trace-facts.ts';

/** Of one trace. Longer ones are evaluated on what came first. */
export const SPANS_OF_A_TRACE = 100_000;
/** Traces read at once together have no more spans than this, unless one alone has. */
const SPANS_AT_ONCE = 50_000;
const LIMITS = { maxSeconds: 10, maxMemoryBytes: 700 * 1024 ** 2 };

/** Traces that are looked for near their candidates; of more than these the extent is looked up first. */
export const IDS_TOGETHER = 50;
/** Nearly every trace lies within this time of any of its spans. */
const NEAR_MS = 60_000;

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

/** From when to when traces reach, and how many spans they have; in the order of the candidates. */
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
    settings: FEW_ROWS,
    what: 'search traces',
    ...(abort && { abort }),
  });
  const extents = new Map(rows.map((row) => extentRow.parse(row)).map((extent) => [extent.id, extent]));
  return candidates.flatMap(({ id }) => extents.get(id) ?? []);
}

/**
 * Whole traces, some at a time, with what an evaluation of `fields` looks at (everything unless told). Whole: what lies on the days
 * within {@link WHOLE_REACH_MS} of the candidate. What lies near a few candidates is read at the same time as how far they reach.
 */
export async function* readTraces(
  context: ReadContext,
  candidates: readonly Candidate[],
  fields?: readonly Field[],
): AsyncGenerator<{ readonly traces: readonly Trace[]; readonly cut: boolean }> {
  if (candidates.length === 0) return;
  const near = nearMinutes(candidates);
  const [extents, rows] = await Promise.all([
    readExtents(context, candidates),
    near && readNear(context, candidates, near, fields),
  ]);
  if (rows !== undefined && extents.every((extent) => isNear(extent, candidates)))
    return yield { traces: toTraces(rows), cut: false };
  for (const some of inPortions(extents))
    yield {
      traces: await readPortion(context, some, fields),
      cut: some.some(({ spans }) => spans > SPANS_OF_A_TRACE),
    };
}

/** The minutes around a few candidates, in epoch seconds, rising; undefined if they are many, or of a time that has no minutes. */
function nearMinutes(candidates: readonly Candidate[]): readonly number[] | undefined {
  if (candidates.length > IDS_TOGETHER) return undefined;
  const minutes = new Set(
    candidates.flatMap(({ newest }) => [-NEAR_MS, 0, NEAR_MS].map((ms) => minuteOf(newest + ms))),
  );
  const rising = [...minutes].sort((a, b) => a - b);
  return hasMinutes(rising[0]! * 1_000, (rising.at(-1)! + 60) * 1_000) ? rising : undefined;
}

/** When the minute began; epoch seconds. */
const minuteOf = (ms: number): number => Math.floor(ms / 60_000) * 60;

/** Whether all spans of a trace began in the minutes around its candidate. */
function isNear({ id, startMs, endMs }: Extent, candidates: readonly Candidate[]): boolean {
  const newest = candidates.find((candidate) => candidate.id === id)!.newest;
  return minuteOf(startMs) >= minuteOf(newest - NEAR_MS) && minuteOf(endMs) <= minuteOf(newest + NEAR_MS);
}

/** The spans of a few traces in some minutes; undefined if they are too many. */
async function readNear(
  { reader, abort }: ReadContext,
  candidates: readonly Candidate[],
  minutes: readonly number[],
  fields: readonly Field[] | undefined,
): Promise<readonly Readonly<Record<string, unknown>>[] | undefined> {
  const rows = await reader.rows({
    sql: `SELECT ${spanColumns(fields)} FROM spans
      WHERE toStartOfMinute(time) IN {minutes:Array(UInt32)} AND ${byId(candidates.map(({ id }) => id))} AND ${IN_WINDOW_OF_MS}
      LIMIT {most:UInt32}`,
    parameters: {
      ...windowOfMs(minutes[0]! * 1_000, (minutes.at(-1)! + 60) * 1_000),
      ...{ minutes, most: SPANS_AT_ONCE + 1 },
    },
    limits: { ...LIMITS, maxThreads: 1 },
    settings: FEW_ROWS,
    what: 'search traces',
    ...(abort && { abort }),
  });
  return rows.length > SPANS_AT_ONCE ? undefined : rows;
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
