import { cp, mkdir, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { epochMs } from '../../model/units.ts';
import { tracesBody } from '../testing/bodies.ts';
import { machineClock, makeDirectory, silent, splitMessages } from '../testing/harness.ts';
import { checkBody } from '../wire/check.ts';
import { nodeFiles } from './files.ts';
import { recoverSignal } from './recovery.ts';
import { readSums, SUMS_ENTRY_BYTES, SUMS_HEADER_BYTES } from './sums.ts';
import { judge } from './verdict.ts';
import { Wal } from './wal.ts';

const recount = (body: Buffer) => {
  const checked = checkBody('traces', body);
  return checked.ok && checked.rejected === 0 && checked.items > 0 ? checked : null;
};

const NOW = epochMs(1_763_700_100_000);
const BODIES = [tracesBody(1, 1), tracesBody(10, 3), tracesBody(20, 2), tracesBody(30, 1)];
const ITEMS = [1, 3, 2, 1];

let root: string;
let template: string;
let data: Buffer;
let sums: Buffer;
let stemName: string;

beforeEach(async () => {
  root = await makeDirectory();
  template = join(root, 'template');
  const wal = await openWal(template);
  for (const body of BODIES) await wal.append('traces', recordOf(body));
  await wal.close();
  const name = (await readdir(join(template, 'traces'))).find((file) => file.endsWith('.pb'))!;
  stemName = name.slice(0, -3);
  data = await readFile(join(template, 'traces', name));
  sums = await readFile(join(template, 'traces', `${stemName}.sums`));
});
afterEach(() => rm(root, { recursive: true, force: true }));

const openWal = (directory: string) =>
  Wal.open({
    directory,
    segmentBytes: 1024 * 1024,
    segmentMs: 60_000,
    clock: machineClock,
    logger: silent,
    recount: (_signal, body) => recount(body),
  });

function recordOf(body: Buffer) {
  const checked = checkBody('traces', body);
  if (!checked.ok) throw new Error(checked.message);
  return checked;
}

/** Ends of the records in the data file. */
function ends(): number[] {
  let end = 0;
  return splitMessages(data).map((message) => {
    end = data.indexOf(message, end) + message.length;
    return end;
  });
}

let copies = 0;
/** Recovers a directory that holds these files, and says what is left. */
async function recover(files: Record<string, Buffer>) {
  const directory = join(root, `copy-${copies++}`, 'traces');
  await mkdir(directory, { recursive: true });
  for (const [name, content] of Object.entries(files)) await writeFile(join(directory, name), content);
  const options = {
    signal: 'traces' as const,
    directory,
    damagedDirectory: join(directory, '..', 'damaged'),
    nowMs: NOW,
    files: nodeFiles,
    recount,
  };
  const first = await recoverSignal(options);
  const again = await recoverSignal(options);
  expect(again).toEqual({ segments: first.segments, tornBytes: 0, damaged: [] });
  const messages: Buffer[] = [];
  for (const segment of first.segments) {
    const content = await readFile(segment.path);
    expect(content.length).toBe(segment.bytes);
    messages.push(...splitMessages(content));
  }
  return { ...first, messages, directory, left: (await readdir(directory)).sort() };
}

const files = (changed: { data?: Buffer; sums?: Buffer }) => ({
  [`${stemName}.pb`]: changed.data ?? data,
  [`${stemName}.sums`]: changed.sums ?? sums,
});
const asText = (messages: readonly Buffer[]) => messages.map((message) => message.toString('hex'));

test('what was written comes back, described the same', async () => {
  const { segments, tornBytes, damaged, messages } = await recover(files({}));
  expect(segments).toMatchObject([
    { signal: 'traces', id: stemName, records: 4, items: 7, rows: 7, bytes: data.length, sealedAtMs: NOW },
  ]);
  expect({ tornBytes, damaged }).toEqual({ tornBytes: 0, damaged: [] });
  expect(asText(messages)).toEqual(asText(BODIES));
});

describe('a torn tail', () => {
  test('at every length of either file leaves exactly the records that both hold whole', () => {
    const recordEnds = ends();
    for (let length = 0; length <= data.length; length++) {
      const whole = recordEnds.filter((end) => end <= length).length;
      const verdict = judge(data.subarray(0, length), readSums(sums), recount);
      expect(verdict.kept.length, `data cut at ${length}`).toBe(whole);
      expect(verdict, `data cut at ${length}`).toMatchObject({ damaged: [], rewrite: false });
      expect(verdict.tornBytes).toBe(length - (recordEnds[whole - 1] ?? 0));
    }
    for (let length = 0; length <= sums.length; length++) {
      const whole = Math.max(0, Math.floor((length - SUMS_HEADER_BYTES) / SUMS_ENTRY_BYTES));
      const verdict = judge(data, readSums(sums.subarray(0, length)), recount);
      expect(verdict.kept.length, `sums cut at ${length}`).toBe(whole);
      expect(verdict).toMatchObject({ damaged: [], rewrite: false });
    }
  });

  test('is cut on the disk, in both files, and stays cut', async () => {
    const recordEnds = ends();
    for (const length of [0, 1, recordEnds[0]! - 1, recordEnds[0]!, recordEnds[2]! + 1, data.length - 1]) {
      const whole = recordEnds.filter((end) => end <= length).length;
      const { messages, left, segments } = await recover(files({ data: data.subarray(0, length) }));
      expect(asText(messages)).toEqual(asText(BODIES.slice(0, whole)));
      expect(left.length).toBe(whole === 0 ? 0 : 2);
      expect(segments[0]?.items ?? 0).toBe(ITEMS.slice(0, whole).reduce((sum, items) => sum + items, 0));
    }
    for (const length of [
      0,
      5,
      SUMS_HEADER_BYTES,
      SUMS_HEADER_BYTES + 63,
      sums.length - 64,
      sums.length - 1,
    ]) {
      const whole = Math.max(0, Math.floor((length - SUMS_HEADER_BYTES) / SUMS_ENTRY_BYTES));
      const { messages } = await recover(files({ sums: sums.subarray(0, length) }));
      expect(asText(messages)).toEqual(asText(BODIES.slice(0, whole)));
    }
  });

  test('of garbage behind what was committed is cut', async () => {
    const { messages, tornBytes, damaged } = await recover(
      files({
        data: Buffer.concat([data, Buffer.from('half a batch')]),
        sums: Buffer.concat([sums, Buffer.alloc(40, 7)]),
      }),
    );
    expect(asText(messages)).toEqual(asText(BODIES));
    expect({ tornBytes, damaged }).toEqual({ tornBytes: 12, damaged: [] });
  });
});

describe('a flipped bit', () => {
  const flip = (bytes: Buffer, at: number, bit: number) => {
    const copy = Buffer.from(bytes);
    copy[at]! ^= 1 << bit;
    return copy;
  };

  test('anywhere in the data costs the record it is in and no other', () => {
    const recordEnds = ends();
    for (let at = 0; at < data.length; at++) {
      const hit = recordEnds.findIndex((end) => at < end);
      const verdict = judge(flip(data, at, at % 8), readSums(sums), recount);
      const expected = [0, 1, 2, 3].filter((index) => index !== hit).map((index) => ITEMS[index]);
      expect(
        verdict.kept.map(({ entry }) => entry.items),
        `byte ${at}`,
      ).toEqual(expected);
      expect(verdict.damaged).toMatchObject([{ offset: recordEnds[hit - 1] ?? 0 }]);
    }
  });

  test('anywhere in an entry costs nothing: the record is counted anew', () => {
    for (let at = SUMS_HEADER_BYTES; at < sums.length; at++) {
      const verdict = judge(data, readSums(flip(sums, at, at % 8)), recount);
      expect(
        verdict.kept.map(({ entry }) => entry.items),
        `byte ${at}`,
      ).toEqual(ITEMS);
      expect(verdict.damaged).toEqual([]);
    }
  });

  test('in the header costs nothing', async () => {
    const { messages } = await recover(files({ sums: flip(sums, 3, 1) }));
    expect(messages.length).toBe(4);
  });

  test('in the middle makes a new revision under the same id and keeps the damaged bytes', async () => {
    const at = ends()[0]! + 30;
    const { segments, messages, left, damaged, directory } = await recover(
      files({ data: flip(data, at, 0) }),
    );
    expect(asText(messages)).toEqual(asText([BODIES[0]!, BODIES[2]!, BODIES[3]!]));
    expect(segments).toMatchObject([{ id: stemName, records: 3, items: 4 }]);
    expect(left).toEqual([`${stemName}~1.pb`, `${stemName}~1.sums`]);
    expect(damaged).toHaveLength(1);
    const kept = await readFile(join(directory, '..', 'damaged', `${stemName}-${ends()[0]}.pb`));
    expect(kept.equals(flip(data, at, 0).subarray(ends()[0], ends()[1]))).toBe(true);
  });

  test('in a record and in the entry of another', async () => {
    const { messages, damaged } = await recover(
      files({ data: flip(data, ends()[1]! + 20, 3), sums: flip(sums, SUMS_HEADER_BYTES + 5, 2) }),
    );
    expect(asText(messages)).toEqual(asText([BODIES[0]!, BODIES[1]!, BODIES[3]!]));
    expect(damaged).toHaveLength(1);
  });

  test('in a record and in its own entry loses that record, and says so', async () => {
    const at = ends()[0]!;
    const { messages, damaged } = await recover(
      files({ data: flip(data, at, 6), sums: flip(sums, SUMS_HEADER_BYTES + SUMS_ENTRY_BYTES + 1, 0) }),
    );
    expect(asText(messages)).toEqual(asText([BODIES[0]!, BODIES[2]!, BODIES[3]!]));
    expect(damaged[0]).toContain('its entry in the sidecar is damaged');
  });
});

describe('files that should not be there', () => {
  test('data without a sidecar is kept aside', async () => {
    const { segments, damaged, left } = await recover({ [`${stemName}.pb`]: data });
    expect({ segments, left }).toEqual({ segments: [], left: [] });
    expect(damaged[0]).toContain('sidecar is missing');
  });
  test('leftovers of interrupted deletions, rewrites and creations go', async () => {
    const { segments, messages, left } = await recover({
      ...files({}),
      [`${stemName}~1.sums`]: sums,
      [`${stemName}~1.pb.new`]: data,
      'traces-00000009-x-00000001.sums': sums,
      'traces-00000009-x-00000002.pb': Buffer.alloc(0),
      'traces-00000009-x-00000002.sums': Buffer.alloc(0),
    });
    expect(segments).toHaveLength(1);
    expect(messages).toHaveLength(4);
    expect(left).toEqual([`${stemName}.pb`, `${stemName}.sums`]);
  });
  test('an older revision goes when the newer one is whole', async () => {
    const { messages, left } = await recover({
      ...files({}),
      [`${stemName}~1.pb`]: data.subarray(0, ends()[1]),
      [`${stemName}~1.sums`]: sums.subarray(0, SUMS_HEADER_BYTES + 2 * SUMS_ENTRY_BYTES),
    });
    expect(messages).toHaveLength(2);
    expect(left).toEqual([`${stemName}~1.pb`, `${stemName}~1.sums`]);
  });
});

test('a WAL opened again hands out the old segments first and never repeats an id', async () => {
  const directory = join(root, 'again');
  await cp(template, directory, { recursive: true });
  await truncate(join(directory, 'traces', `${stemName}.pb`), ends()[2]!);
  const wal = await openWal(directory);
  await wal.append('traces', recordOf(tracesBody(100)));
  await wal.close();
  const never = new AbortController().signal;
  const first = await wal.next('traces', never);
  const second = await wal.next('traces', never);
  expect(first).toMatchObject({ id: stemName, records: 3, items: 6 });
  expect(second).toMatchObject({ records: 1, items: 1 });
  expect(second!.id > first!.id).toBe(true);
  expect(await wal.next('traces', never)).toBeNull();
  expect(await wal.recordTable(first!)).toMatchObject([{ items: 1 }, { items: 3 }, { items: 2 }]);
  expect(splitMessages(await wal.readRecord(first!, 1))[0]!.equals(BODIES[1]!)).toBe(true);
  await wal.release(first!);
  await wal.release(first!);
  await wal.release(second!);
  expect(wal.bytes()).toBe(0);
  expect(await readdir(join(directory, 'traces'))).toEqual([]);
});
