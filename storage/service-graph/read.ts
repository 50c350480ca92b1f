import { z } from 'zod';
import type { ServiceEdge, ServiceGraph, ServiceNode } from '../../model/api/service.ts';
import type { Reader } from '../clickhouse/clickhouse.ts';
import { SELECT_EDGES } from './edges-sql.ts';
import { type OpenMinute, openMinutes, windowOf } from './minutes.ts';

export interface ServiceGraphQuery {
  /** Epoch milliseconds; the end is exclusive. */
  readonly startMs: number;
  readonly endMs: number;
  /** Only calls of this campaign. */
  readonly campaignId?: string;
}

/** What is counted while the question waits: minutes that are not in the table yet, the newest first. */
const LIVE_SPANS = 200_000;
const LIMITS = { maxSeconds: 10, maxMemoryBytes: 700 * 1024 ** 2 };
const NANOS_PER_MS = 1e6;
const LAST_SECOND = 2 ** 32 - 121;

const COLUMNS = 'caller, caller_kind, callee, callee_kind, campaign_id, requests, errors, durations';
const FILLED = `SELECT ${COLUMNS} FROM service_edges
  WHERE minute >= toDateTime({start:UInt32}, 'UTC') AND minute < toDateTime({end:UInt32}, 'UTC')
    AND (minute, run) IN (SELECT minute, max(run) FROM service_edge_runs
      WHERE minute >= toDateTime({start:UInt32}, 'UTC') AND minute < toDateTime({end:UInt32}, 'UTC') GROUP BY minute)
    AND NOT has({minutes:Array(UInt32)}, toUInt32(minute))`;

/** One row an edge, and one for each node with all that came to it. What is a service somewhere is one everywhere. */
const fold = (edges: string, where: string): string => `SELECT grouping(caller) = 1 AS node, caller, callee,
    toString(min(CAST(caller_kind, 'Enum8(\\'none\\' = 0, \\'service\\' = 1, \\'database\\' = 2, \\'queue\\' = 3, \\'peer\\' = 4)'))) AS caller_kind,
    toString(min(CAST(callee_kind, 'Enum8(\\'none\\' = 0, \\'service\\' = 1, \\'database\\' = 2, \\'queue\\' = 3, \\'peer\\' = 4)'))) AS callee_kind,
    sum(requests) AS requests, sum(errors) AS errors, quantilesBFloat16Merge(0.5, 0.95, 0.99)(durations) AS nanos
  FROM (${edges}) ${where} GROUP BY GROUPING SETS ((caller, callee), (callee))`;

const kind = z.enum(['service', 'database', 'queue', 'peer']);
const row = z.object({
  node: z.coerce.boolean(),
  caller: z.string(),
  callee: z.string(),
  caller_kind: z.union([kind, z.literal('none')]),
  callee_kind: kind,
  requests: z.coerce.number(),
  errors: z.coerce.number(),
  nanos: z.tuple([z.number(), z.number(), z.number()]),
});
type Row = z.infer<typeof row>;

/**
 * Who calls whom. Minutes whose spans have all come are read from the table of edges, the newest are computed from their spans. `partial` says that
 * there were too many spans to do so for all of them, which ends by itself as the table fills. Throws `StoreError`.
 */
export async function readServiceGraph(
  reader: Reader,
  query: ServiceGraphQuery,
  abort?: AbortSignal,
): Promise<ServiceGraph> {
  const startS = wholeMinute(Math.floor(query.startMs / 60_000));
  const endS = wholeMinute(Math.ceil(query.endMs / 60_000));
  const given = abort === undefined ? {} : { abort };
  const open = await openMinutes(reader, { startS, endS, ...given });
  const live = newest(open);
  const campaign = query.campaignId === undefined ? '' : 'WHERE campaign_id = {campaign:String}';
  const edges = live.length === 0 ? FILLED : `${FILLED} UNION ALL SELECT ${COLUMNS} FROM (${SELECT_EDGES})`;
  const rows = await reader.rows({
    sql: fold(edges, campaign),
    parameters: { start: startS, end: endS, campaign: query.campaignId ?? '', ...windowOf(live) },
    what: 'service graph',
    limits: LIMITS,
    ...given,
  });
  return {
    ...graphOf(
      rows.map((each) => row.parse(each)),
      Math.max(1, query.endMs - query.startMs) / 1000,
    ),
    startMs: startS * 1000,
    endMs: endS * 1000,
    ...completeness(open, live),
  };
}

/** Epoch seconds of a minute, as far as ClickHouse's DateTime reaches. */
const wholeMinute = (minute: number): number => Math.min(Math.max(minute * 60, 60), LAST_SECOND);

/** As many of the open minutes as may be computed now; always the newest. */
function newest(open: readonly OpenMinute[]): readonly OpenMinute[] {
  let spans = 0;
  return open.filter((each, index) => {
    spans += each.spans;
    return index === 0 || spans <= LIVE_SPANS;
  });
}

function completeness(open: readonly OpenMinute[], live: readonly OpenMinute[]) {
  const waiting = open.length - live.length;
  const reason =
    waiting === 0
      ? null
      : `${waiting} of the minutes have more spans than are counted here and are being counted; ask again in a while`;
  return { partial: reason !== null, reason };
}

function graphOf(rows: readonly Row[], seconds: number): { nodes: ServiceNode[]; edges: ServiceEdge[] } {
  const ms = (nanos: number): number => (Number.isFinite(nanos) ? nanos / NANOS_PER_MS : 0);
  const called = rows.filter(({ node }) => node);
  const calls = rows.filter(({ node, caller }) => !node && caller !== '');
  const kinds = new Map<string, Row['callee_kind']>(called.map((each) => [each.callee, each.callee_kind]));
  for (const { caller, caller_kind } of calls)
    if (caller_kind !== 'none' && (caller_kind === 'service' || !kinds.has(caller)))
      kinds.set(caller, caller_kind);

  const incoming = new Map(called.map((each) => [each.callee, each]));
  const nodes = [...kinds].map(([id, kind]) => {
    const { requests = 0, errors = 0, nanos = [0, 0] } = incoming.get(id) ?? {};
    return { id, kind, requests, errors, p50Ms: ms(nanos[0]), p95Ms: ms(nanos[1]) };
  });
  const edges = calls.map(({ caller, callee, requests, errors, nanos }) => ({
    from: caller,
    to: callee,
    kind: kinds.get(caller) === 'queue' ? ('queue' as const) : (kinds.get(callee) ?? 'peer'),
    requests,
    errors,
    ratePerS: requests / seconds,
    p50Ms: ms(nanos[0]),
    p95Ms: ms(nanos[1]),
    p99Ms: ms(nanos[2]),
  }));
  return {
    nodes: nodes.sort((a, b) => (a.id < b.id ? -1 : 1)),
    edges: edges.sort((a, b) => b.requests - a.requests),
  };
}
