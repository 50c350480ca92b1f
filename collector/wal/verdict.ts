import { crc32 } from 'node:zlib';
import type { WalRecord } from './signal-log.ts';
import type { SumsEntry } from './sums.ts';

/** A record that stays, with the entry that describes it in the file as it was found. */
export interface KeptRecord {
  readonly entry: SumsEntry;
}

interface DamagedRange {
  readonly offset: number;
  readonly length: number;
  readonly reason: string;
}

export interface Verdict {
  /** In order. */
  readonly kept: readonly KeptRecord[];
  /** Ranges of the data file that were perhaps acknowledged and cannot be kept. */
  readonly damaged: readonly DamagedRange[];
  /** Bytes behind the last entry: a batch that was never acknowledged. */
  readonly tornBytes: number;
  /** Whether cutting the tail is not enough: something in the middle goes, or an entry was made anew. */
  readonly rewrite: boolean;
}

/** The state of one record: does its entry hold, and does the data match it? */
type State =
  | { readonly state: 'whole'; readonly entry: SumsEntry }
  | { readonly state: 'differs'; readonly entry: SumsEntry }
  | { readonly state: 'entry_damaged' };

/**
 * Decides what stays of a segment, from its data and its sidecar's entries (null where an entry's own checksum does
 * not hold). FORMAT.md has the table. Pure: nothing is read or written.
 */
export function judge(
  data: Buffer,
  entries: readonly (SumsEntry | null)[],
  recount: (body: Buffer) => Omit<WalRecord, 'body'> | null,
): Verdict {
  const states = entries.map((entry) => stateOf(data, entry));
  const lastWhole = states.findLastIndex(({ state }) => state === 'whole');
  const kept: KeptRecord[] = [];
  const damaged: DamagedRange[] = [];
  let rewrite = false;
  let end = 0;
  for (const [index, state] of states.entries()) {
    const vouched = index < lastWhole;
    if (state.state === 'whole') {
      kept.push({ entry: state.entry });
      end = endOf(state.entry);
    } else if (state.state === 'differs') {
      // Data that is short was never synced, so nobody was answered; data that is all there but differs is damage.
      if (!vouched && endOf(state.entry) > data.length) break;
      const { offset, length } = state.entry;
      damaged.push({ offset, length, reason: 'its checksum does not match' });
      rewrite ||= vouched;
      end = endOf(state.entry);
    } else {
      const limit = startOf(states[index + 1]);
      const rescued = rescue(data, end, limit, recount);
      if (rescued === null && !vouched) break;
      rewrite = true;
      if (rescued !== null) kept.push({ entry: rescued });
      else if (limit !== null && limit > end) {
        damaged.push({ offset: end, length: limit - end, reason: 'its entry in the sidecar is damaged' });
      }
      end = rescued === null ? (limit ?? end) : endOf(rescued);
    }
  }
  return { kept, damaged, tornBytes: Math.max(0, data.length - end), rewrite };
}

const endOf = (entry: SumsEntry): number => entry.offset + entry.length;
const startOf = (state: State | undefined): number | null =>
  state === undefined || state.state === 'entry_damaged' ? null : state.entry.offset;

function stateOf(data: Buffer, entry: SumsEntry | null): State {
  if (entry === null) return { state: 'entry_damaged' };
  const { offset, length } = entry;
  const there = offset + length <= data.length && crc32(data.subarray(offset, offset + length)) === entry.crc;
  return { state: there ? 'whole' : 'differs', entry };
}

/**
 * A record whose entry is damaged: if it is framed to end where the next one begins (where that is known) and passes
 * the wire check whole, its entry can be made anew. Was it never acknowledged, then nothing is wrong with keeping it.
 */
function rescue(
  data: Buffer,
  offset: number,
  limit: number | null,
  recount: (body: Buffer) => Omit<WalRecord, 'body'> | null,
): SumsEntry | null {
  const prefix = readPrefix(data, offset);
  if (prefix === null) return null;
  const end = prefix.next + prefix.value;
  if (end > data.length || (limit !== null && end !== limit)) return null;
  const counted = recount(data.subarray(prefix.next, end));
  if (counted === null || counted.oldestMs === null || counted.newestMs === null) return null;
  return {
    crc: crc32(data.subarray(offset, end)),
    offset,
    length: end - offset,
    prefix: prefix.next - offset,
    items: counted.items,
    rows: counted.rows,
    acceptedAtMs: counted.newestMs,
    oldestMs: counted.oldestMs,
    newestMs: counted.newestMs,
  };
}

/** A length prefix of at most five bytes, from data that nobody vouches for. */
function readPrefix(data: Buffer, offset: number): { value: number; next: number } | null {
  let value = 0;
  for (let index = 0; index < 5 && offset + index < data.length; index++) {
    const byte = data[offset + index]!;
    value += (byte & 0x7f) * 128 ** index;
    if (byte < 0x80) return { value, next: offset + index + 1 };
  }
  return null;
}
