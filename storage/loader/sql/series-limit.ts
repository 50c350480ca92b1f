/**
 * The limit of active series by metric family and campaign, on a batch in `load_points`. The unit is a label set of a family with all
 * series that come of it, so that a histogram is taken or refused whole. A series is active from `{since:DateTime64(3, 'UTC')}` on: it
 * had a sample after that, or its row was written after that, which happens at its birth and then in every hour that it reports.
 */

/** Identifies a point's label set within its family. */
const KEY = `arraySum(arrayMap(l -> sipHash64(l.name, l.value), labels)) + sipHash64('family', family)`;
const CAMPAIGN = `arrayFirst(l -> l.name = 'campaign_id', labels).value`;
const IDS = 'arrayConcat(values.id, exponential.id, native.id)';
const ACTIVE = `family IN (SELECT DISTINCT toString(family) FROM load_points)
  AND (last > {since:DateTime64(3, 'UTC')} OR written > {since:DateTime64(3, 'UTC')})`;

/**
 * Finds the label sets that have no place: those with series that are not active yet, oldest first, from where their number and that of
 * the active ones pass `{allowed:UInt64}`. The answer hangs on the batch and on `series` alone, and what it lets in does not change it, so a load
 * that is repeated refuses the same.
 */
export const INSERT_REFUSED = `INSERT INTO load_refused (key, family, campaign, series)
  SELECT key, family, campaign, born FROM (
    SELECT key, family, campaign, born, sum(born) OVER (PARTITION BY family, campaign ORDER BY since, key
      ROWS UNBOUNDED PRECEDING) AS needed
    FROM (
      SELECT key, family, campaign, min(ts) AS since, uniqExact(id) AS born
      FROM (SELECT ${KEY} AS key, toString(family) AS family, ${CAMPAIGN} AS campaign, ts, arrayJoin(${IDS}) AS id FROM load_points)
      WHERE id NOT IN (SELECT id FROM series WHERE ${ACTIVE})
      GROUP BY key, family, campaign
    )
  ) AS b
  LEFT JOIN (
    SELECT toString(family) AS family, toString(campaign) AS campaign, uniqExact(id) AS active FROM series WHERE ${ACTIVE}
    GROUP BY family, campaign
  ) AS a USING (family, campaign)
  WHERE needed + a.active > {allowed:UInt64}`;

const IS_REFUSED = `${KEY} IN (SELECT key FROM load_refused)`;

/** What is refused, by family and campaign: new series, and the samples and exemplars of their label sets. */
export const REFUSED = `SELECT r.family AS metric, r.campaign AS campaign, any(r.series) AS series, sum(p.samples) AS samples,
    sum(p.exemplars) AS exemplars
  FROM (SELECT toString(family) AS family, toString(campaign) AS campaign, sum(series) AS series FROM load_refused
    GROUP BY family, campaign) AS r
  INNER JOIN (SELECT toString(family) AS family, ${CAMPAIGN} AS campaign, length(values) + length(exponential) + length(native) AS samples,
      length(exemplars) AS exemplars FROM load_points WHERE ${IS_REFUSED}) AS p USING (family, campaign)
  GROUP BY metric, campaign`;

/** Writes down what is refused; a token makes it once. */
export const INSERT_REFUSALS = `INSERT INTO series_refusals (metric, campaign, minute, allowed, series, samples, exemplars)
  SELECT family, campaign, toStartOfMinute(toDateTime(ts, 'UTC')) AS minute, {allowed:UInt64}, uniqCombinedStateArray(12)(ids),
    sum(length(ids)), sum(exemplars)
  FROM (SELECT toString(family) AS family, ${CAMPAIGN} AS campaign, ts, ${IDS} AS ids, length(exemplars) AS exemplars FROM load_points
    WHERE ${IS_REFUSED})
  GROUP BY family, campaign, minute ORDER BY family, campaign, minute`;

/** Takes what is refused out of the batch. */
export const DELETE_REFUSED = `ALTER TABLE load_points DELETE WHERE ${IS_REFUSED}`;
