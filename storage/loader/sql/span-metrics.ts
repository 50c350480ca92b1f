/**
 * Span metrics out of the running totals, as points of `load_points`, in the words of OpenTelemetry's span metrics connector as it
 * reaches Prometheus: `traces_span_metrics_calls_total` and the histogram `traces_span_metrics_duration_seconds`.
 */
import { DURATION_BOUNDS_MS } from '../../clickhouse/migrations/0016-span-metrics.ts';
import { labelName } from './metric-names.ts';
import { nameHash, normal } from './metrics.ts';

/** Upper bounds of buckets in nanoseconds, as the totals have them; `le` is in seconds. */
const BOUNDS = `[${DURATION_BOUNDS_MS.map((ms) => ms * 1e6).join(', ')}]`;
const CALLS = 'traces_span_metrics_calls_total';
const DURATION = 'traces_span_metrics_duration_seconds';

const KEY = 'service, overflow, operation, dimensions, kind, status, campaign_id, traffic';
const LABELS = normal(`arrayConcat([('service_name', toString(service)), ('span_name', toString(operation)),
    ('span_kind', concat('SPAN_KIND_', upper(toString(kind)))), ('status_code', concat('STATUS_CODE_', upper(toString(status)))),
    ('campaign_id', toString(campaign_id)), ('traffic_kind', toString(traffic)), ('otel_metric_overflow', if(overflow, 'true', ''))],
  arrayMap(d -> (${labelName('d.1')}, d.2), dimensions))`);

const bucketId = (le: string): string =>
  `base + ${nameHash(`'${DURATION}_bucket'`)} + sipHash64('le', ${le})`;
const DURATION_VALUES = `arrayConcat(
    arrayMap(bound -> (${bucketId('toString(bound / 1e9)')}, '_bucket', 'le', toString(bound / 1e9),
      toFloat64(arraySum(b -> if(b.1 < bound, b.2, 0), buckets))), ${BOUNDS}),
    [(${bucketId("'+Inf'")}, '_bucket', 'le', '+Inf', toFloat64(calls)),
      (base + ${nameHash(`'${DURATION}_count'`)}, '_count', '', '', toFloat64(calls)),
      (base + ${nameHash(`'${DURATION}_sum'`)}, '_sum', '', '', seconds)])`;
const EXEMPLARS = `arrayMap(x -> (${bucketId(`if(x.1 >= ${BOUNDS}[-1], '+Inf', toString(arrayFirst(bound -> bound > x.1, ${BOUNDS}) / 1e9))`)},
    x.2.time, x.2.seconds, toString(x.2.trace_id), toString(x.2.span_id), CAST(map(), 'Map(String, String)')), exemplars)`;

/**
 * Puts the totals into `load_points`, as samples of `{ts:DateTime64(3, 'UTC')}`: those that grew after `{seen:…}` and those of spans
 * after `{since:…}`. The exemplars are those of buckets that grew after `{seen:…}`.
 */
export const INSERT_SPAN_METRICS = `INSERT INTO load_points (family, type, unit, help, labels, ts, start, values, exemplars)
  SELECT p.1, p.2, p.3, p.4, labels, {ts:DateTime64(3, 'UTC')}, least(first, {ts:DateTime64(3, 'UTC')}), p.5, p.6
  FROM (
    SELECT ${LABELS} AS labels, arraySum(l -> sipHash64(l.1, l.2), labels) AS base, first, arrayJoin([
        ('${CALLS}', 'counter', '', 'Spans by service, operation, kind and status', [(base + ${nameHash(`'${CALLS}'`)}, '', '', '', toFloat64(calls))],
          CAST([], 'Array(Tuple(UInt64, DateTime64(3, \\'UTC\\'), Float64, String, String, Map(String, String)))')),
        ('${DURATION}', 'histogram', 'seconds', 'Durations of spans by service, operation, kind and status', ${DURATION_VALUES}, ${EXEMPLARS})]) AS p
    FROM (
      SELECT ${KEY}, groupArray((above, bucket_calls)) AS buckets, sum(bucket_calls) AS calls, sum(bucket_seconds) AS seconds, min(bucket_first) AS first,
        groupArrayIf((above, bucket_exemplar), bucket_newest > {seen:DateTime64(3, 'UTC')}) AS exemplars
      FROM (
        SELECT ${KEY}, above, sum(calls) AS bucket_calls, sum(seconds) AS bucket_seconds, min(first) AS bucket_first, max(newest) AS bucket_newest,
          max(exemplar) AS bucket_exemplar
        FROM span_totals GROUP BY ${KEY}, above
      ) GROUP BY ${KEY}
      HAVING max(bucket_newest) > {seen:DateTime64(3, 'UTC')} OR max(bucket_newest) > {since:DateTime64(3, 'UTC')}
    )
  )`;

/** The store's time, how far the totals have come, and how many services have operations that are counted as `other`. */
export const PROGRESS = `SELECT toUnixTimestamp64Milli(now64(3)) AS now, toString(max(newest)) AS seen,
    arraySort(groupUniqArrayIf(toString(service), overflow)) AS overflowing
  FROM span_totals`;

/** Writes the settings that the view of `spans` reads, unless they are so already. */
export const INSERT_SETTINGS = `INSERT INTO span_metrics_settings (dimensions, operations, written)
  SELECT {dimensions:Array(String)}, {operations:UInt64}, now64(3)
  WHERE ({dimensions:Array(String)}, {operations:UInt64}) NOT IN (SELECT argMax(dimensions, written), argMax(operations, written) FROM span_metrics_settings)`;

/** Takes away what no span has counted in since `{since:…}`, all buckets of a key together. */
export const DELETE_FORGOTTEN = `ALTER TABLE span_totals DELETE WHERE (${KEY}) IN
  (SELECT ${KEY} FROM span_totals GROUP BY ${KEY} HAVING max(newest) < {since:DateTime64(3, 'UTC')})`;

/** Whether there is any such key. */
export const FORGOTTEN = `SELECT count() AS keys FROM
  (SELECT ${KEY} FROM span_totals GROUP BY ${KEY} HAVING max(newest) < {since:DateTime64(3, 'UTC')} LIMIT 1)`;
