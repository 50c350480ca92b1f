import type { Parameters } from '../clickhouse/parameters.ts';
import { conditionOf } from '../traceql/conditions.ts';
import { SqlParameters } from '../traceql/sql-parameters.ts';
import { type IncidentTime, type KeepPolicy, parseKeepFilter } from './policy.ts';

/** What decides which of the traces that began in a range of time (epoch milliseconds, the end exclusive) are kept. */
export interface Decision {
  readonly policy: KeepPolicy;
  readonly incidents: readonly IncidentTime[];
  /** Ids of traces that are evidence: 32 hex digits. */
  readonly pinned: readonly string[];
  readonly fromMs: number;
  readonly toMs: number;
}

const MINUTE_MS = 60_000;
const SHARES = 1_000_000;

/** The range's traces by what their spans of this day and its neighbours say. One that began before has its first day's decision. */
const FACTS = `SELECT trace_id, min(start) AS began, max(end) AS ended, max(root_service) AS service, max(root_name) AS operation,
    sum(roots) AS roots, sum(errors) AS errors, sum(spans) AS spans, max(campaign_id) AS campaign,
    dateDiff('nanosecond', began, ended) AS took
  FROM traces
  WHERE day >= toDate(fromUnixTimestamp64Milli({from:Int64}, 'UTC')) - 1 AND day <= toDate(fromUnixTimestamp64Milli({to:Int64}, 'UTC'))
  GROUP BY trace_id
  HAVING began >= fromUnixTimestamp64Milli({from:Int64}, 'UTC') AND began < fromUnixTimestamp64Milli({to:Int64}, 'UTC')`;

/** Rows of `trace_id, spans, reasons`: every trace of the range, with why it is kept; no reason: it is not. */
export function decideSql(decision: Decision): { readonly sql: string; readonly parameters: Parameters } {
  const { policy, incidents, pinned, fromMs, toMs } = decision;
  const parameters = new SqlParameters();
  const margin = policy.incidentMarginMinutes * MINUTE_MS;
  const conditions = policy.matching.map((text) => conditionOf(parseKeepFilter(text), parameters).sql);
  const reasons = [
    policy.errors && ["'error'", 'errors > 0'],
    policy.slow.quantile < 1 && [
      "'slow'",
      `high > 0 AND took > high AND took >= ${parameters.bind(policy.slow.timesMedian, 'Float64')} * median`,
    ],
    policy.sampledShare > 0 && [
      "'sampled'",
      `sipHash64(trace_id) % ${SHARES} < ${parameters.bind(Math.round(policy.sampledShare * SHARES), 'UInt64')}`,
    ],
    policy.incidents && [
      "'incident'",
      `campaign != '' AND arrayExists((c, f, t) -> c = campaign
        AND ended >= fromUnixTimestamp64Milli(f, 'UTC') AND began <= fromUnixTimestamp64Milli(t, 'UTC'),
        {campaigns:Array(String)}, {openings:Array(Int64)}, {endings:Array(Int64)})`,
    ],
    conditions.length > 0 && [
      "'matching'",
      `trace_id IN (SELECT trace_id FROM spans WHERE time >= fromUnixTimestamp64Milli({from:Int64}, 'UTC')
        AND time < fromUnixTimestamp64Milli({to:Int64}, 'UTC') + INTERVAL 1 DAY AND (${conditions.join(' OR ')}))`,
    ],
    ["'evidence'", `trace_id IN (${PINNED})`],
  ].filter((each) => each !== false);
  const sql = `SELECT trace_id, spans, arrayFilter(r -> r != '', [${reasons
    .map(([reason, condition]) => `if(${condition}, ${reason}, '')`)
    .join(', ')}]) AS reasons
  FROM (${FACTS}) AS facts LEFT ANY JOIN (
    SELECT service, operation, quantileTDigest(${Number(policy.slow.quantile)})(took) AS high, quantileTDigest(0.5)(took) AS median
    FROM (${FACTS}) WHERE roots > 0 GROUP BY service, operation HAVING count() >= ${parameters.bind(policy.slow.minTraces, 'UInt64')}
  ) AS operations USING (service, operation)`;
  return {
    sql,
    parameters: {
      ...parameters.values,
      ...{ from: fromMs, to: toMs, pinned },
      campaigns: incidents.map(({ campaignId }) => campaignId),
      openings: incidents.map(({ openedAtMs }) => Math.floor(openedAtMs - margin)),
      endings: incidents.map(({ resolvedAtMs }) => Math.ceil((resolvedAtMs ?? toMs) + margin)),
    },
  };
}

/** Ids of the parameter `pinned` as they are stored. */
export const PINNED = 'SELECT toFixedString(unhex(arrayJoin({pinned:Array(String)})), 16)';
