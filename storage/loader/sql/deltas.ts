/**
 * Deltas of a batch in `load_points` become cumulative in `load_deltas` and `load_delta_histograms`, from where they are stored. Each series
 * goes on from its last sample of the day before the batch, and began when its first delta did.
 */
import { NATIVE_POINTS, SPLIT_COLUMNS, STALE } from './metrics.ts';

const NEVER = "toDateTime64(0, 3, 'UTC')";

/** Of what is stored of the batch's delta series: the last sample before the batch's first one, and all from there on. */
const STORED = `WITH oldest AS (SELECT arrayJoin(values.id) AS id, min(ts) AS oldest FROM load_points WHERE delta GROUP BY id),
  stored AS (
    SELECT s.id AS id, s.ts AS at, o.oldest AS oldest, if(s.int = 0, s.float, s.int + s.float) AS total, s.start AS began
    FROM samples AS s INNER JOIN oldest AS o USING (id)
    WHERE s.id IN (SELECT id FROM oldest) AND reinterpretAsUInt64(s.float) != 9218868437227405314
      AND s.ts >= (SELECT min(ts) - INTERVAL 1 DAY FROM load_points WHERE delta)
  )
  SELECT id, max(at) AS ts, argMax(began, (at, total)) AS start, argMax(total, (at, total)) AS value
  FROM stored WHERE at < oldest GROUP BY id
  UNION ALL
  SELECT id, at AS ts, argMax(began, total) AS start, max(total) AS value FROM stored WHERE at >= oldest GROUP BY id, at`;

/**
 * A delta that comes later than a newer one is added to all that come after it: those are written once more. `lowered` are those that
 * became less by it. A delta of a time that the series has already was sent twice.
 */
export const STAGE_DELTAS = `INSERT INTO load_deltas (token, id, ts, int, float, start, lowered)
  SELECT {token:String}, id, ts, ${SPLIT_COLUMNS}, start, lowered FROM (
    SELECT id, ts, start, if(stale, ${STALE}, total) AS value, fresh = 0 AND more < 0 AS lowered FROM (
      SELECT id, ts, fresh, stale, ifNull(any(nullIf(start, ${NEVER})) OVER so_far, ${NEVER}) AS start,
        sum(if(resent, 0, added)) OVER so_far AS more, ifNull(anyLast(known) OVER so_far, 0) + more AS total, resent
      FROM (
        SELECT *, fresh AND row_number() OVER (PARTITION BY id, ts ORDER BY fresh, stale, added DESC) > 1 AS resent FROM (
          SELECT v.id AS id, ts, start, stale, if(stale, 0, v.value) AS added, CAST(NULL, 'Nullable(Float64)') AS known, 1 AS fresh
          FROM load_points ARRAY JOIN values AS v WHERE delta
          UNION ALL
          SELECT id, ts, start, false, 0, value, 0 FROM (${STORED})
        )
      )
      WINDOW so_far AS (PARTITION BY id ORDER BY ts, fresh ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
    ) WHERE if(fresh = 1, NOT resent, more != 0)
  )`;

/** How many staged samples take the place of larger ones, which must go: of two of one time readers take the larger. */
export const LOWERED = 'SELECT countIf(lowered) AS samples FROM load_deltas';

export const INSERT_DELTAS =
  'INSERT INTO samples (id, ts, int, float, start) SELECT id, ts, int, float, start FROM load_deltas';

/** Removes what lowered samples took the place of. Done again, it finds nothing. */
export const DELETE_LOWERED = `DELETE FROM samples
  WHERE ts >= (SELECT min(ts) FROM load_deltas WHERE lowered) AND ts <= (SELECT max(ts) FROM load_deltas WHERE lowered)
    AND (id, ts) IN (SELECT id, ts FROM load_deltas WHERE lowered)
    AND (id, ts, int, float) NOT IN (SELECT id, ts, int, float FROM load_deltas WHERE lowered)`;

/** The batch's own histograms of delta temporality; of those that were sent twice, one. Columns as `queryable/histogram-columns.ts` reads them. */
export const DELTA_HISTOGRAMS = `SELECT id, ts, start, stale, schema, toInt8(0) AS hint, count, sum, zero_threshold, zero_count,
    positive.1, positive.2, positive.3, negative.1, negative.2, negative.3, CAST([], 'Array(Float64)')
  FROM (${NATIVE_POINTS} WHERE delta) ORDER BY id, ts, stale, count DESC LIMIT 1 BY id, ts`;

/** What is stored of their series: the last histogram before the batch's first one, and all from there on. Gauges are no sums. */
export const STORED_HISTOGRAMS = (columns: string): string => `SELECT ${columns} FROM (
    SELECT h.* FROM native_histograms AS h
    INNER JOIN (SELECT arrayJoin(exponential.id) AS id, min(ts) AS oldest FROM load_points WHERE delta GROUP BY id) AS o USING (id)
    WHERE h.id IN (SELECT arrayJoin(exponential.id) FROM load_points WHERE delta) AND NOT h.stale AND h.hint != 'gauge'
      AND h.ts >= (SELECT min(ts) - INTERVAL 1 DAY FROM load_points WHERE delta)
    ORDER BY h.id, h.ts DESC, h.count DESC LIMIT 1 BY h.id, greatest(h.ts, o.oldest - INTERVAL 1 MILLISECOND)
  ) ORDER BY id, ts`;

const HISTOGRAM = `id, ts, start, stale, schema, count, sum, zero_threshold, zero_count, positive_offsets, positive_lengths, positive_counts,
    negative_offsets, negative_lengths, negative_counts, custom_values`;
/** Takes rows as JSON objects. */
export const STAGE_HISTOGRAMS = `INSERT INTO load_delta_histograms (token, ${HISTOGRAM}) FORMAT JSONEachRow`;
export const INSERT_DELTA_HISTOGRAMS = `INSERT INTO native_histograms (${HISTOGRAM}) SELECT ${HISTOGRAM} FROM load_delta_histograms`;
