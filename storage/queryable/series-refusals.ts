import { z } from 'zod';
import { type LabelMatcher, METRIC_NAME } from '../../model/labels.ts';
import type { Clock } from '../../model/units.ts';
import { compileMatcher } from '../../promql/matcher.ts';
import { quote } from '../../promql/parse-error.ts';
import type { WarningsRequest } from '../../promql/queryable.ts';
import type { Reader } from '../clickhouse/clickhouse.ts';
import type { Guard } from './series-catalog.ts';

const CAMPAIGN = 'campaign_id';
const SUFFIXES = ['', '_bucket', '_count', '_sum'];
const MAX_AGE_MS = 5_000;
const MINUTE_MS = 60_000;
/** More would not be read; a query over everything might touch any number. */
const MAX_WARNINGS = 10;

const knownRow = z.object({
  metric: z.string(),
  campaign: z.string(),
  first: z.coerce.number(),
  last: z.coerce.number(),
});
type Known = z.infer<typeof knownRow>;

const refusedRow = z.object({
  metric: z.string(),
  campaign: z.string(),
  allowed: z.coerce.number(),
  series: z.coerce.number(),
});

const KNOWN = `SELECT metric, campaign, toUnixTimestamp(min(minute)) * 1000 AS first, toUnixTimestamp(max(minute)) * 1000 AS last
  FROM series_refusals GROUP BY metric, campaign ORDER BY last DESC LIMIT 1000`;

const REFUSED = `SELECT metric, campaign, max(r.allowed) AS allowed, uniqCombinedMerge(12)(r.series) AS series
  FROM series_refusals AS r
  WHERE (metric, campaign) IN (SELECT arrayJoin(arrayZip({metrics:Array(String)}, {campaigns:Array(String)})))
    AND minute >= fromUnixTimestamp({start:Int64}) AND minute <= fromUnixTimestamp({end:Int64})
  GROUP BY metric, campaign ORDER BY sum(samples) DESC LIMIT {limit:UInt64}`;

/** What the limit of series refused, as warnings to the queries that it makes incomplete. */
export class SeriesRefusals {
  readonly #clickhouse: Reader;
  readonly #clock: Clock;
  readonly #guard: Guard;
  #known: readonly Known[] = [];
  #readAt = Number.NEGATIVE_INFINITY;
  #reading: Promise<void> | undefined;

  constructor(options: { readonly clickhouse: Reader; readonly clock: Clock }, guard: Guard) {
    this.#clickhouse = options.clickhouse;
    this.#clock = options.clock;
    this.#guard = guard;
  }

  /** One text for each metric and campaign that a selector may touch and of which series were refused in the range. */
  async warnings({ matchers, startMs, endMs, abort }: WarningsRequest): Promise<string[]> {
    await this.#fresh();
    const touched = this.#known.filter(
      (known) => known.first <= endMs && known.last + MINUTE_MS > startMs && mayTouch(matchers, known),
    );
    if (touched.length === 0) return [];
    const rows = await this.#guard(() =>
      this.#clickhouse.rows({
        sql: REFUSED,
        parameters: {
          metrics: touched.map(({ metric }) => metric),
          campaigns: touched.map(({ campaign }) => campaign),
          start: Math.max(0, Math.floor(startMs / MINUTE_MS) * 60),
          end: Math.max(0, Math.floor(endMs / 1_000)),
          limit: MAX_WARNINGS,
        },
        what: 'promql refused series',
        ...(abort && { abort }),
      }),
    );
    return rows.map((row) => warning(refusedRow.parse(row)));
  }

  async #fresh(): Promise<void> {
    if (this.#clock.monotonic() - this.#readAt <= MAX_AGE_MS) return;
    this.#reading ??= this.#read().finally(() => {
      this.#reading = undefined;
    });
    await this.#reading;
  }

  async #read(): Promise<void> {
    const began = this.#clock.monotonic();
    const rows = await this.#guard(() =>
      this.#clickhouse.rows({ sql: KNOWN, what: 'promql refused series' }),
    );
    this.#known = rows.map((row) => knownRow.parse(row));
    this.#readAt = began;
  }
}

/** Whether the selector could match a series of the family: by its name with any suffix, and by its campaign. */
function mayTouch(matchers: readonly LabelMatcher[], { metric, campaign }: Known): boolean {
  const tests = (name: string) =>
    matchers.filter((matcher) => matcher.name === name).map((matcher) => compileMatcher(matcher));
  const names = tests(METRIC_NAME);
  return (
    tests(CAMPAIGN).every((test) => test(campaign)) &&
    SUFFIXES.some((suffix) => names.every((test) => test(metric + suffix)))
  );
}

function warning({ metric, campaign, allowed, series }: z.infer<typeof refusedRow>): string {
  const where = campaign === '' ? 'outside of campaigns' : `in campaign ${quote(campaign)}`;
  return (
    `about ${series} new series of metric ${quote(metric)} ${where} were refused in this range, beyond ${allowed} active ones: ` +
    'sums and counts may be too low. Drop the label whose values explode, or raise limits.seriesPerMetric'
  );
}
