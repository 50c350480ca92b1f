import { once } from 'node:events';
import { type ClientHttp2Session, connect } from 'node:http2';
import { connect as connectTcp } from 'node:net';
import { compressionAlgorithms, status } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { transcode } from '../json/transcode.ts';
import { spanJson, tracesBody, tracesJson } from '../testing/bodies.ts';
import { RawGrpcClient } from '../testing/grpc-client.ts';
import { eventually, startCollector, type TestCollector } from '../testing/harness.ts';

let target: TestCollector;
let client: RawGrpcClient;
beforeAll(async () => {
  target = await startCollector({
    maxBodyBytes: 100_000,
    maxDecompressedBytes: 100_000,
    requestTimeoutMs: 500,
  });
  client = new RawGrpcClient(target.grpcAddress);
});
afterAll(async () => {
  client.close();
  await target[Symbol.asyncDispose]();
});

describe('acceptance', () => {
  test.each([
    ['identity', compressionAlgorithms.identity],
    ['deflate', compressionAlgorithms.deflate],
    ['gzip', compressionAlgorithms.gzip],
  ])('%s', async (_name, algorithm) => {
    const compressing = new RawGrpcClient(target.grpcAddress, {
      'grpc.default_compression_algorithm': algorithm,
    });
    expect(await compressing.export('traces', tracesBody(1, 4))).toEqual({ ok: true, body: Buffer.alloc(0) });
    compressing.close();
    const segment = await target.collector.segments.next('traces', AbortSignal.timeout(5_000));
    expect(segment).toMatchObject({ records: 1, items: 4 });
    await target.collector.segments.release(segment!);
  });

  test.each(['traces', 'metrics', 'logs'] as const)(
    '0 bytes are a valid empty request: %s',
    async (signal) => {
      expect(await client.export(signal, Buffer.alloc(0))).toEqual({ ok: true, body: Buffer.alloc(0) });
    },
  );
});

test('partial success counts and says why', async () => {
  const body = transcode('traces', tracesJson([spanJson(1), spanJson(2, { traceId: '' }), spanJson(3)]));
  const answer = await client.export('traces', body);
  if (!answer.ok) throw new Error(answer.details);
  expect([...answer.body.subarray(0, 1), ...answer.body.subarray(2, 5)]).toEqual([0x0a, 0x08, 0x01, 0x12]);
  expect(answer.body.toString()).toContain('1 of 3 spans rejected');
});

describe('refusals', () => {
  test('what is not protobuf: INVALID_ARGUMENT with BadRequest', async () => {
    const answer = await client.export('logs', Buffer.from('hello'));
    expect(answer).toMatchObject({
      ok: false,
      code: status.INVALID_ARGUMENT,
      details: expect.stringContaining('ExportLogsServiceRequest'),
    });
    expect(!answer.ok && answer.statusDetails?.toString()).toContain(
      'type.googleapis.com/google.rpc.BadRequest',
    );
  });

  test.each([
    ['as it is', compressionAlgorithms.identity],
    ['after decompression', compressionAlgorithms.gzip],
  ])('what is too large %s: RESOURCE_EXHAUSTED without RetryInfo', async (_name, algorithm) => {
    const compressing = new RawGrpcClient(target.grpcAddress, {
      'grpc.default_compression_algorithm': algorithm,
    });
    const answer = await compressing.export('traces', Buffer.alloc(300_000));
    compressing.close();
    expect(answer).toMatchObject({ ok: false, code: status.RESOURCE_EXHAUSTED });
    expect(!answer.ok && answer.statusDetails?.toString()).not.toContain('RetryInfo');
  });
});

describe('on the wire', () => {
  interface Answer {
    readonly status: number;
    readonly grpcStatus: string | undefined;
    readonly grpcMessage: string | undefined;
  }
  const TRACES = '/opentelemetry.proto.collector.trace.v1.TraceService/Export';
  let session: ClientHttp2Session;
  beforeAll(() => {
    session = connect(`http://${target.grpcAddress}`);
  });
  afterAll(() => new Promise<void>((resolve) => session.close(resolve)));

  /** Sends these pieces as one call and gathers what comes back; `end` false leaves the call open. */
  async function call(
    pieces: readonly Buffer[],
    headers: Record<string, string> = {},
    end = true,
  ): Promise<Answer> {
    const stream = session.request({
      ':method': 'POST',
      ':path': TRACES,
      'content-type': 'application/grpc',
      te: 'trailers',
      ...headers,
    });
    stream.on('error', () => undefined);
    const answer: Record<string, unknown> = {};
    stream.on('response', (response) => Object.assign(answer, response));
    stream.on('trailers', (trailers) => Object.assign(answer, trailers));
    stream.resume();
    for (const piece of pieces) stream.write(piece);
    if (end) stream.end();
    await once(stream, 'close');
    return {
      status: Number(answer[':status']),
      grpcStatus: answer['grpc-status'] as string | undefined,
      grpcMessage: answer['grpc-message'] as string | undefined,
    };
  }
  const frame = (message: Buffer, flag = 0): Buffer => {
    const prefix = Buffer.from([flag, 0, 0, 0, 0]);
    prefix.writeUInt32BE(message.length, 1);
    return Buffer.concat([prefix, message]);
  };

  test('a message that comes byte by byte', async () => {
    const pieces = [...frame(tracesBody(1))].map((byte) => Buffer.from([byte]));
    expect(await call(pieces)).toEqual({ status: 200, grpcStatus: '0', grpcMessage: undefined });
  });

  test.each<[string, Buffer[], string, string]>([
    ['no message', [], '3', 'no message came'],
    ['half a prefix', [Buffer.from([0, 0])], '3', 'no message came'],
    ['half a message', [frame(tracesBody(1)).subarray(0, 50)], '3', 'bytes are missing'],
    ['two messages', [Buffer.concat([frame(tracesBody(1)), frame(tracesBody(2))])], '3', 'more bytes follow'],
    [
      'a length beyond the limit',
      [Buffer.from([0, 0x7f, 0xff, 0xff, 0xff])],
      '8',
      'larger than 100000 bytes',
    ],
    ['text where gzip is said', [frame(Buffer.from('not gzip'), 1)], '3', 'not valid gzip'],
  ])('%s is refused', async (_name, pieces, code, message) => {
    const answer = await call(pieces, { 'grpc-encoding': 'gzip' });
    expect(answer).toMatchObject({ status: 200, grpcStatus: code });
    expect(answer.grpcMessage).toContain(message);
  });

  test('zstd is refused, and what is taken instead is said', async () => {
    expect(await call([frame(tracesBody(1), 1)], { 'grpc-encoding': 'zstd' })).toMatchObject({
      grpcStatus: '12',
      grpcMessage: 'messages may be compressed with identity, deflate, gzip, not with zstd',
    });
  });

  test('other methods and content types', async () => {
    expect(await call([frame(Buffer.alloc(0))], { ':path': '/grpc.health.v1.Health/Check' })).toMatchObject({
      status: 200,
      grpcStatus: '12',
    });
    expect(await call([Buffer.from('{}')], { 'content-type': 'application/json' })).toMatchObject({
      status: 415,
    });
  });

  test('a message in which nothing is ASCII comes back readable', async () => {
    const answer = await call([frame(tracesBody(1), 1)], { 'grpc-encoding': 'br%' });
    expect(decodeURIComponent(answer.grpcMessage ?? '')).toContain('not with br%');
  });

  test('a call that never ends is cut off, others go on', async () => {
    const slow = call([frame(tracesBody(1)).subarray(0, 20)], {}, false);
    expect(await call([frame(tracesBody(1))])).toMatchObject({ grpcStatus: '0' });
    expect(await slow).toMatchObject({
      grpcStatus: '4',
      grpcMessage: 'the message did not arrive within 500 ms',
    });
  });

  test('a call that is cancelled holds nothing', async () => {
    const stream = session.request({
      ':method': 'POST',
      ':path': TRACES,
      'content-type': 'application/grpc',
    });
    stream.on('error', () => undefined);
    stream.write(frame(Buffer.alloc(50_000)).subarray(0, 40_000));
    const inFlight = async () =>
      (await target.registry.getSingleMetric('tidewarden_collector_in_flight_bytes')?.get())?.values[0]
        ?.value;
    await eventually(async () => ((await inFlight()) === 40_000 - 5 ? true : undefined));
    stream.close(8);
    expect(await eventually(async () => ((await inFlight()) === 0 ? 'free' : undefined))).toBe('free');
  });

  test('what is not HTTP/2 does not disturb', async () => {
    for (const garbage of [
      Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n'),
      Buffer.alloc(10_000, 0xff),
      Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\xff\xff\xff\xff\xff\xff\xff\xff', 'latin1'),
    ]) {
      const socket = connectTcp(target.collector.addresses.grpc.port, '127.0.0.1');
      socket.on('error', () => undefined).resume();
      socket.end(garbage);
      await once(socket, 'close');
    }
    expect(await client.export('traces', tracesBody(1))).toMatchObject({ ok: true });
  });
});
