/**
 * The service graph's series out of its running totals, as points of `load_points`, under the names and labels of Tempo's metrics generator, so that
 * Grafana's service graph finds them.
 */
import { CALL_BOUNDS_S } from '../../clickhouse/migrations/0017-service-graph-series.ts';
import { nameHash, normal } from './metrics.ts';

const PREFIX = 'traces_service_graph_request';
const LABELS =
  normal(`[('client', toString(caller)), ('server', toString(callee)), ('connection_type', toString(connection)),
    ('campaign_id', toString(campaign_id))]`);
const NO_EXEMPLARS = `CAST([], 'Array(Tuple(UInt64, DateTime64(3, \\'UTC\\'), Float64, String, String, Map(String, String)))')`;

const counter = (suffix: string, help: string, value: string): string =>
  `('${PREFIX}${suffix}', 'counter', '', '${help}', [(base + ${nameHash(`'${PREFIX}${suffix}'`)}, '', '', '', toFloat64(${value}))])`;

function histogram(side: 'client' | 'server', help: string, counts: string, seconds: string): string {
  const family = `${PREFIX}_${side}_seconds`;
  const bucket = (le: string, index: number): string =>
    `(base + ${nameHash(`'${family}_bucket'`)} + sipHash64('le', '${le}'), '_bucket', 'le', '${le}', toFloat64(${counts}[${index}]))`;
  const values = [
    ...CALL_BOUNDS_S.map((bound, i) => bucket(String(bound), i + 1)),
    bucket('+Inf', CALL_BOUNDS_S.length + 1),
    `(base + ${nameHash(`'${family}_count'`)}, '_count', '', '', toFloat64(${counts}[${CALL_BOUNDS_S.length + 1}]))`,
    `(base + ${nameHash(`'${family}_sum'`)}, '_sum', '', '', ${seconds})`,
  ];
  return `('${family}', 'histogram', 'seconds', '${help}', [${values.join(', ')}])`;
}

const FAMILIES = [
  counter('_total', 'Calls between services', 'requests'),
  counter('_failed_total', 'Calls between services that failed', 'errors'),
  histogram('client', 'Durations of calls as the caller saw them', 'caller_counts', 'caller_seconds'),
  histogram('server', 'Durations of calls as the called service saw them', 'callee_counts', 'callee_seconds'),
];

/**
 * Puts the totals into `load_points`, as samples of `{ts:DateTime64(3, 'UTC')}`: those that grew after `{seen:…}` and those that did
 * after `{since:…}`.
 */
export const INSERT_SERVICE_GRAPH_POINTS = `INSERT INTO load_points (family, type, unit, help, labels, ts, start, values, exemplars)
  SELECT p.1, p.2, p.3, p.4, labels, {ts:DateTime64(3, 'UTC')}, least(first, {ts:DateTime64(3, 'UTC')}), p.5, ${NO_EXEMPLARS}
  FROM (
    SELECT ${LABELS} AS labels, arraySum(l -> sipHash64(l.1, l.2), labels) AS base, first, arrayJoin([${FAMILIES.join(',\n      ')}]) AS p
    FROM (
      SELECT caller, callee, connection, campaign_id, max(requests) AS requests, max(errors) AS errors,
        max(callee_seconds) AS callee_seconds, max(caller_seconds) AS caller_seconds,
        maxForEachMerge(callee_counts) AS callee_counts, maxForEachMerge(caller_counts) AS caller_counts, min(first) AS first, max(newest) AS newest
      FROM service_graph_totals GROUP BY caller, callee, connection, campaign_id
      HAVING newest > {seen:DateTime64(3, 'UTC')} OR newest > {since:DateTime64(3, 'UTC')}
    )
  )`;

/** The store's time, and how far the totals have come. */
export const SERVICE_GRAPH_PROGRESS = `SELECT toUnixTimestamp64Milli(now64(3)) AS now, toString(max(newest)) AS seen FROM service_graph_totals`;
