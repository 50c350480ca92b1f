/**
 * Edges out of spans. A call is known by the caller's span id: the caller's own row and the rows of its children meet under it. Where a
 * trace has only one of the two there is an edge too: from a client without a child to the database or the uninstrumented peer that its
 * attributes name, and to a server without a caller from nobody, which counts in its node. Queues stand between: a producer calls the
 * queue and the queue its consumer, so that neither has to find the other.
 */

import { literal } from '../clickhouse/literal.ts';
import { CALL_BOUNDS_S } from '../clickhouse/migrations/0017-service-graph-series.ts';

/** The first of these attributes that is there. */
const attribute = (...keys: readonly string[]): string => {
  const values = keys.map((key) => `toString(attributes['${key}'])`);
  return values.length === 1 ? (values[0] ?? '') : `arrayFirst(v -> v != '', [${values.join(', ')}])`;
};

const NODE = 'Tuple(kind String, name String)';
const NOBODY = `CAST(('none', ''), '${NODE}')`;
const node = (kind: string, name: string): string => `CAST(('${kind}', ${name}), '${NODE}')`;
const system = (kind: string, name: string, part: string): string =>
  node(kind, `if(${part} = '', ${name}, concat(${name}, '/', ${part}))`);

const DATABASE_NAME = attribute('db.namespace', 'db.name', 'server.address', 'net.peer.name');
const PEER = attribute(
  'peer.service',
  'server.address',
  'net.peer.name',
  'network.peer.address',
  'rpc.service',
);
const QUEUE = system('queue', 'messaging', attribute('messaging.destination.name', 'messaging.destination'));

/** What of a span matters to its edges. `takes`: it takes from a queue; `gives`: it puts into one; `other`: whom it met, as it says. */
const FACTS = `trace_id, span_id, parent_span_id, kind,
  kind = 'client' AND attributes['messaging.operation.type'] = 'receive' OR kind = 'consumer' AS takes,
  ${attribute('messaging.system')} AS messaging, ${attribute('db.system.name', 'db.system')} AS db,
  messaging != '' AND kind IN ('producer', 'client') AND NOT takes AS gives,
  multiIf(messaging != '' AND (takes OR gives), ${QUEUE}, takes OR kind NOT IN ('client', 'producer'), ${NOBODY},
    db != '', ${system('database', 'db', DATABASE_NAME)}, ${node('peer', PEER)}) AS other`;

/** One side of a call. */
const SIDE = `CAST((is_callee, span_id, minute, service, campaign, kind IN ('client', 'producer'), error, nanos, takes, gives, other),
  ${literal(`Tuple(is_callee Bool, span_id FixedString(8), minute DateTime('UTC'), service String, campaign String, calls Bool, error Bool,
    nanos Float64, takes Bool, gives Bool, other ${NODE})`)})`;

const EDGES = literal(
  `Array(Tuple(minute DateTime('UTC'), campaign String, caller ${NODE}, callee ${NODE}, error Bool, nanos Float64, caller_nanos Float64))`,
);
/** An edge of which one side is known: its time stands for the other's. */
const edge = (side: string, caller: string, callee: string): string =>
  `(${side}.minute, ${side}.campaign, ${caller}, ${callee}, ${side}.error, ${side}.nanos, ${side}.nanos)`;
const service = (side: string): string => node('service', `${side}.service`);

/** Of spans that were called: by a queue, by the caller, or by nobody known. What a service does within itself is no call. */
const INCOMING = `CAST(arrayMap(c -> multiIf(
    c.takes AND c.other.name != '', ${edge('c', 'c.other', service('c'))},
    c.takes AND found AND caller.gives, ${edge('c', 'caller.other', service('c'))},
    found, (caller.minute, if(c.campaign = '', caller.campaign, c.campaign), ${service('caller')}, ${service('c')},
      c.error OR caller.error, c.nanos, if(caller.calls, caller.nanos, c.nanos)),
    ${edge('c', NOBODY, service('c'))}),
  arrayFilter(c -> NOT found OR c.takes OR caller.calls OR c.service != caller.service, callees)), ${EDGES})`;

/** Of a span that called what has no spans, or gave to a queue, which has none either. */
const OUTGOING = `CAST(if(found AND caller.other.name != '' AND NOT caller.takes AND (caller.gives OR empty(callees)),
  [${edge('caller', service('caller'), 'caller.other')}], []), ${EDGES})`;

/** How many calls took no longer than each bound, and how many there are. */
const counts = (nanos: string): string =>
  `[${[...CALL_BOUNDS_S.map((bound) => `countIf(${nanos} <= ${bound * 1e9})`), 'count()'].join(', ')}]`;

/**
 * Edges of the minutes `{minutes:Array(UInt32)}` (epoch seconds), with the columns of `service_edges` but for the run. A call lies in the minute of
 * its caller where that is known; its sides may lie in neighbouring minutes, `{window:Array(UInt32)}`. A span that was sent twice counts once.
 */
export const SELECT_EDGES = `SELECT e.minute AS minute, e.caller.name AS caller, e.caller.kind AS caller_kind, e.callee.name AS callee,
    e.callee.kind AS callee_kind, e.campaign AS campaign_id, count() AS requests, countIf(e.error) AS errors, sum(e.nanos) AS duration,
    quantilesBFloat16State(0.5, 0.95, 0.99)(e.nanos) AS durations, sum(e.caller_nanos) AS caller_duration,
    ${counts('e.nanos')} AS callee_counts, ${counts('e.caller_nanos')} AS caller_counts
  FROM (
    SELECT arrayJoin(arrayConcat(${INCOMING}, ${OUTGOING})) AS e
    FROM (
      SELECT arrayFirst(s -> NOT s.is_callee, sides) AS caller, arrayExists(s -> NOT s.is_callee, sides) AS found,
        arrayDistinct(arrayFilter(s -> s.is_callee, sides)) AS callees
      FROM (
        SELECT groupArray(${SIDE}) AS sides
        FROM (
          SELECT ${FACTS}, toStartOfMinute(time) AS minute, toString(service) AS service, toString(campaign_id) AS campaign,
            status = 'error' AS error, toFloat64(duration) AS nanos
          FROM spans
          WHERE time >= toDateTime(arrayMin({window:Array(UInt32)}), 'UTC') AND time < toDateTime(arrayMax({window:Array(UInt32)}) + 60, 'UTC')
            AND toStartOfMinute(time) IN (SELECT toDateTime(arrayJoin({window:Array(UInt32)}), 'UTC'))
        ) ARRAY JOIN if(takes OR kind = 'server', [false, true], [false]) AS is_callee
        GROUP BY trace_id, if(is_callee, parent_span_id, span_id)
      )
    )
  )
  WHERE has({minutes:Array(UInt32)}, toUInt32(minute))
  GROUP BY minute, caller, caller_kind, callee, callee_kind, campaign_id`;
