import { gzipSync } from 'node:zlib';
import { status } from '@grpc/grpc-js';
import { describe, expect, test } from 'vitest';
import { durationMs, epochMs } from '../model/units.ts';
import { spanJson, tracesBody, tracesJson } from './testing/bodies.ts';
import { RawGrpcClient } from './testing/grpc-client.ts';
import {
  machineClock,
  makeDirectory,
  readWal,
  startCollector,
  type TestCollector,
} from './testing/harness.ts';

const never = new AbortController().signal;
const HEADERS = { 'content-type': 'application/x-protobuf' };

function post(target: TestCollector, body: Uint8Array, headers: Record<string, string> = HEADERS) {
  return fetch(`${target.httpUrl}/v1/traces`, { method: 'POST', headers, body });
}

/** `google.rpc.RetryInfo { retry_delay { seconds: … } }` inside a Status. */
const RETRY_INFO = 'type.googleapis.com/google.rpc.RetryInfo';

describe('over the budget of the WAL', () => {
  test('everybody is told to try again later, and may once the store has caught up', async () => {
    await using target = await startCollector({ maxWalBytes: 1_800, segmentBytes: 1 });
    const client = new RawGrpcClient(target.grpcAddress);
    const body = tracesBody(1, 10);
    expect((await post(target, body)).status).toBe(200);
    const refused = await post(target, body);
    expect(refused.status).toBe(503);
    expect(refused.headers.get('retry-after')).toBe('10');
    expect(await refused.text()).toContain(RETRY_INFO);
    const answer = await client.export('traces', body);
    expect(answer).toMatchObject({ ok: false, code: status.UNAVAILABLE });
    expect(!answer.ok && answer.statusDetails?.includes(Buffer.from(RETRY_INFO))).toBe(true);
    expect(await target.collector.ingest('logs', Buffer.alloc(5_000))).toMatchObject({
      outcome: 'refused',
      retryable: true,
      reason: 'wal_full',
    });
    const segment = await target.collector.segments.next('traces', never);
    await target.collector.segments.release(segment!);
    expect(target.collector.segments.bytes()).toBe(0);
    expect((await post(target, body)).status).toBe(200);
    client.close();
  });

  test('the gauge says so', async () => {
    await using target = await startCollector({ maxWalBytes: 1, segmentBytes: 1 });
    await target.collector.ingest('traces', tracesBody(1));
    expect(await target.registry.metrics()).toContain('tidewarden_collector_refusing 0');
    await using full = await startCollector({ maxWalBytes: 700, segmentBytes: 1 });
    for (const number of [1, 2, 3, 4]) await full.collector.ingest('traces', tracesBody(number));
    const metrics = await full.registry.metrics();
    expect(metrics).toMatch(
      /tidewarden_collector_requests_total\{signal="traces",transport="internal",outcome="refused",reason="wal_full"\} [1-9]/,
    );
  });
});

test('too many bytes in flight: 429 and RESOURCE_EXHAUSTED, both with a time to wait', async () => {
  await using target = await startCollector({ maxBytesInFlight: 500 });
  const client = new RawGrpcClient(target.grpcAddress);
  const body = tracesBody(1, 10);
  const refused = await post(target, body);
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '1']);
  const answer = await client.export('traces', body);
  expect(answer).toMatchObject({ ok: false, code: status.RESOURCE_EXHAUSTED });
  expect(!answer.ok && answer.statusDetails?.includes(Buffer.from(RETRY_INFO))).toBe(true);
  expect((await post(target, tracesBody(1))).status).toBe(200);
  client.close();
});

test('tokens', async () => {
  await using target = await startCollector({}, { authenticate: (token) => token === 'secret' });
  const client = new RawGrpcClient(target.grpcAddress);
  const body = tracesBody(1);
  for (const authorization of ['', 'Bearer wrong', 'Basic secret', 'secret']) {
    const response = await post(target, body, { ...HEADERS, authorization });
    expect([response.status, response.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
    expect(await client.export('traces', body, { authorization })).toMatchObject({
      ok: false,
      code: status.UNAUTHENTICATED,
    });
  }
  expect((await post(target, body, { ...HEADERS, authorization: 'bearer secret' })).status).toBe(200);
  expect(await client.export('traces', body, { authorization: 'Bearer secret' })).toMatchObject({ ok: true });
  client.close();
});

describe('from inside the process', () => {
  test('objects and bytes', async () => {
    await using target = await startCollector();
    const { collector } = target;
    expect(
      await collector.ingestJson('traces', tracesJson([spanJson(1), spanJson(2, { spanId: '' })])),
    ).toMatchObject({ outcome: 'accepted', items: 1, rejected: 1 });
    expect(await collector.ingestJson('traces', { resourceSpans: 1 })).toMatchObject({
      outcome: 'refused',
      retryable: false,
      reason: 'malformed',
    });
    expect(await collector.ingest('traces', Buffer.from('x'))).toMatchObject({
      outcome: 'refused',
      reason: 'malformed',
    });
    expect(await collector.ingest('traces', Buffer.alloc(0))).toEqual({
      outcome: 'accepted',
      items: 0,
      rejected: 0,
      message: '',
      kinds: { gauge: 0, sum: 0, histogram: 0, exponentialHistogram: 0, summary: 0 },
    });
    expect(await collector.segments.next('traces', AbortSignal.timeout(5_000))).toMatchObject({
      items: 1,
      rows: 1,
    });
  });

  test('before the start and after the stop it is refused as retryable', async () => {
    const target = await startCollector();
    await target[Symbol.asyncDispose]();
    expect(await target.collector.ingest('traces', tracesBody(1))).toMatchObject({
      outcome: 'refused',
      retryable: true,
      reason: 'stopping',
    });
    await target.collector.stop();
  });
});

test('stopping seals what was acknowledged; the next process hands it out', async () => {
  const walDirectory = await makeDirectory();
  {
    await using target = await startCollector({ walDirectory, segmentMs: 60_000 });
    expect((await post(target, tracesBody(1, 5))).status).toBe(200);
  }
  await using target = await startCollector({ walDirectory });
  expect(await target.collector.segments.next('traces', never)).toMatchObject({ items: 5 });
});

test('an address that is taken fails the start and leaves nothing running', async () => {
  await using first = await startCollector();
  const taken = first.collector.addresses.grpc.port;
  await expect(startCollector({ otlpGrpc: { host: '127.0.0.1', port: taken } })).rejects.toThrow(
    /EADDRINUSE|No address added/,
  );
});

test('a clock that jumps an hour back and forth loses nothing and seals in time', async () => {
  let offsetMs = 0;
  const clock = {
    now: () => epochMs(machineClock.now() + offsetMs),
    monotonic: () => durationMs(machineClock.monotonic()),
  };
  await using target = await startCollector({ segmentMs: 30 }, { clock });
  const { segments } = target.collector;
  const ids = new Set<string>();
  let items = 0;
  for (let round = 0; round < 12; round++) {
    offsetMs = [0, -3_600_000, 3_600_000][round % 3]!;
    expect((await post(target, tracesBody(round + 1))).status).toBe(200);
    const segment = await segments.next('traces', AbortSignal.timeout(5_000));
    ids.add(segment!.id);
    items += segment!.items;
    await segments.release(segment!);
  }
  expect({ ids: ids.size, items, bytes: segments.bytes() }).toEqual({ ids: 12, items: 12, bytes: 0 });
});

test('large bodies that come at once over both transports are stored byte for byte', async () => {
  await using target = await startCollector({ segmentMs: 60_000 });
  const plain = new RawGrpcClient(target.grpcAddress);
  const zipping = new RawGrpcClient(target.grpcAddress, { 'grpc.default_compression_algorithm': 2 });
  const senders = [
    async (body: Buffer) => (await post(target, body)).status === 200,
    async (body: Buffer) =>
      (await post(target, gzipSync(body), { ...HEADERS, 'content-encoding': 'gzip' })).status === 200,
    async (body: Buffer) => (await plain.export('traces', body)).ok,
    async (body: Buffer) => (await zipping.export('traces', body)).ok,
  ];
  const bodies = Array.from({ length: 60 }, (_, index) => tracesBody(1 + index * 10_000, 200 + index * 30));
  const stored: boolean[] = [];
  for (let first = 0; first < bodies.length; first += 20) {
    const round = bodies
      .slice(first, first + 20)
      .map((body, index) => senders[index % senders.length]!(body));
    stored.push(...(await Promise.all(round)));
  }
  plain.close();
  zipping.close();
  expect(stored).toEqual(bodies.map(() => true));
  await target.collector.stop();
  const found = sorted((await readWal(target.directory)).traces);
  const wanted = sorted(bodies);
  expect(found.length).toBe(wanted.length);
  expect(found.every((message, index) => message === wanted[index])).toBe(true);
});

const sorted = (bodies: readonly Buffer[]) => bodies.map((body) => body.toString('latin1')).sort();
