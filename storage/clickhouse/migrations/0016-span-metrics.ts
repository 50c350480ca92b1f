import type { Migration } from './migration.ts';
import { DURABLE } from './migration.ts';

/** Upper bounds of the buckets of durations, in milliseconds: those of OpenTelemetry's span metrics connector. */
export const DURATION_BOUNDS_MS = [
  2, 4, 6, 8, 10, 50, 100, 200, 400, 800, 1_000, 1_400, 2_000, 5_000, 10_000, 15_000,
];
const LOWER_BOUNDS = `[0, ${DURATION_BOUNDS_MS.map((ms) => ms * 1e6).join(', ')}]`;

/** Attributes of spans, else of their resource. */
const attribute = (key: string): string =>
  `if(attributes[${key}] != '', attributes[${key}], resource[${key}])`;

/**
 * Running totals of spans, from which span metrics are made. They are fed from `spans` under the insert's token, so that a load that is repeated counts
 * once. `above`: longer than so many nanoseconds and not longer than the next bound. `exemplar` is one of the newest load's (the newest by time would cost four times all the rest). Operations of a service, each
 * with its dimensions' values, are taken as they are until there are as many as allowed; the others are counted together, as `other`.
 * A key goes as a whole or not at all (nothing expires by itself): a total that shrinks would look like a counter that began anew.
 */
export const migration: Migration = {
  version: 16,
  name: 'span metrics',
  statements: [
    `CREATE TABLE IF NOT EXISTS span_metrics_settings (
      dimensions Array(String),
      operations UInt64,
      written DateTime64(3, 'UTC')
    ) ENGINE = ReplacingMergeTree(written)
    ORDER BY tuple()
    SETTINGS ${DURABLE}`,

    `CREATE TABLE IF NOT EXISTS span_totals (
      service LowCardinality(String),
      overflow Bool,
      operation LowCardinality(String),
      dimensions Array(Tuple(String, String)),
      kind Enum8('unspecified' = 0, 'internal' = 1, 'server' = 2, 'client' = 3, 'producer' = 4, 'consumer' = 5),
      status Enum8('unset' = 0, 'ok' = 1, 'error' = 2),
      campaign_id LowCardinality(String),
      traffic LowCardinality(String),
      above UInt64,
      calls SimpleAggregateFunction(sum, UInt64),
      seconds SimpleAggregateFunction(sum, Float64),
      first SimpleAggregateFunction(min, DateTime64(3, 'UTC')),
      newest SimpleAggregateFunction(max, DateTime64(3, 'UTC')),
      exemplar SimpleAggregateFunction(max, Tuple(loaded DateTime64(3, 'UTC'), time DateTime64(3, 'UTC'), trace_id FixedString(16),
        span_id FixedString(8), seconds Float64))
    ) ENGINE = AggregatingMergeTree
    ORDER BY (service, overflow, operation, dimensions, kind, status, campaign_id, traffic, above)
    SETTINGS ${DURABLE}`,

    `CREATE MATERIALIZED VIEW IF NOT EXISTS span_totals_from_spans TO span_totals AS
    SELECT service, NOT fits AS overflow, if(fits, operation, 'other') AS operation,
      if(fits, dimensions, CAST([], 'Array(Tuple(String, String))')) AS dimensions, kind, status, campaign_id, traffic, above,
      calls, seconds, first, newest, exemplar
    FROM (
      SELECT *, known OR taken + dense_rank() OVER (PARTITION BY service, known ORDER BY operation, dimensions) <= allowed AS fits
      FROM (
        SELECT *, (service, operation, dimensions) IN (SELECT service, operation, dimensions FROM span_totals WHERE NOT overflow) AS known
        FROM (
          SELECT service, name AS operation, arrayFilter(d -> d.2 != '', arrayMap(k -> (k, toString(${attribute('k')})), asked)) AS dimensions,
            kind, status, campaign_id, if(said IN ('live', 'test', 'synthetic'), said, '') AS traffic,
            roundDown(toUInt64(greatest(duration, 1) - 1), ${LOWER_BOUNDS}) AS above,
            count() AS calls, sum(duration / 1e9) AS seconds, now64(3, 'UTC') AS first, now64(3, 'UTC') AS newest,
            any((now64(3, 'UTC'), toDateTime64(time, 3, 'UTC'), trace_id, span_id, duration / 1e9)) AS exemplar
          FROM (SELECT time, trace_id, span_id, service, name, kind, status, duration, campaign_id, attributes, resource,
            toString(${attribute("'traffic.kind'")}) AS said, (SELECT argMax(dimensions, written) FROM span_metrics_settings) AS asked FROM spans)
          GROUP BY service, operation, dimensions, kind, status, campaign_id, traffic, above
        )
      ) AS batch
      LEFT JOIN (
        SELECT service, uniqExact(operation, dimensions) AS taken FROM span_totals WHERE NOT overflow GROUP BY service
      ) AS totals USING (service)
      CROSS JOIN (SELECT if(count() = 0, 1000, argMax(operations, written)) AS allowed FROM span_metrics_settings) AS settings
    )`,
  ],
};
