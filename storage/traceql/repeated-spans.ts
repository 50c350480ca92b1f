import { z } from 'zod';
import type { Reader } from '../clickhouse/clickhouse.ts';
import type { Window } from './candidate-reads.ts';

/** A span that was sent again has the same id and kind in the same trace; a client and a server may share an id. */
export const SAME_SPAN = 'cityHash64(trace_id, span_id, kind)';

/** A minute that nothing came for so long is remembered: a load's spans are there a little before its arrival is told. */
const SETTLED_MS = 2_000;
/** Minutes remembered: some weeks. */
const KNOWN_MAX = 50_000;
const LIMITS = { maxSeconds: 5, maxMemoryBytes: 500 * 1024 ** 2 };
const MINUTE_MS = 60_000;

const ARRIVALS = `SELECT toUInt32(if(count() = 0, 4294967295, min(minute))) AS first, toUnixTimestamp64Milli(now64(3, 'UTC')) AS now,
    groupArrayIf((toUInt32(minute), toUnixTimestamp64Milli(newest)), minute >= toDateTime({from:UInt32}, 'UTC') AND minute < toDateTime({to:UInt32}, 'UTC')) AS arrivals
  FROM (SELECT minute, max(newest) AS newest FROM span_arrivals GROUP BY minute)`;
const arrivalsRow = z.object({
  first: z.coerce.number(),
  now: z.coerce.number(),
  arrivals: z.array(z.tuple([z.coerce.number(), z.coerce.number()])),
});

/** Of the minutes that are asked for, and of those from before arrivals were written down. */
const REPEATED = `SELECT toUInt32(toStartOfMinute(time)) AS minute FROM spans
  WHERE time >= toDateTime({from:UInt32}, 'UTC') AND time < toDateTime({to:UInt32}, 'UTC')
    AND (time < toDateTime({first:UInt32}, 'UTC') OR toStartOfMinute(time) IN (SELECT toDateTime(arrayJoin({minutes:Array(UInt32)}), 'UTC')))
  GROUP BY minute HAVING count() > uniqExact(${SAME_SPAN})`;
const repeatedRow = z.object({ minute: z.coerce.number() });

interface Known {
  /** When the newest span of the minute had come that was looked at; epoch milliseconds. */
  readonly seenMs: number;
  readonly repeated: boolean;
}

/**
 * Which minutes have spans that were sent twice. Counting every span once costs three times as much as counting rows, so only those
 * minutes are counted that way. A minute is looked at once, and again when more of its spans came.
 */
export class RepeatedSpans {
  readonly #reader: Reader;
  readonly #known = new Map<number, Known>();

  constructor(reader: Reader) {
    this.#reader = reader;
  }

  /** The minutes of a range that have some, in epoch seconds. Throws `StoreError`. */
  async minutesIn(window: Window, abort: AbortSignal | undefined): Promise<readonly number[]> {
    const range = {
      from: Math.floor(window.startMs / MINUTE_MS) * 60,
      to: Math.ceil(window.endMs / MINUTE_MS) * 60,
    };
    const shared = { what: 'repeated spans', limits: LIMITS, ...(abort && { abort }) };
    const [row] = await this.#reader.rows({ ...shared, sql: ARRIVALS, parameters: range });
    const { first, now, arrivals } = arrivalsRow.parse(row);
    const open = arrivals.filter(([minute, newestMs]) => this.#known.get(minute)?.seenMs !== newestMs);
    const known = arrivals.filter(([minute, newestMs]) => {
      const one = this.#known.get(minute);
      return one?.seenMs === newestMs && one.repeated;
    });
    const repeated = new Set(known.map(([minute]) => minute));
    if (open.length === 0 && range.from >= first) return [...repeated];
    const rows = await this.#reader.rows({
      ...shared,
      sql: REPEATED,
      parameters: { ...range, first, minutes: open.map(([minute]) => minute) },
    });
    for (const found of rows) repeated.add(repeatedRow.parse(found).minute);
    if (this.#known.size > KNOWN_MAX) this.#known.clear();
    for (const [minute, newestMs] of open)
      if (now - newestMs >= SETTLED_MS)
        this.#known.set(minute, { seenMs: newestMs, repeated: repeated.has(minute) });
    return [...repeated];
  }
}
