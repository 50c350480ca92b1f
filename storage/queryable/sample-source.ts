import { z } from 'zod';
import type { Clock } from '../../model/units.ts';
import type { ReadFigures } from '../../promql/queryable.ts';
import type { Reader } from '../clickhouse/clickhouse.ts';
import type { Guard } from './series-catalog.ts';

/** What a rolled-up sample is to its window of 5 minutes; `sum` is none, but the window's sum and count. */
type Role = 'last' | 'first' | 'turn' | 'low' | 'high' | 'sum';

/** Where samples are read from. */
export interface SampleSource {
  readonly resolution: ReadFigures['resolution'];
  /** A table expression with `id, ts, value, stale, start, weight`, of rows that `where` holds for. */
  samples(where: string): string;
  /** A table expression with the columns of native histograms. */
  histograms(columns: string, where: string): string;
  /** Whether a sample may stand for several, `weight` of them: its value is their sum. */
  readonly weighted: boolean;
}

const SUMS: ReadonlySet<string> = new Set(['sum_over_time', 'avg_over_time', 'count_over_time']);
/** Lowest and highest samples are kept only where they are not among the others. */
const EXTREMES: Readonly<Record<string, readonly Role[]>> = {
  min_over_time: ['last', 'first', 'turn', 'low'],
  ts_of_min_over_time: ['last', 'first', 'turn', 'low'],
  max_over_time: ['last', 'first', 'turn', 'high'],
  ts_of_max_over_time: ['last', 'first', 'turn', 'high'],
};
/**
 * Samples evenly 5 minutes apart, and the turns. The first ones beside them would make a rate look as if its samples were seconds
 * apart, and so not reach to the ends of its range.
 */
const EVEN: readonly Role[] = ['last', 'turn'];
/**
 * With both ends of each window, neighbours are less than 5 minutes apart wherever the samples themselves were: at every time an instant
 * selector finds one exactly when it would have.
 */
const ENDS: readonly Role[] = ['last', 'first', 'turn'];
const BOTH_ENDS: ReadonlySet<string> = new Set([
  '',
  'last_sample',
  'last_over_time',
  'first_over_time',
  'present_over_time',
  'absent_over_time',
  'ts_of_last_over_time',
  'ts_of_first_over_time',
]);

/** Which of a window's rows serve a function over a range; `rangeMs` 0 is an instant selector. */
function rolesFor(func: string, rangeMs: number): readonly Role[] {
  if (rangeMs === 0) return ENDS;
  if (SUMS.has(func)) return ['sum'];
  return EXTREMES[func] ?? (BOTH_ENDS.has(func) ? ENDS : EVEN);
}

const COLUMNS = 'id, ts, value, stale, start';
const RAW: SampleSource = {
  resolution: 'raw',
  weighted: false,
  samples: (where) => `(SELECT ${COLUMNS} FROM samples WHERE ${where})`,
  histograms: (columns, where) => `(SELECT ${columns} FROM native_histograms WHERE ${where})`,
};

/** A day whose first roll-up goes on is read as it was: its sums are not whole yet. */
const WHOLE_DAYS = `toDate(ts) NOT IN (SELECT day FROM roll_ups GROUP BY day HAVING max(state) = 'begun')`;

function rolledUp(resolution: ReadFigures['resolution'], func: string, rangeMs: number): SampleSource {
  const weighted = rangeMs > 0 && SUMS.has(func);
  const roles = listOf(rolesFor(func, rangeMs));
  const weight = (of: string): string => (weighted ? `, ${of} AS weight` : '');
  const kept = weighted ? `role = 'sum' AND ${WHOLE_DAYS}` : `role IN (${roles})`;
  return {
    resolution,
    weighted,
    samples: (where) => `(SELECT ${COLUMNS}${weight('toUInt32(1)')} FROM samples WHERE ${where}
      UNION ALL SELECT ${COLUMNS}${weight('toUInt32(1)')} FROM samples_rolling WHERE ${where}
      UNION ALL SELECT ${COLUMNS}${weight('count')} FROM samples_5m WHERE ${kept} AND ${where})`,
    histograms: (columns, where) => `(SELECT ${columns} FROM native_histograms WHERE ${where}
      UNION ALL SELECT ${columns} FROM native_histograms_rolling WHERE ${where}
      UNION ALL SELECT ${columns} FROM native_histograms_5m
        WHERE role IN (${listOf(rangeMs === 0 ? ENDS : EVEN)}) AND ${where})`,
  };
}

const listOf = (roles: readonly Role[]): string => roles.map((role) => `'${role}'`).join(', ');

const DAY_MS = 86_400_000;
const MAX_AGE_MS = 5_000;
const boundaryRow = z.object({ day: z.coerce.number() });

/** Knows up to when samples may be rolled up, and so where a range is read from. */
export class SampleSources {
  readonly #clickhouse: Reader;
  readonly #clock: Clock;
  readonly #guard: Guard;
  /** Every sample from here on is as it came. */
  #rawFromMs = 0;
  #readAt = Number.NEGATIVE_INFINITY;
  #reading: Promise<void> | undefined;

  constructor(options: { readonly clickhouse: Reader; readonly clock: Clock }, guard: Guard) {
    this.#clickhouse = options.clickhouse;
    this.#clock = options.clock;
    this.#guard = guard;
  }

  /** For the samples in (startMs, endMs] and the function over them. */
  async of(
    { startMs, endMs }: { readonly startMs: number; readonly endMs: number },
    func: string,
    rangeMs: number,
  ): Promise<SampleSource> {
    await this.#fresh();
    if (startMs + 1 >= this.#rawFromMs) return RAW;
    return rolledUp(endMs < this.#rawFromMs ? '5m' : 'mixed', func, rangeMs);
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
    const [row] = await this.#guard(() =>
      this.#clickhouse.rows({
        sql: 'SELECT if(count() = 0, -1, toInt64(toUInt32(max(day)))) AS day FROM roll_ups',
        what: 'promql roll-ups',
      }),
    );
    this.#rawFromMs = (boundaryRow.parse(row).day + 1) * DAY_MS;
    this.#readAt = began;
  }
}
