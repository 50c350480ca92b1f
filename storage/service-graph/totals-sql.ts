/**
 * Running totals of the service graph: the sums of all minutes before a base, which moves on hour by hour, and of the minutes since as their
 * newest runs have them. Whenever it is cut off, doing it again gives the same.
 */

const KEY = 'caller, callee, connection, campaign_id';

/** As Tempo has it: what is no pair of spans is told from what is. */
const CONNECTION = `multiIf(caller_kind = 'queue' OR callee_kind = 'queue', 'messaging_system', callee_kind = 'database', 'database',
    caller_kind = 'none' OR callee_kind = 'peer', 'virtual_node', '')`;
/** Tempo's name for whoever calls from outside. */
const CALLER = `if(caller_kind = 'none', 'user', toString(caller))`;

const NEWEST_BASE = '(SELECT max((upto, written)) FROM service_graph_bases)';
/** When the newest base ends; the beginning of time where there is none. */
const BASE_END = '(SELECT max(upto) FROM service_graph_bases)';

/** Sums by edge before `until`. Minutes from before durations were counted so are none. */
const sums = (until: string): string => `SELECT ${KEY}, sum(requests) AS requests, sum(errors) AS errors,
    sum(callee_seconds) AS callee_seconds, sum(caller_seconds) AS caller_seconds,
    sumForEach(callee_counts) AS callee_counts, sumForEach(caller_counts) AS caller_counts
  FROM (
    SELECT ${KEY}, requests, errors, callee_seconds, caller_seconds, callee_counts, caller_counts
    FROM service_graph_bases WHERE (upto, written) = ${NEWEST_BASE}
    UNION ALL
    SELECT ${CALLER} AS caller, toString(callee) AS callee, ${CONNECTION} AS connection, campaign_id, requests, errors,
      duration / 1e9 AS callee_seconds, caller_duration / 1e9 AS caller_seconds, callee_counts, caller_counts
    FROM service_edges
    WHERE minute >= ${BASE_END} AND minute < ${until} AND notEmpty(callee_counts)
      AND (minute, run) IN (SELECT minute, max(run) FROM service_edge_runs WHERE minute >= ${BASE_END} AND minute < ${until} GROUP BY minute)
  ) GROUP BY ${KEY}`;

const EVER = `toDateTime('2106-01-01 00:00:00', 'UTC')`;

/** Writes the totals that have grown. */
export const INSERT_TOTALS = `INSERT INTO service_graph_totals (${KEY}, requests, errors, callee_seconds, caller_seconds, callee_counts, caller_counts, first, newest)
  SELECT ${KEY}, requests, errors, callee_seconds, caller_seconds,
    arrayReduce('maxForEachState', [callee_counts]), arrayReduce('maxForEachState', [caller_counts]), now64(3, 'UTC'), now64(3, 'UTC')
  FROM (${sums(EVER)}) AS sums
  LEFT JOIN (
    SELECT ${KEY}, max(requests) AS had, max(errors) AS had_errors FROM service_graph_totals GROUP BY ${KEY}
  ) AS totals USING (${KEY})
  WHERE requests > had OR errors > had_errors`;

/** Moves the base on to `{upto:UInt32}` (epoch seconds), if that is later. */
export const INSERT_BASE = `INSERT INTO service_graph_bases (upto, written, ${KEY}, requests, errors, callee_seconds, caller_seconds, callee_counts, caller_counts)
  SELECT toDateTime({upto:UInt32}, 'UTC'), now64(3, 'UTC'), ${KEY}, requests, errors, callee_seconds, caller_seconds, callee_counts, caller_counts
  FROM (${sums(`toDateTime({upto:UInt32}, 'UTC')`)})
  WHERE toDateTime({upto:UInt32}, 'UTC') > ${BASE_END}`;

/** Takes bases away that a newer one stands for. */
export const DELETE_BASES = `ALTER TABLE service_graph_bases DELETE WHERE upto < ${BASE_END}`;
