/**
 * A segment of remote writes is read into `load_points` as metrics are, one row a sample or histogram. The `_bucket`, `_count` and
 * `_sum` of a classic histogram share a family, so that a limit of series takes or refuses them together. What senders say of
 * metrics comes in rows without samples, which are the only ones with a type.
 */
import { literal } from '../../clickhouse/literal.ts';
import { STALE_BITS } from './metrics.ts';

const milliseconds = (ms: string): string => `fromUnixTimestamp64Milli(toInt64(${ms}), 'UTC')`;
const NEVER = milliseconds('0');

const none = (type: string): string => `CAST([], ${literal(`Array(${type})`)})`;
const SIDE = 'Tuple(Array(Int32), Array(UInt32), Array(Float64))';
const NO_LABELS = none('Tuple(String, String)');
const NO_VALUES = none('Tuple(UInt64, String, String, String, Float64)');
const NO_NATIVE = none(
  `Tuple(UInt64, Int8, Int8, Float64, Float64, Float64, Float64, ${SIDE}, ${SIDE}, Array(Float64))`,
);
const NO_EXEMPLARS = none(
  "Tuple(UInt64, DateTime64(3, 'UTC'), Float64, String, String, Map(String, String))",
);

const TYPES = "['unknown', 'counter', 'gauge', 'histogram', 'gaugehistogram', 'summary', 'info', 'stateset']";

/** One side of a histogram. Integer counts come as differences to the bucket before. */
const side = (name: string): string => `(h.${name}_spans.offset, h.${name}_spans.length,
    if(h.count = 'count_float', h.${name}_counts, CAST(arrayCumSum(h.${name}_deltas), 'Array(Float64)')))`;

/** A histogram: its times, whether it ends the series, and what it holds. */
const HISTOGRAM = `(h.timestamp, h.start_timestamp, reinterpretAsUInt64(h.sum) = ${STALE_BITS},
    (toInt8(h.schema), toInt8(if(h.reset_hint < 4, h.reset_hint, 0)),
      if(h.count = 'count_float', h.count_float, toFloat64(h.count_int)), h.sum, h.zero_threshold,
      if(h.zero_count = 'zero_count_float', h.zero_count_float, toFloat64(h.zero_count_int)),
      ${side('positive')}, ${side('negative')}, h.custom_values))`;

/** Whether a label of an exemplar is an id that has a column of its own. */
const isId = (label: string): string => `(${label}.1 = 'trace_id' AND match(${label}.2, '^[0-9a-fA-F]{32}$')
    OR ${label}.1 = 'span_id' AND match(${label}.2, '^[0-9a-fA-F]{16}$'))`;
const idBytes = (name: string): string => `unhex(arrayFirst(l -> l.1 = '${name}' AND ${isId('l')}, e.1).2)`;

/** Rows of `load_points` from a source of `prometheus.WriteRequest`, for {@link insertWrites}. */
export function selectWrites(source: string): string {
  const entries = `SELECT arrayJoin(arrayConcat(
      arrayMap(t -> (t.labels, t.samples, t.exemplars, arrayMap(h -> ${HISTOGRAM}, t.histograms), ('', '', '', '')), timeseries),
      arrayMap(m -> (${NO_LABELS}, [], [], [], (m.metric_family_name, ${TYPES}[if(m.type < 8, m.type, 0) + 1], m.unit, m.help)),
        metadata))) AS entry
    FROM ${source}`;
  const series = `SELECT entry.2 AS samples, entry.3 AS exemplars, entry.4 AS histograms, entry.5 AS meta,
      arraySort(l -> l.1, arrayFilter(l -> l.2 != '', entry.1)) AS sorted,
      arraySum(l -> sipHash64(l.1, l.2), sorted) AS id, arrayFirst(l -> l.1 = '__name__', sorted).2 AS name,
      if(empty(histograms), extract(name, '_(?:bucket|count|sum)$'), '') AS suffix,
      if(suffix = '_bucket', arrayFirst(l -> l.1 = 'le', sorted).2, '') AS le,
      arrayMax(arrayConcat([0], samples.2, histograms.1)) AS newest
    FROM (${entries})`;
  // An exemplar that does not say when it was seen was seen by the newest sample.
  const seen = milliseconds('if(e.3 = 0, newest, e.3)');
  const exemplar = `(id, ${seen}, e.2, ${idBytes('trace_id')}, ${idBytes('span_id')},
    CAST(arrayFilter(l -> NOT ${isId('l')}, e.1), 'Map(String, String)'))`;
  const rows = `arrayConcat(
      arrayMap(s -> (${milliseconds('s.2')}, ${milliseconds('s.3')}, false,
        [(id, suffix, if(le = '', '', 'le'), le, s.1)], ${NO_NATIVE}, ${NO_EXEMPLARS}), samples),
      arrayMap(h -> (${milliseconds('h.1')}, ${milliseconds('h.2')}, h.3, ${NO_VALUES},
        [(id, h.4.1, h.4.2, h.4.3, h.4.4, h.4.5, h.4.6, h.4.7, h.4.8, h.4.9)], ${NO_EXEMPLARS}), histograms),
      arrayMap(e -> (${seen}, ${NEVER}, false, ${NO_VALUES}, ${NO_NATIVE}, [${exemplar}]), exemplars),
      if(meta.2 = '', [], [(${NEVER}, ${NEVER}, false, ${NO_VALUES}, ${NO_NATIVE}, ${NO_EXEMPLARS})]))`;
  return `SELECT if(meta.2 = '', substring(name, 1, length(name) - length(suffix)), meta.1), meta.2, meta.3, meta.4,
      labels, row.1, row.2, row.3, row.4, row.5, row.6
    FROM (SELECT name, suffix, meta, arrayFilter(l -> l.1 != '__name__' AND (le = '' OR l.1 != 'le'), sorted) AS labels,
      arrayJoin(${rows}) AS row FROM (${series}))`;
}

/** The statement that reads a segment into `load_points`. */
export const insertWrites = (source: string): string =>
  `INSERT INTO load_points (family, type, unit, help, labels, ts, start, stale, values, native, exemplars) ${selectWrites(source)}`;
