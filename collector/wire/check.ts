import { SIGNAL_ITEM, type Signal } from '../../model/telemetry.ts';
import { type EpochMs, epochMs } from '../../model/units.ts';
import { MESSAGE } from './field-table.ts';
import { whereIs } from './place.ts';
import { describeFailure, type ReasonName, reasonOf } from './reasons.ts';
import { applyEdits } from './rewrite.ts';
import { REQUEST_MESSAGE } from './schema.ts';
import { COUNT, WireWalk } from './walk.ts';

/** Items by what they are; every member is 0 for traces and logs. */
interface PointKinds {
  readonly gauge: number;
  readonly sum: number;
  readonly histogram: number;
  readonly exponentialHistogram: number;
  readonly summary: number;
}

/** A request that can be stored, in whole or in part. */
export interface CheckedBody {
  readonly ok: true;
  /** What to store: the very buffer that came in where nothing had to be cut. May hold no items. */
  readonly body: Buffer;
  /** Spans, data points or log records in `body`. */
  readonly items: number;
  /** Rows that the loader will write for `body`. */
  readonly rows: number;
  readonly kinds: PointKinds;
  /** Items that were cut out. */
  readonly rejected: number;
  readonly rejectedByReason: ReadonlyMap<ReasonName, number>;
  /** Why, for `partial_success.error_message`; empty if nothing was cut. */
  readonly message: string;
  /** Times that the items of `body` carry, down to the millisecond; null where none carries one. */
  readonly oldestMs: EpochMs | null;
  readonly newestMs: EpochMs | null;
}

/** A body that is not protobuf down to its items; what is in it cannot be counted. */
export interface MalformedBody {
  readonly ok: false;
  readonly message: string;
}

/**
 * Checks one OTLP request in one walk over its bytes.
 *
 * What is bad inside an item (ids, text, wire types, times, nesting) is cut out and counted; what is bad in a
 * resource, a scope or a metric refuses all items under it. A body whose framing is broken is refused as a whole.
 */
export function checkBody(signal: Signal, body: Buffer): CheckedBody | MalformedBody {
  const walk = new WireWalk(body);
  if (!walk.request(MESSAGE[REQUEST_MESSAGE[signal]])) {
    return {
      ok: false,
      message: `the body is not an ${REQUEST_MESSAGE[signal]}: ${describeFailure(walk.fatal)}`,
    };
  }
  const counters = walk.counters;
  const rejected = counters[COUNT.rejected]!;
  const timed = counters[COUNT.oldestHigh] !== Number.POSITIVE_INFINITY;
  return {
    ok: true,
    body: walk.edits.length === 0 ? body : applyEdits(body, walk.edits),
    items: counters[COUNT.items]!,
    rows: counters[COUNT.rows]!,
    kinds: {
      gauge: counters[COUNT.gauge]!,
      sum: counters[COUNT.sum]!,
      histogram: counters[COUNT.histogram]!,
      exponentialHistogram: counters[COUNT.exponentialHistogram]!,
      summary: counters[COUNT.summary]!,
    },
    rejected,
    rejectedByReason: countByReason(walk.rejections),
    message: walk.rejections.length === 0 ? '' : explain(signal, body, walk),
    oldestMs: timed ? nanoToMs(counters[COUNT.oldestHigh]!, counters[COUNT.oldestLow]!) : null,
    newestMs: timed ? nanoToMs(counters[COUNT.newestHigh]!, counters[COUNT.newestLow]!) : null,
  };
}

function nanoToMs(high: number, low: number): EpochMs {
  return epochMs(Number(((BigInt(high) << 32n) | BigInt(low)) / 1_000_000n));
}

function countByReason(rejections: readonly number[]): ReadonlyMap<ReasonName, number> {
  const counts = new Map<ReasonName, number>();
  for (let i = 0; i < rejections.length; i += 3) {
    const reason = reasonOf(rejections[i]!);
    counts.set(reason, (counts.get(reason) ?? 0) + rejections[i + 1]!);
  }
  return counts;
}

/** More kinds of trouble than this are summed up, so that a message stays readable. */
const REASONS_NAMED = 5;

function explain(signal: Signal, body: Buffer, walk: WireWalk): string {
  const byFailure = new Map<number, { items: number; firstAt: number }>();
  for (let i = 0; i < walk.rejections.length; i += 3) {
    const packed = walk.rejections[i]!;
    const entry = byFailure.get(packed);
    if (entry === undefined) {
      byFailure.set(packed, { items: walk.rejections[i + 1]!, firstAt: walk.rejections[i + 2]! });
    } else entry.items += walk.rejections[i + 1]!;
  }
  const rejected = walk.counters[COUNT.rejected]!;
  const all = rejected + walk.counters[COUNT.items]!;
  const parts = [...byFailure]
    .slice(0, REASONS_NAMED)
    .map(
      ([packed, { items, firstAt }]) =>
        `${items} because ${describeFailure(packed)} (first: ${whereIs(signal, body, firstAt)})`,
    );
  if (byFailure.size > REASONS_NAMED) parts.push(`and for ${byFailure.size - REASONS_NAMED} other reasons`);
  return `${rejected} of ${all} ${SIGNAL_ITEM[signal]} rejected: ${parts.join('; ')}`;
}
