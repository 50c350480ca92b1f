import { appendFileSync, existsSync, readdirSync, readFileSync, truncateSync } from 'node:fs';
import { join } from 'node:path';

interface Part {
  readonly partition: string;
  readonly min: number;
  readonly max: number;
}

/** `20261122_3_7_1`: partition, first and last block, level; null for what is no active-looking part. */
export function parsePart(name: string): Part | null {
  const match = /^([0-9a-z-]+)_(\d+)_(\d+)_\d+(?:_\d+)?$/i.exec(name);
  return match === null ? null : { partition: match[1] ?? '', min: Number(match[2]), max: Number(match[3]) };
}

/** Part name by block id for what a log's text says was added and not dropped. */
export function loggedParts(text: string): Map<string, string> {
  const added = new Map<string, string>();
  for (const line of text.split('\n')) {
    const [operation, part, blockId] = line.split('\t');
    if (part === undefined || blockId === undefined) continue;
    if (operation === '1') added.set(blockId, part);
    else added.delete(blockId);
  }
  return added;
}

/**
 * ClickHouse writes an insert's token to the deduplication log just before it renames the part into place. Killed between the
 * two, it would take the retry for a duplicate and the rows would be lost. Run before the engine opens, this appends a drop for
 * every token whose part is not there (itself or merged into a larger one). Tokens whose data has expired are dropped with them, which
 * is harmless: they are not sent again. Returns how many it dropped.
 */
export function mendDeduplicationLogs(dataPath: string): number {
  let mended = 0;
  const store = join(dataPath, 'store');
  if (!existsSync(store)) return 0;
  for (const prefix of readdirSync(store))
    for (const table of readdirSync(join(store, prefix))) mended += mendTable(join(store, prefix, table));
  return mended;
}

function mendTable(table: string): number {
  const logs = join(table, 'deduplication_logs');
  if (!existsSync(logs)) return 0;
  const files = readdirSync(logs)
    .filter((name) => /^deduplication_log_\d+\.txt$/.test(name))
    .sort((a, b) => Number(/\d+/.exec(a)) - Number(/\d+/.exec(b)));
  const last = files.at(-1);
  if (last === undefined) return 0;
  const parts = readdirSync(table).map(parsePart);
  trimTornLine(join(logs, last));
  const text = files.map((name) => readFileSync(join(logs, name), 'utf8')).join('');
  let lines = '';
  let mended = 0;
  for (const [blockId, name] of loggedParts(text)) {
    const wanted = parsePart(name);
    if (wanted === null || parts.some((part) => part !== null && covers(part, wanted))) continue;
    lines += `2\t${name}\t${blockId}\n`;
    mended++;
  }
  if (lines !== '') appendFileSync(join(logs, last), lines);
  return mended;
}

/** Cuts off a last line that a kill left half written: its insert was not answered, and will come again. */
function trimTornLine(path: string): void {
  const text = readFileSync(path, 'utf8');
  const end = text.lastIndexOf('\n') + 1;
  if (end < text.length) truncateSync(path, Buffer.byteLength(text.slice(0, end)));
}

const covers = (part: Part, wanted: Part): boolean =>
  part.partition === wanted.partition && part.min <= wanted.min && part.max >= wanted.max;
