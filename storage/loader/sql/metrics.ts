/**
 * A metrics segment is read once into `load_points`, one row a data point with its samples in an array, and written from there to
 * samples, series and the other tables. A histogram becomes `_bucket`, `_count` and `_sum`, a summary its quantiles, `_count` and
 * `_sum`; an exponential histogram stays as it is until it is stored as a native one.
 */

import { literal } from '../../clickhouse/literal.ts';
import { schemaOf, sideOf } from './exponential.ts';
import { familyName, labelName, mainUnit } from './metric-names.ts';
import { exemplarsType, flatDepth } from './otlp-schema.ts';
import { attributeMap, attributeText, valueText } from './values.ts';

/** The staleness marker, NaN 0x7ff0000000000002. */
export const STALE_BITS = '9218868437227405314';
export const STALE = `reinterpretAsFloat64(toUInt64(${STALE_BITS}))`;
const milliseconds = (nanos: string): string =>
  `fromUnixTimestamp64Milli(toInt64(intDiv(${nanos}, 1000000)), 'UTC')`;
export const nameHash = (name: string): string => `sipHash64('__name__', ${name})`;

/** An array of (name, value) as labels: no empty values, sorted, values of names that became the same joined. */
export const normal = (
  labels: string,
): string => `arrayMap(ls -> if(length(arrayDistinct(ls.1)) = length(ls), ls,
    arrayMap(n -> (n, arrayStringConcat(arrayFilter((v, m) -> m = n, ls.2, ls.1), ';')), arrayDistinct(ls.1))),
  [arraySort(l -> l.1, arrayFilter(l -> l.2 != '', ${labels}))])[1]`;

const NO_EXPONENTIAL = `CAST([], 'Array(Tuple(UInt64, Bool, Float64, Int32, UInt64, Int32, Array(UInt64), Int32, Array(UInt64),
  Nullable(Float64), Nullable(Float64), Float64))')`;
const NO_SAMPLES = "CAST([], 'Array(Tuple(String, String, String, Float64))')";

/** A point of any kind in one shape: attributes, start, time, stale, samples (suffix, label, text, value), exponential histogram, exemplars. */
const shaped = (
  points: string,
  samples: string,
  exponential = NO_EXPONENTIAL,
  exemplars = 'p.exemplars',
): string =>
  `arrayMap(p -> (p.attributes, p.start_time_unix_nano, p.time_unix_nano, bitAnd(p.flags, 1) = 1, ${samples}, ${exponential}, ${exemplars}), ${points})`;

const NUMBER_POINTS = shaped(
  'arrayConcat(m.gauge.data_points, m.sum.data_points)',
  "[('', '', '', if(p.value = 'as_int', toFloat64(p.as_int), p.as_double))]",
);

const HISTOGRAM_POINTS = shaped(
  'm.histogram.data_points',
  `arrayConcat(
    arrayMap((b, c) -> ('_bucket', 'le', toString(b), toFloat64(c)), if(empty(p.bucket_counts), [], p.explicit_bounds),
      arrayCumSum(arraySlice(p.bucket_counts, 1, if(empty(p.bucket_counts), 0, length(p.explicit_bounds))))),
    [('_bucket', 'le', '+Inf', toFloat64(p.count)), ('_count', '', '', toFloat64(p.count))],
    if(p.sum_presence = 'sum', [('_sum', '', '', p.sum)], []))`,
);

const summaryPoints = (depth: number): string =>
  shaped(
    'm.summary.data_points',
    `arrayConcat(arrayMap(q -> ('', 'quantile', toString(q.quantile), q.value), p.quantile_values),
      [('_count', '', '', toFloat64(p.count)), ('_sum', '', '', p.sum)])`,
    NO_EXPONENTIAL,
    `CAST([], ${literal(exemplarsType(depth))})`,
  );

const EXPONENTIAL_POINTS = shaped(
  'm.exponential_histogram.data_points',
  NO_SAMPLES,
  `[(p.count, p.sum_presence = 'sum', p.sum, p.scale, p.zero_count, p.positive.offset, p.positive.bucket_counts,
    p.negative.offset, p.negative.bucket_counts, if(p.min_presence = 'min', p.min, NULL), if(p.max_presence = 'max', p.max, NULL),
    p.zero_threshold)]`,
);

/** Rows of `load_points` from a source of metrics requests. */
export function selectPoints(source: string, depth: number): string {
  const labelDepth = flatDepth(depth);
  const temporality = `multiIf(m.data = 'sum', m.sum.aggregation_temporality, m.data = 'histogram',
    m.histogram.aggregation_temporality, m.exponential_histogram.aggregation_temporality)`;
  const resources = `SELECT
      arrayFilter(l -> l.2 != '', [('instance', ${attributeText('ra', 'service.instance.id')}),
        ('job', arrayStringConcat(arrayFilter(t -> t != '',
          [${attributeText('ra', 'service.namespace')}, ${attributeText('ra', 'service.name')}]), '/'))]) AS job,
      ${attributeText('ra', 'campaign.id')} AS campaign,
      arrayStringConcat(arrayMap(a -> concat(${labelName('a.key')}, '\\x02', ${valueText('a.value', depth)}),
        arrayFilter(a -> a.key NOT IN ('service.name', 'service.namespace', 'service.instance.id'), ra)), '\\x01') AS target,
      arrayJoin(rm.scope_metrics) AS sm
    FROM (SELECT arrayJoin(resource_metrics) AS rm, rm.resource.attributes AS ra FROM ${source})`;
  // Taken out of the metric first, so that what follows does not carry all of it along: that alone would double the planning.
  const metrics = `SELECT job, campaign, target, m.name AS name, m.unit AS otlp_unit, m.description AS help,
      m.data = 'sum' AND m.sum.is_monotonic AS counter, m.data = 'gauge' AS gauge,
      multiIf(counter, 'counter', m.data IN ('gauge', 'sum'), 'gauge', m.data IN ('histogram', 'exponential_histogram'), 'histogram',
        m.data = 'summary', 'summary', 'unknown') AS type,
      ${temporality} = 1 AS delta,
      arrayConcat(${NUMBER_POINTS}, ${HISTOGRAM_POINTS}, ${summaryPoints(depth)}, ${EXPONENTIAL_POINTS}) AS points
    FROM (SELECT job, campaign, target, arrayJoin(sm.metrics) AS m FROM (${resources}))`;
  const families = `SELECT job, campaign, target, ${familyName('name', 'otlp_unit', 'counter', 'gauge')} AS family, type,
      ${mainUnit('otlp_unit')} AS unit, help, delta, arrayJoin(points) AS p
    FROM (${metrics})`;
  const labelled = `SELECT family, type, unit, help, target, delta, p,
      ${normal(`arrayConcat(job, if(campaign = '' OR has(p.1.key, 'campaign.id'), [], [('campaign_id', campaign)]),
        arrayMap((n, v) -> (toString(n), ${valueText('v', labelDepth)}),
          arrayMap(k -> ${labelName('k')}, CAST(p.1.key, 'Array(LowCardinality(String))')), p.1.value))`)} AS labels,
      arraySum(arrayMap(l -> sipHash64(l.1, l.2), labels)) AS base
    FROM (${families})`;
  const id = (suffix: string, label: string, text: string): string =>
    `base + ${nameHash(`concat(family, ${suffix})`)} + if(${label} = '', toUInt64(0), sipHash64(${label}, ${text}))`;
  const number = "if(x.value = 'as_int', toFloat64(x.as_int), x.as_double)";
  return `SELECT family, type, unit, help, target, labels, ${milliseconds('p.3')}, ${milliseconds('p.2')}, delta, p.4,
      arrayMap(v -> (${id('v.1', 'v.2', 'v.3')}, v.1, v.2, v.3, if(p.4, ${STALE}, v.4)), p.5) AS rows,
      arrayMap(e -> (base + ${nameHash('family')}, e.1, e.2, e.3, e.4, e.5, e.6, e.7, e.8, e.9, e.10, e.11, e.12), p.6),
      arrayMap(x -> (
        if(empty(rows), base + ${nameHash('family')},
          arrayFirst(v -> v.3 != 'le' OR v.4 = '+Inf' OR toFloat64OrZero(v.4) >= ${number}, rows).1),
        ${milliseconds('x.time_unix_nano')}, ${number}, x.trace_id, x.span_id,
        ${attributeMap('x.filtered_attributes', 'Map(String, String)', labelDepth)}), p.7)
    FROM (${labelled})`;
}

/** The statement that reads a segment into `load_points`. */
export const insertPoints = (source: string, depth: number): string =>
  `INSERT INTO load_points (family, type, unit, help, target, labels, ts, start, delta, stale, values, exponential, exemplars)
  ${selectPoints(source, depth)}`;

const newSeries = (known: string): string =>
  `id NOT IN (SELECT id FROM series WHERE first <= {from:DateTime64(3, 'UTC')} AND last >= {to:DateTime64(3, 'UTC')}${known})`;
const NEW_SERIES = newSeries('');
/** One that held floats so far is new as a series of histograms. */
const NEW_NATIVE_SERIES = newSeries(' AND native');

/** The labels of `target_info`, of which one sample a resource is written with its newest point. */
const TARGETS = `SELECT labels, arraySum(arrayMap(l -> sipHash64(l.1, l.2), labels)) + ${nameHash("'target_info'")} AS id, ts
  FROM (
    SELECT ${normal(`arrayConcat(arrayFilter(l -> l.1 IN ('job', 'instance'), any_labels),
        arrayMap(t -> (splitByChar('\\x02', t)[1], splitByChar('\\x02', t)[2]), splitByChar('\\x01', target)))`)} AS labels, ts
    FROM (
      SELECT toString(target) AS target, arrayMap(l -> (toString(l.1), l.2), labels) AS any_labels, max(ts) AS ts
      FROM (SELECT target, arrayFilter(l -> l.1 IN ('job', 'instance'), labels) AS labels, ts FROM load_points WHERE target != '')
      WHERE notEmpty(labels) GROUP BY target, any_labels
    )
  )`;

/** Adds the batch's `target_info` to its points: from there on it is a metric like any other. */
export const INSERT_TARGET_POINTS = `INSERT INTO load_points (family, type, help, labels, ts, values)
  SELECT 'target_info', 'gauge', 'Target metadata', labels, ts, [(id, '', '', '', 1)] FROM (${TARGETS})`;

/** What a batch of points holds, so that tables that get nothing are not written to. */
export const FACTS = `SELECT
    sum(length(values)) AS samples, sumIf(length(values), delta) AS deltas, sumIf(length(exponential), NOT delta) AS exponentials,
    sumIf(length(exponential), delta) AS delta_exponentials,
    countIf(stale AND notEmpty(values) AND type IN ('histogram', 'summary')) AS ended,
    sum(length(native)) AS natives,
    sum(length(exemplars)) AS exemplars, countIf(target != '') AS targets,
    toString(toStartOfHour(minIf(ts, sampled))) AS from, toString(addHours(toStartOfHour(maxIf(ts, sampled)), 1)) AS to
  FROM (SELECT *, notEmpty(values) OR notEmpty(exponential) OR notEmpty(native) AS sampled FROM load_points)`;

/** How many series and families of the batch are not in their tables as they are. */
export const NEWS = `SELECT
    (SELECT count() FROM (SELECT DISTINCT arrayJoin(values.id) AS id FROM load_points) WHERE ${NEW_SERIES}) AS series,
    (SELECT count() FROM (SELECT DISTINCT arrayJoin(arrayConcat(exponential.id, native.id)) AS id FROM load_points)
      WHERE ${NEW_NATIVE_SERIES}) AS native,
    (SELECT count() FROM (SELECT DISTINCT toString(family), toString(type), toString(unit), toString(help) FROM load_points
        WHERE type != '')
      WHERE tuple(*) NOT IN (SELECT (name, type, unit, help) FROM metric_meta)) AS families`;

const SPLIT = `value = floor(value) AND abs(value) <= 9007199254740992 AND reinterpretAsUInt64(value) != 9223372036854775808`;
/** A `value` as the columns `int` and `float`. */
export const SPLIT_COLUMNS = `if(${SPLIT}, toInt64(value), 0), if(${SPLIT}, toFloat64(0), value)`;

/** Cumulative samples as they are. */
export const INSERT_SAMPLES = `INSERT INTO samples (id, ts, int, float, start)
  SELECT id, ts, ${SPLIT_COLUMNS}, start
  FROM (SELECT v.id AS id, ts, v.value AS value, start FROM load_points ARRAY JOIN values AS v WHERE NOT delta)`;

/** Exponential histograms as native ones. What OTLP says of resets are start times, so that no hint is needed. */
export const NATIVE_POINTS = `SELECT e.id AS id, ts, start, stale, ${schemaOf('e.scale')} AS schema,
    toFloat64(e.count) AS count, if(e.has_sum, e.sum, nan) AS sum, e.zero_threshold AS zero_threshold,
    toFloat64(e.zero_count) AS zero_count, ${sideOf('e.scale', 'e.positive_offset', 'e.positive_counts')} AS positive,
    ${sideOf('e.scale', 'e.negative_offset', 'e.negative_counts')} AS negative
  FROM load_points ARRAY JOIN exponential AS e`;

export const INSERT_NATIVE = `INSERT INTO native_histograms (id, ts, start, stale, schema, count, sum, zero_threshold, zero_count,
    positive_offsets, positive_lengths, positive_counts, negative_offsets, negative_lengths, negative_counts)
  SELECT id, ts, start, stale, schema, count, sum, zero_threshold, zero_count,
    positive.1, positive.2, positive.3, negative.1, negative.2, negative.3
  FROM (${NATIVE_POINTS} WHERE NOT delta)`;

/** Native histograms as Prometheus wrote them. */
export const INSERT_WRITTEN_NATIVE = `INSERT INTO native_histograms (id, ts, start, stale, schema, hint, count, sum, zero_threshold,
    zero_count, positive_offsets, positive_lengths, positive_counts, negative_offsets, negative_lengths, negative_counts, custom_values)
  SELECT n.id, ts, start, stale, n.schema, n.hint,
    n.count, n.sum, n.zero_threshold, n.zero_count, n.positive.offsets, n.positive.lengths, n.positive.counts,
    n.negative.offsets, n.negative.lengths, n.negative.counts, n.custom_values
  FROM load_points ARRAY JOIN native AS n`;

export const INSERT_EXEMPLARS = `INSERT INTO exemplars (id, ts, value, trace_id, span_id, labels)
  SELECT x.id, x.ts AS ts, x.value, toFixedString(x.trace_id, 16), toFixedString(x.span_id, 8), x.labels
  FROM load_points ARRAY JOIN exemplars AS x`;

const hours = 'toStartOfHour(min(ts)), addHours(toStartOfHour(max(ts)), 1), now64(3)';
const labelMap = (labels: string): string => `CAST((${labels}.1, ${labels}.2), 'Map(String, String)')`;

export const INSERT_SERIES = `INSERT INTO series (family, name, id, labels, first, last, written)
  SELECT any(family), name, id, any(${labelMap('sorted')}), ${hours}
  FROM (
    SELECT toString(family) AS family, concat(family, v.suffix) AS name, v.id AS id, ts, arraySort(l -> l.1, arrayConcat(
        arrayMap(l -> (toString(l.1), l.2), labels), if(v.label = '', [], [(toString(v.label), v.text)]))) AS sorted
    FROM load_points ARRAY JOIN values AS v WHERE ${NEW_SERIES}
  ) GROUP BY name, id`;

export const INSERT_NATIVE_SERIES = `INSERT INTO series (family, name, id, labels, first, last, written, native)
  SELECT name AS family, name, id, any(${labelMap('sorted')}), ${hours}, true
  FROM (
    SELECT toString(family) AS name, id, ts, arrayMap(l -> (toString(l.1), l.2), labels) AS sorted
    FROM load_points ARRAY JOIN arrayConcat(exponential.id, native.id) AS id WHERE ${NEW_NATIVE_SERIES}
  ) GROUP BY name, id`;

export const INSERT_META = `INSERT INTO metric_meta (name, type, unit, help, written)
  SELECT name, any(type), any(unit), any(help), now64(3)
  FROM (SELECT toString(family) AS name, toString(type) AS type, toString(unit) AS unit, toString(help) AS help FROM load_points
    WHERE type != '')
  WHERE (name, type, unit, help) NOT IN (SELECT (name, type, unit, help) FROM metric_meta) GROUP BY name`;
