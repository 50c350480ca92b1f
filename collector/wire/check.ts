import { SIGNAL_ITEM, type Signal } from '../../model/telemetry.ts';
import { MESSAGE } from './field-table.ts';
import { whereIs } from './place.ts';
import { describeFailure, type ReasonName, type RejectionReason, reasonOf } from './reasons.ts';
import { RemoteWriteWalk } from './remote-write-walk.ts';
import { applyEdits } from './rewrite.ts';
import { REQUEST_MESSAGE } from './schema.ts';
import { type WalkCounts, WireWalk } from './walk.ts';

/** A request that can be stored, in whole or in part. */
export interface CheckedBody extends WalkCounts, Rejections {
  readonly ok: true;
  /** What to store: the very buffer that came in where nothing had to be cut. May hold no items. */
  readonly body: Buffer;
}

/** What was cut out of a request. */
export interface Rejections {
  /** Items that were cut out. */
  readonly rejected: number;
  readonly rejectedByReason: ReadonlyMap<RejectionReason, number>;
  /** Why, for the client; empty if nothing was cut. */
  readonly message: string;
}

/** A body that is not protobuf down to its items; what is in it cannot be counted. */
export interface MalformedBody {
  readonly ok: false;
  readonly message: string;
}

/**
 * Checks one request in one walk over its bytes.
 *
 * What is bad inside an item (ids, text, wire types, times, nesting) is cut out and counted; what is bad in a
 * resource, a scope, a metric or the labels of a series refuses all items under it. A body whose framing is broken is refused
 * as a whole.
 */
export function checkBody(signal: Signal, body: Buffer): CheckedBody | MalformedBody {
  const walk: Walk = signal === 'remote_write' ? new RemoteWriteWalk(body) : new WireWalk(body);
  if (!walk.request(MESSAGE[REQUEST_MESSAGE[signal]])) {
    return {
      ok: false,
      message: `the body is not ${signal === 'remote_write' ? 'a' : 'an'} ${REQUEST_MESSAGE[signal]}: ${describeFailure(walk.fatal)}`,
    };
  }
  return {
    ok: true,
    ...walk.counts(),
    body: walk.edits.length === 0 ? body : applyEdits(body, walk.edits),
    rejectedByReason: countByReason(walk.rejections),
    message: walk.rejections.length === 0 ? '' : explain(signal, body, walk),
  };
}

type Walk = WireWalk | RemoteWriteWalk;

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

function explain(signal: Signal, body: Buffer, walk: Walk): string {
  const byFailure = new Map<number, { items: number; firstAt: number }>();
  for (let i = 0; i < walk.rejections.length; i += 3) {
    const packed = walk.rejections[i]!;
    const entry = byFailure.get(packed);
    if (entry === undefined) {
      byFailure.set(packed, { items: walk.rejections[i + 1]!, firstAt: walk.rejections[i + 2]! });
    } else entry.items += walk.rejections[i + 1]!;
  }
  const { rejected, items: good } = walk.counts();
  const all = rejected + good;
  const parts = [...byFailure]
    .slice(0, REASONS_NAMED)
    .map(
      ([packed, { items, firstAt }]) =>
        `${items} because ${describeFailure(packed)} (first: ${whereIs(signal, body, firstAt)})`,
    );
  if (byFailure.size > REASONS_NAMED) parts.push(`and for ${byFailure.size - REASONS_NAMED} other reasons`);
  return `${rejected} of ${all} ${SIGNAL_ITEM[signal]} rejected: ${parts.join('; ')}`;
}
