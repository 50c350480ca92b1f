/** What of a run of two hours is kept, in SQL. A run is what the sorting key of `samples` begins with; `{from}` is its begin. */

const RUN = `ts >= {from:DateTime64(3, 'UTC')} AND ts < {from:DateTime64(3, 'UTC')} + INTERVAL 2 HOUR
  AND id % {slices:UInt64} = {slice:UInt64}`;

const WINDOW = 'toStartOfInterval(ts, INTERVAL 5 MINUTE)';

/** Series that only rise but for resets, as their metrics' types say; of a metric without a type, as its name says. */
const COUNTERS = `SELECT id FROM series
  WHERE name IN (SELECT name FROM metric_meta WHERE type = 'counter')
    OR name != family AND family IN (SELECT name FROM metric_meta WHERE type IN ('histogram', 'summary'))
    OR family NOT IN (SELECT name FROM metric_meta) AND match(name, '_(total|bucket)$')`;

/** A sample together with its neighbours in the run. `figure` is what falls at a reset. */
const withNeighbours = (table: string, columns: string, figure: string): string => `
  SELECT ${columns}, stale, ${figure} AS figure, ${WINDOW} AS window,
    lagInFrame(ts) OVER w AS previous_ts, leadInFrame(ts) OVER w AS next_ts, row_number() OVER w = 1 AS is_head, next_ts < ts AS is_tail,
    is_head OR lagInFrame(${WINDOW}) OVER w != window AS is_first, is_tail OR leadInFrame(${WINDOW}) OVER w != window AS is_last,
    NOT is_head AND lagInFrame(stale) OVER w AS after_stale, NOT is_tail AND leadInFrame(stale) OVER w AS before_stale,
    NOT is_head AND (figure < lagInFrame(${figure}) OVER w OR start > previous_ts AND start != lagInFrame(start) OVER w) AS is_reset,
    NOT is_tail AND (figure > leadInFrame(${figure}) OVER w OR leadInFrame(start) OVER w > ts AND start != leadInFrame(start) OVER w) AS before_reset
  FROM ${table} WHERE ${RUN}
  WINDOW w AS (PARTITION BY id ORDER BY ts ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)`;

/**
 * A turn is where a series ends or begins anew: the samples on both sides of a counter's reset and of a staleness marker, the first
 * marker itself, and a counter's first sample of the run, because what was before it is not seen here.
 */
const kept = (counts: string): string => `multiIf(
    stale, if(NOT after_stale OR is_first, 'turn', ''),
    after_stale OR before_stale OR ${counts} AND (is_head OR is_reset OR before_reset), 'turn',
    is_last, 'last', is_first, 'first', '')`;

const FLOATS = 'id, ts, int, float, start';
/** A staleness marker is a NaN, which neither rises nor falls. */
export const INSERT_SAMPLES = `INSERT INTO samples_5m (role, ${FLOATS})
  SELECT ${kept(`id IN (${COUNTERS})`)} AS role, ${FLOATS}
  FROM (${withNeighbours('samples_rolling', FLOATS, 'if(int = 0, float, int + float)')}) WHERE role != ''`;

const HISTOGRAMS = `id, ts, start, schema, hint, count, sum, zero_threshold, zero_count, positive_offsets, positive_lengths,
  positive_counts, negative_offsets, negative_lengths, negative_counts, custom_values`;
export const INSERT_HISTOGRAMS = `INSERT INTO native_histograms_5m (role, stale, ${HISTOGRAMS})
  SELECT ${kept("hint != 'gauge'")} AS role, stale, ${HISTOGRAMS}
  FROM (${withNeighbours('native_histograms_rolling', HISTOGRAMS, 'count')}) WHERE role != ''`;

const whole = 'total = floor(total) AND abs(total) <= 9007199254740992';
/** Each window's lowest and highest sample, where they are not its first or last one, and its sum with the number of its samples. */
export const INSERT_FIGURES = `INSERT INTO samples_5m (role, ${FLOATS}, count)
  SELECT row.1 AS role, id, row.2.1 AS ts, row.2.2 AS int, row.2.3 AS float, row.2.4 AS start, row.3 AS count FROM (
    SELECT id, arrayJoin(arrayConcat(
      if(id IN (${COUNTERS}), [], arrayFilter(r -> r.2.1 NOT IN (oldest, newest) AND finite > 0, [('low', low, 0), ('high', high, 0)])),
      [('sum', (newest, if(${whole}, toInt64(total), 0), if(${whole}, 0, total), toDateTime64(0, 3, 'UTC')), points)])) AS row
    FROM (
      SELECT id, min(ts) AS oldest, max(ts) AS newest, uniqExact(ts) AS points, countIf(NOT isNaN(v)) AS finite,
        argMinIf((ts, int, float, start), v, NOT isNaN(v)) AS low, argMaxIf((ts, int, float, start), v, NOT isNaN(v)) AS high,
        if(points = count(), sum(v), sum(v) / count() * points) AS total
      FROM (SELECT ${FLOATS}, if(int = 0, float, int + float) AS v FROM samples_rolling WHERE ${RUN} AND NOT stale)
      GROUP BY toStartOfInterval(ts, INTERVAL 2 HOUR), id, ${WINDOW}
    )
  )`;

/** The runs of a day that is rolled up: begin, rows, and what tells them from any other rows. */
export const runsOf = (table: string, tells: string): string => `SELECT
    toUnixTimestamp(toStartOfInterval(ts, INTERVAL 2 HOUR)) * 1000 AS from, count() AS rows,
    groupBitXor(cityHash64(id, ts, ${tells})) AS fingerprint
  FROM ${table} WHERE _partition_id = {partition:String} GROUP BY from ORDER BY from`;
