import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { epochMs } from '../../model/units.ts';
import { tracesBody } from '../testing/bodies.ts';
import { machineClock, makeDirectory, silent, splitMessages } from '../testing/harness.ts';
import { checkBody } from '../wire/check.ts';
import { nodeFiles, type SegmentFile, type SegmentFiles } from './files.ts';
import { Wal } from './wal.ts';

let directory: string;
beforeEach(async () => {
  directory = await makeDirectory();
});
afterEach(() => rm(directory, { recursive: true, force: true }));

function recordOf(number: number, count = 1) {
  const checked = checkBody('traces', tracesBody(number, count));
  if (!checked.ok) throw new Error(checked.message);
  return checked;
}

type Operation = 'create' | 'write' | 'sync' | 'truncate' | 'syncDirectory';

/** A disk whose operations fail when told to, after doing part of their work. */
class FailingDisk implements SegmentFiles {
  readonly failing = new Set<Operation>();
  readonly counts: Record<Operation, number> = {
    create: 0,
    write: 0,
    sync: 0,
    truncate: 0,
    syncDirectory: 0,
  };

  #enter(operation: Operation): void {
    this.counts[operation] += 1;
    if (this.failing.has(operation)) throw Object.assign(new Error(`EIO: ${operation}`), { code: 'EIO' });
  }

  async create(path: string): Promise<SegmentFile> {
    this.#enter('create');
    const file = await nodeFiles.create(path);
    return {
      write: async (pieces, position) => {
        const bytes = Buffer.concat(pieces);
        if (this.failing.has('write')) await file.write([bytes.subarray(0, bytes.length >> 1)], position);
        this.#enter('write');
        await file.write([bytes], position);
      },
      sync: async () => {
        this.#enter('sync');
        await file.sync();
      },
      truncate: async (length) => {
        this.#enter('truncate');
        await file.truncate(length);
      },
      close: () => file.close(),
    };
  }
  remove = nodeFiles.remove;
  async syncDirectory(path: string): Promise<void> {
    this.#enter('syncDirectory');
    await nodeFiles.syncDirectory(path);
  }
}

const open = (
  options: {
    files?: SegmentFiles;
    segmentBytes?: number;
    segmentMs?: number;
    clock?: typeof machineClock;
  } = {},
) =>
  Wal.open({
    directory,
    segmentBytes: 1 << 20,
    segmentMs: 60_000,
    clock: machineClock,
    logger: silent,
    recount: () => null,
    ...options,
  });

async function stored(): Promise<string[]> {
  const names = (await readdir(join(directory, 'traces'))).filter((name) => name.endsWith('.pb')).sort();
  const contents = await Promise.all(names.map((name) => readFile(join(directory, 'traces', name))));
  return contents.flatMap(splitMessages).map((message) => message.toString('hex'));
}
const hex = (number: number) => tracesBody(number).toString('hex');
const never = new AbortController().signal;

describe('group commit', () => {
  test('what comes while the disk is busy is written with one sync', async () => {
    const disk = new FailingDisk();
    const wal = await open({ files: disk });
    await wal.append('traces', recordOf(1));
    const before = { ...disk.counts };
    const outcomes = await Promise.all(
      Array.from({ length: 100 }, (_, index) => wal.append('traces', recordOf(2 + index))),
    );
    expect(outcomes.every(({ outcome }) => outcome === 'durable')).toBe(true);
    // The first goes alone, the 99 that came meanwhile together; each batch syncs the data and the sums.
    expect(disk.counts.sync - before.sync).toBeLessThanOrEqual(4);
    await wal.close();
    expect(await stored()).toEqual(Array.from({ length: 101 }, (_, index) => hex(1 + index)));
  });

  test('signals do not wait for each other and have segments of their own', async () => {
    const wal = await open();
    await Promise.all([wal.append('traces', recordOf(1)), wal.append('logs', recordOf(2))]);
    await wal.close();
    expect((await wal.next('traces', never))?.signal).toBe('traces');
    expect((await wal.next('logs', never))?.signal).toBe('logs');
    expect(await wal.next('metrics', never)).toBeNull();
  });
});

describe('sealing', () => {
  test('by size: no segment grows beyond the limit unless one record is larger', async () => {
    const wal = await open({ segmentBytes: 2_000 });
    const outcomes = await Promise.all([
      ...Array.from({ length: 30 }, (_, index) => wal.append('traces', recordOf(1 + index))),
      wal.append('traces', recordOf(50, 20)),
    ]);
    expect(outcomes.every(({ outcome }) => outcome === 'durable')).toBe(true);
    await wal.close();
    const sizes: number[] = [];
    let items = 0;
    for (
      let segment = await wal.next('traces', never);
      segment !== null;
      segment = await wal.next('traces', never)
    ) {
      if (segment.records > 1) sizes.push(segment.bytes);
      items += segment.items;
    }
    expect(items).toBe(50);
    expect(sizes.length).toBeGreaterThan(2);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(2_000);
  });

  test('by time, without further requests', async () => {
    const wal = await open({ segmentMs: 20 });
    const waiting = wal.next('traces', AbortSignal.timeout(5_000));
    await wal.append('traces', recordOf(1));
    expect(await waiting).toMatchObject({ records: 1, items: 1 });
    await wal.close();
  });

  test('a retried segment comes before newer ones', async () => {
    const wal = await open({ segmentBytes: 1 });
    for (const number of [1, 2, 3]) await wal.append('traces', recordOf(number));
    await wal.close();
    const first = await wal.next('traces', never);
    wal.retry(first!);
    expect((await wal.next('traces', never))?.id).toBe(first!.id);
    expect((await wal.next('traces', never))?.id).not.toBe(first!.id);
  });

  test('an aborted wait answers null and takes nothing', async () => {
    const wal = await open({ segmentBytes: 1 });
    const abort = new AbortController();
    const waiting = wal.next('traces', abort.signal);
    abort.abort();
    expect(await waiting).toBeNull();
    await wal.append('traces', recordOf(1));
    await wal.close();
    expect(await wal.next('traces', never)).toMatchObject({ records: 1 });
  });
});

describe.each<Operation>(['create', 'write', 'sync', 'syncDirectory'])('when %s fails', (operation) => {
  test('nothing is acknowledged, nothing is left behind, and it works again by itself', async () => {
    const disk = new FailingDisk();
    const wal = await open({ files: disk, segmentBytes: 3_000 });
    expect((await wal.append('traces', recordOf(1))).outcome).toBe('durable');
    // A new segment is due, so that creating one matters, too.
    expect((await wal.append('traces', recordOf(2, 20))).outcome).toBe('durable');
    disk.failing.add(operation);
    const refused = await Promise.all([
      wal.append('traces', recordOf(30)),
      wal.append('traces', recordOf(31)),
    ]);
    expect(refused).toEqual([
      expect.objectContaining({ outcome: 'failed' }),
      expect.objectContaining({ outcome: 'failed' }),
    ]);
    disk.failing.clear();
    expect((await wal.append('traces', recordOf(40))).outcome).toBe('durable');
    await wal.close();
    expect(await stored()).toEqual([hex(1), tracesBody(2, 20).toString('hex'), hex(40)]);
  });
});

test('when neither writing nor cutting back works, nothing is handed out until it is cut back', async () => {
  const disk = new FailingDisk();
  const wal = await open({ files: disk, segmentMs: 30 });
  expect((await wal.append('traces', recordOf(1))).outcome).toBe('durable');
  disk.failing.add('write').add('truncate');
  expect((await wal.append('traces', recordOf(2))).outcome).toBe('failed');
  expect((await wal.append('traces', recordOf(3))).outcome).toBe('failed');
  disk.failing.clear();
  const segment = await wal.next('traces', AbortSignal.timeout(5_000));
  expect(segment).toMatchObject({ records: 1 });
  expect(splitMessages(await readFile(segment!.path)).map((message) => message.toString('hex'))).toEqual([
    hex(1),
  ]);
  await wal.close();
});

test('ids stay unique and in order when the clock goes back, over restarts and an emptied directory', async () => {
  const ids: string[] = [];
  for (const now of [5_000_000, 1_000_000, 1_000_000, 9_000_000]) {
    const wal = await open({ segmentBytes: 1, clock: { ...machineClock, now: () => epochMs(now) } });
    for (const number of [1, 2]) await wal.append('traces', recordOf(number));
    await wal.close();
    for (
      let segment = await wal.next('traces', never);
      segment !== null;
      segment = await wal.next('traces', never)
    ) {
      ids.push(segment.id);
      await wal.release(segment);
    }
  }
  expect(ids).toEqual([...ids].sort());
  await rm(directory, { recursive: true });
  const wal = await open({ segmentBytes: 1, clock: { ...machineClock, now: () => epochMs(9_000_001) } });
  await wal.append('traces', recordOf(1));
  await wal.close();
  ids.push((await wal.next('traces', never))!.id);
  expect(new Set(ids).size).toBe(9);
  for (const id of ids) expect(id).toMatch(/^[0-9a-z-]+$/);
});
