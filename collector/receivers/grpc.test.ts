import { compressionAlgorithms, status } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { transcode } from '../json/transcode.ts';
import { spanJson, tracesBody, tracesJson } from '../testing/bodies.ts';
import { RawGrpcClient } from '../testing/grpc-client.ts';
import { startCollector, type TestCollector } from '../testing/harness.ts';

let target: TestCollector;
let client: RawGrpcClient;
beforeAll(async () => {
  target = await startCollector({ maxBodyBytes: 100_000, maxDecompressedBytes: 100_000 });
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
