/**
 * A point of a classic histogram or summary without a recorded value ends every series of its label set. It need not list bounds or
 * quantiles, so they are looked for where they are: in `series`, and in the points that came in the same load.
 */
import { STALE } from './metrics.ts';

/** How long after its last sample a series still answers. */
const LIVE = 'INTERVAL 5 MINUTE';

const POINTS = `SELECT toString(family) AS family, arrayMap(l -> (toString(l.1), l.2), labels) AS labels,
    arraySum(arrayMap(l -> sipHash64(l.1, l.2), labels)) AS key, ts, stale, values
  FROM load_points WHERE type IN ('histogram', 'summary')`;

const NAMES = `SELECT DISTINCT concat(toString(family),
    arrayJoin([if(type = 'summary', '', '_bucket'), '_count', '_sum'])) FROM load_points
  WHERE stale AND type IN ('histogram', 'summary')`;

/** Series by family and hash of the label set that they share. */
const MEMBERS = `SELECT toString(family) AS family, id, substring(toString(name), length(family) + 1) AS suffix,
    multiIf(suffix = '_bucket', 'le', suffix = '', 'quantile', '') AS label, labels[label] AS text,
    arraySum(arrayMap(l -> if(l.1 = label, toUInt64(0), sipHash64(l.1, l.2)), CAST(labels, 'Array(Tuple(String, String))'))) AS key,
    toDateTime64(first, 3, 'UTC') AS since, toDateTime64(last, 3, 'UTC') AS until
  FROM series WHERE name IN (${NAMES})
  UNION ALL
  SELECT family, v.id, toString(v.suffix), toString(v.label), toString(v.text), key, min(ts), max(ts)
  FROM (${POINTS}) ARRAY JOIN values AS v WHERE NOT stale GROUP BY ALL`;

/** Adds staleness markers for the series that such points do not list themselves to the batch, a point for each. */
export const INSERT_STALE_POINTS = `INSERT INTO load_points (family, labels, ts, stale, values)
  SELECT family, labels, ts, true, [(id, suffix, label, text, ${STALE})] FROM (
    SELECT DISTINCT p.family AS family, p.labels AS labels, p.ts AS ts, m.id AS id, m.suffix AS suffix, m.label AS label, m.text AS text
    FROM (SELECT * FROM (${POINTS}) WHERE stale AND notEmpty(values)) AS p
    INNER JOIN (${MEMBERS}) AS m USING (family, key)
    WHERE m.since <= p.ts AND m.until > p.ts - ${LIVE} AND NOT has(p.values.id, m.id)
  )`;
