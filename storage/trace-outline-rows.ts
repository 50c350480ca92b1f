import { parentage } from '../model/api/parentage.ts';
import type { OutlineColumns } from '../model/api/trace-outline.ts';
import { NativeReader, wordsOf64 } from './clickhouse/native-blocks.ts';
import { TextPlaces, takeEnds, takeTextLists, takeTexts } from './clickhouse/native-texts.ts';

/** The columns of one block, or of all. */
type Rows = Readonly<
  Record<'spanIds' | 'parentIds' | 'kinds' | 'statuses', Uint8Array> &
    /** Words of 64 bits in halves, the low one first. */
    Record<'times' | 'durations' | 'eventTimes', Uint32Array> &
    /** Places of texts. */
    Record<'services' | 'names' | 'campaigns' | 'clocks' | 'eventNames', Uint32Array> &
    /** Of each row how many. */
    Record<'eventCounts' | 'links', Uint32Array>
>;
const COLUMNS = 13;

/**
 * An outline out of ClickHouse's rows in Native format, in the order of their times; null where there are none. Of more spans than `most`
 * the first are kept.
 */
export function readOutlineRows(bytes: Uint8Array, most: number): Omit<OutlineColumns, 'traceId'> | null {
  const places = new TextPlaces();
  const reader = new NativeReader(bytes);
  const blocks: Rows[] = [];
  while (!reader.done) {
    const rows = reader.beginBlock(COLUMNS);
    // A block without rows says what its columns are, and nothing more.
    if (rows === 0) for (let column = 0; column < COLUMNS; column++) reader.skipColumnHeader();
    else blocks.push(readRows(reader, rows, places));
  }
  if (blocks.length === 0) return null;
  const all = joined(blocks);
  const { kinds, statuses, services, names, clocks, campaigns, ...rows } = firstOf(all, most);
  const [low, high] = [rows.times[0]!, rows.times[1]!];
  return {
    cut: all.kinds.length > most,
    startUnixNano: String(BigInt.asIntN(64, (BigInt(high) << 32n) | BigInt(low))),
    ...parentage(rows.spanIds, rows.parentIds),
    ...{ kinds, statuses, services, names, clocks, campaigns },
    startNanos: nanosSince(rows.times, low, high),
    durationNanos: nanosSince(rows.durations, 0, 0),
    eventSpans: repeated(rows.eventCounts),
    eventNanos: nanosSince(rows.eventTimes, low, high),
    eventNames: rows.eventNames,
    ...linksOf(rows.links),
    texts: places.all,
  };
}

/** In the order of the question's columns. */
function readRows(reader: NativeReader, rows: number, places: TextPlaces): Rows {
  const column = (width: number): Uint8Array => {
    reader.skipColumnHeader();
    return reader.take(rows * width);
  };
  const texts = (): Uint32Array => takeTexts(reader, rows, places);
  const before = {
    ...{ times: wordsOf64(column(8)), spanIds: column(8), parentIds: column(8) },
    ...{ kinds: column(1), statuses: column(1), durations: wordsOf64(column(8)) },
    ...{ services: texts(), names: texts(), campaigns: texts(), clocks: texts() },
  };
  reader.skipColumnHeader();
  const eventTimes = wordsOf64(reader.take((takeEnds(reader, rows).at(-1) ?? 0) * 8));
  const { ends, texts: eventNames } = takeTextLists(reader, rows, places);
  const eventCounts = ends.map((end, row) => (row === 0 ? end : end - ends[row - 1]!));
  return { ...before, eventCounts, eventTimes, eventNames, links: wordsOf32(column(4)) };
}

const wordsOf32 = (bytes: Uint8Array): Uint32Array => new Uint32Array(new Uint8Array(bytes).buffer);

function joined(blocks: readonly Rows[]): Rows {
  const names = Object.keys(blocks[0]!) as (keyof Rows)[];
  const column = (name: keyof Rows) => [name, whole(blocks.map((block) => block[name]))] as const;
  return Object.fromEntries(names.map(column)) as Rows;
}

function whole(parts: readonly (Uint8Array | Uint32Array)[]): Uint8Array | Uint32Array {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const all = parts[0] instanceof Uint32Array ? new Uint32Array(length) : new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

function firstOf(all: Rows, most: number): Rows {
  if (all.kinds.length <= most) return all;
  const events = all.eventCounts.subarray(0, most).reduce((sum, count) => sum + count, 0);
  const widths: Partial<Record<string, number>> = { times: 2, spanIds: 8, parentIds: 8, durations: 2 };
  const ends: Partial<Record<string, number>> = { eventTimes: events * 2, eventNames: events };
  const cut = ([name, column]: [string, Uint8Array | Uint32Array]) =>
    [name, column.subarray(0, ends[name] ?? most * (widths[name] ?? 1))] as const;
  return Object.fromEntries(Object.entries(all).map(cut)) as Rows;
}

const HALF = 2 ** 32;

/** Differences as numbers, which hold 104 days of nanoseconds; what is further away is that far. */
function nanosSince(words: Uint32Array, low: number, high: number): Float64Array {
  const nanos = new Float64Array(words.length / 2);
  for (let at = 0; at < nanos.length; at++) {
    const nano = (words[at * 2 + 1]! - high) * HALF + words[at * 2]! - low;
    nanos[at] = Math.max(Number.MIN_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, nano));
  }
  return nanos;
}

/** Each index as often as its count says. */
function repeated(counts: Uint32Array): Uint32Array {
  const indexes = new Uint32Array(counts.reduce((sum, count) => sum + count, 0));
  let at = 0;
  for (const [index, count] of counts.entries()) {
    indexes.fill(index, at, at + count);
    at += count;
  }
  return indexes;
}

function linksOf(links: Uint32Array): Pick<OutlineColumns, 'linkSpans' | 'linkCounts'> {
  const spans: number[] = [];
  for (const [index, count] of links.entries()) if (count > 0) spans.push(index);
  return {
    linkSpans: Uint32Array.from(spans),
    linkCounts: Uint32Array.from(spans, (index) => links[index]!),
  };
}
