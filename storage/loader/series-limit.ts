import { z } from 'zod';
import type { ClickHouse } from '../clickhouse/clickhouse.ts';
import * as sql from './sql/series-limit.ts';

/** What one load refused of a metric in a campaign, because it has as many active series as it may. */
export interface Refusal {
  /** The family: no `_bucket`, `_count`, `_sum`. */
  readonly metric: string;
  /** '' for samples of no campaign. */
  readonly campaign: string;
  /** New series that were refused. */
  readonly series: number;
  /** Samples of theirs; a native histogram is one. */
  readonly samples: number;
  readonly exemplars: number;
}

const refusal = z.object({
  metric: z.string(),
  campaign: z.string(),
  series: z.coerce.number(),
  samples: z.coerce.number(),
  exemplars: z.coerce.number(),
});

const HOUR_MS = 3_600_000;

/** What a series was last heard of to be active: in this hour or the one before. */
const activeSince = (acceptedMs: number): string =>
  new Date(Math.floor(acceptedMs / HOUR_MS) * HOUR_MS - HOUR_MS).toISOString().slice(0, -1).replace('T', ' ');

/**
 * Takes the label sets out of `load_points` whose new series would be more than `allowed` active ones of their metric and campaign, and
 * writes down in `series_refusals` what that was. Series that are active already are never touched. Done again for the same batch, it
 * refuses the same and counts it once: `acceptedMs` is when the batch was accepted, `token` the batch's own.
 */
export async function refuseExcessSeries(
  clickhouse: ClickHouse,
  batch: { readonly acceptedMs: number; readonly token: string },
  allowed: number,
  settings: Readonly<Record<string, string | number>>,
): Promise<readonly Refusal[]> {
  const shared = { what: 'limit series', load: true };
  const parameters = { since: activeSince(batch.acceptedMs), allowed };
  await clickhouse.command({ ...shared, sql: 'TRUNCATE TABLE load_refused' });
  const { rows } = await clickhouse.command({ ...shared, sql: sql.INSERT_REFUSED, parameters });
  if (rows === 0) return [];
  const refused = await clickhouse.rows({ ...shared, sql: sql.REFUSED });
  await clickhouse.command({
    ...shared,
    sql: sql.INSERT_REFUSALS,
    parameters: { allowed },
    settings: { ...settings, insert_deduplication_token: `${batch.token}-refusals` },
  });
  await clickhouse.command({ ...shared, sql: sql.DELETE_REFUSED });
  return refused.map((row) => refusal.parse(row));
}
