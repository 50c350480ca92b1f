import { once } from 'node:events';
import { connect } from 'node:net';
import { deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { spanJson, tracesBody, tracesJson } from '../testing/bodies.ts';
import { eventually, startCollector, type TestCollector } from '../testing/harness.ts';

const PROTOBUF = 'application/x-protobuf';
const JSON_TYPE = 'application/json';

let target: TestCollector;
beforeAll(async () => {
  target = await startCollector({
    maxBodyBytes: 50_000,
    maxDecompressedBytes: 100_000,
    requestTimeoutMs: 400,
  });
});
afterAll(() => target[Symbol.asyncDispose]());

function post(
  body: Uint8Array | string,
  headers: Record<string, string> = { 'content-type': PROTOBUF },
  path = '/v1/traces',
) {
  return fetch(`${target.httpUrl}${path}`, { method: 'POST', headers, body });
}

/** What the answer says, in bytes: small enough to compare by hand. */
const bytesOf = async (response: Response) => Buffer.from(await response.arrayBuffer());

describe('acceptance', () => {
  const body = tracesBody(1, 3);
  test.each([
    ['', body],
    ['identity', body],
    ['gzip', gzipSync(body)],
    ['GZIP', gzipSync(body)],
    ['deflate', deflateSync(body)],
    ['zstd', zstdCompressSync(body)],
  ])('content encoding %j', async (encoding, encoded) => {
    const headers: Record<string, string> = { 'content-type': PROTOBUF };
    if (encoding !== '') headers['content-encoding'] = encoding;
    const response = await post(encoded, headers);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe(PROTOBUF);
    expect((await bytesOf(response)).length).toBe(0);
    const segment = await target.collector.segments.next('traces', AbortSignal.timeout(5_000));
    expect(segment).toMatchObject({ records: 1, items: 3 });
    await target.collector.segments.release(segment!);
  });

  test.each(['/v1/traces', '/v1/metrics', '/v1/logs'])(
    '0 bytes are a valid empty request: %s',
    async (path) => {
      for (const encoding of ['identity', 'gzip', 'deflate', 'zstd']) {
        const response = await post('', { 'content-type': PROTOBUF, 'content-encoding': encoding }, path);
        expect([encoding, response.status, (await bytesOf(response)).length]).toEqual([encoding, 200, 0]);
      }
      const json = await post('', { 'content-type': JSON_TYPE }, path);
      expect([json.status, await json.text()]).toEqual([200, '{}']);
    },
  );

  test('JSON is answered in JSON', async () => {
    const response = await post(JSON.stringify(tracesJson([spanJson(1)])), {
      'content-type': 'application/json; charset=utf-8',
    });
    expect(response.headers.get('content-type')).toBe(JSON_TYPE);
    expect([response.status, await response.json()]).toEqual([200, {}]);
  });

  test('a query in the path does not matter', async () => {
    expect((await post(body, { 'content-type': PROTOBUF }, '/v1/traces?team=a')).status).toBe(200);
  });
});

describe('partial success', () => {
  const spans = [spanJson(1), spanJson(2, { traceId: 'abcd' }), spanJson(3, { spanId: '' })];
  test('in JSON counts as text', async () => {
    const response = await post(JSON.stringify(tracesJson(spans)), { 'content-type': JSON_TYPE });
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({
      partialSuccess: {
        rejectedSpans: '2',
        errorMessage: expect.stringContaining(
          '2 of 3 spans rejected: 1 because Span.trace_id has the wrong length',
        ),
      },
    });
  });
  test.each([
    [
      '/v1/metrics',
      'rejectedDataPoints',
      { resourceMetrics: [{ scopeMetrics: [{ metrics: [{ gauge: { dataPoints: [{}] } }] }] }] },
    ],
    [
      '/v1/logs',
      'rejectedLogRecords',
      { resourceLogs: [{ scopeLogs: [{ logRecords: [{ traceId: 'ab' }] }] }] },
    ],
  ])('%s', async (path, name, json) => {
    const response = await post(JSON.stringify(json), { 'content-type': JSON_TYPE }, path);
    expect(await response.json()).toMatchObject({ partialSuccess: { [name]: '1' } });
  });
  test('in protobuf', async () => {
    const bad = tracesBody(7);
    bad.fill(
      0,
      bad.indexOf(Buffer.from('0000000000000007', 'hex')),
      bad.indexOf(Buffer.from('0000000000000007', 'hex')) + 8,
    );
    const answer = await bytesOf(await post(bad));
    // partial_success { rejected_spans: 1, error_message: … }
    expect(answer[0]).toBe(0x0a);
    expect([...answer.subarray(2, 5)]).toEqual([0x08, 0x01, 0x12]);
    expect(answer.subarray(6).toString()).toContain(
      '1 of 1 spans rejected: 1 because Span.trace_id is all zeros',
    );
  });
});

describe('refusals', () => {
  test.each<[string, number, string, Record<string, string>, Uint8Array | string]>([
    ['not protobuf', 400, 'is not an ExportTraceServiceRequest', {}, Buffer.from('hello')],
    ['not JSON', 400, 'not OTLP/JSON', { 'content-type': JSON_TYPE }, '{"resourceSpans":'],
    [
      'JSON of another shape',
      400,
      'resourceSpans must be an array',
      { 'content-type': JSON_TYPE },
      '{"resourceSpans": 3}',
    ],
    ['not gzip', 400, 'not valid gzip', { 'content-encoding': 'gzip' }, tracesBody(1)],
    [
      'half a gzip',
      400,
      'not valid gzip',
      { 'content-encoding': 'gzip' },
      gzipSync(tracesBody(1, 50)).subarray(0, 100),
    ],
    ['not zstd', 400, 'not valid zstd', { 'content-encoding': 'zstd' }, tracesBody(1)],
    ['not deflate', 400, 'not valid deflate', { 'content-encoding': 'deflate' }, tracesBody(1)],
    ['a large body', 413, 'larger than 50000 bytes', {}, Buffer.alloc(50_001)],
    [
      'a body that grows large',
      413,
      'larger than 100000 bytes',
      { 'content-encoding': 'gzip' },
      gzipSync(Buffer.alloc(30_000_000)),
    ],
    [
      'a zstd bomb',
      413,
      'larger than 100000 bytes',
      { 'content-encoding': 'zstd' },
      zstdCompressSync(Buffer.alloc(30_000_000)),
    ],
    [
      'brotli',
      415,
      'content encoding must be one of gzip, deflate, zstd, identity',
      { 'content-encoding': 'br' },
      tracesBody(1),
    ],
    [
      'two encodings',
      415,
      'content encoding must be one of',
      { 'content-encoding': 'gzip, gzip' },
      tracesBody(1),
    ],
  ])('%s: %d', async (_name, status, message, headers, body) => {
    const type = headers['content-type'] ?? PROTOBUF;
    const response = await post(body, { 'content-type': type, ...headers });
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toBe(type);
    expect(response.headers.get('retry-after')).toBeNull();
    const answer = await bytesOf(response);
    expect(answer.toString('latin1')).toContain(message);
    if (type === PROTOBUF) expect(answer[0]).toBe(0x08);
    else
      expect(JSON.parse(answer.toString())).toMatchObject({
        code: 3,
        message: expect.stringContaining(message),
      });
  });

  test('400 describes the bad request in the details', async () => {
    const response = await post('[]', { 'content-type': JSON_TYPE });
    expect(await response.json()).toEqual({
      code: 3,
      message: 'not OTLP/JSON: the body must be an object',
      details: [
        {
          '@type': 'type.googleapis.com/google.rpc.BadRequest',
          fieldViolations: [{ description: 'not OTLP/JSON: the body must be an object' }],
        },
      ],
    });
  });

  test.each([['text/plain'], ['application/json5'], ['']])('content type %j: 415', async (type) => {
    const response = await post(Buffer.from('x'), { 'content-type': type });
    expect(response.status).toBe(415);
    expect(await response.text()).toContain('must be application/x-protobuf or application/json');
  });

  test('other methods and paths', async () => {
    const get = await fetch(`${target.httpUrl}/v1/traces`);
    expect([get.status, get.headers.get('allow')]).toEqual([405, 'POST']);
    expect((await post('', {}, '/v1/profiles')).status).toBe(404);
    expect((await post('', {}, '/constructor')).status).toBe(404);
  });

  test('a large body without a length is cut off while it comes', async () => {
    const endless = new ReadableStream({
      pull(controller) {
        controller.enqueue(new Uint8Array(10_000));
      },
    });
    const sent = fetch(`${target.httpUrl}/v1/traces`, {
      method: 'POST',
      headers: { 'content-type': PROTOBUF },
      body: endless,
      duplex: 'half',
    } as RequestInit);
    const status = await sent.then(
      (response) => response.status,
      () => 'cut off',
    );
    expect([413, 'cut off']).toContain(status);
    expect(await eventually(async () => ((await inFlight()) === 0 ? 'free' : undefined))).toBe('free');
  });
});

async function inFlight(): Promise<number> {
  const metric = await target.registry.getSingleMetric('tidewarden_collector_in_flight_bytes')?.get();
  return metric?.values[0]?.value ?? -1;
}

async function refused(reason: string): Promise<number> {
  const metric = await target.registry.getSingleMetric('tidewarden_collector_requests_total')?.get();
  return (
    metric?.values
      .filter(({ labels }) => labels.reason === reason)
      .reduce((sum, { value }) => sum + value, 0) ?? 0
  );
}

describe('clients that misbehave', () => {
  const socketTo = async () => {
    const socket = connect(target.collector.addresses.http.port, '127.0.0.1');
    await once(socket, 'connect');
    socket.on('error', () => undefined).resume();
    return socket;
  };
  const head = `POST /v1/traces HTTP/1.1\r\nHost: x\r\nContent-Type: ${PROTOBUF}\r\n`;

  test('one that goes away in the middle holds nothing', async () => {
    const before = await refused('client_gone');
    const socket = await socketTo();
    socket.write(`${head}Content-Length: 5000\r\n\r\n${'x'.repeat(1_000)}`);
    await eventually(async () => ((await inFlight()) === 1_000 ? true : undefined));
    socket.destroy();
    await eventually(async () => ((await refused('client_gone')) === before + 1 ? true : undefined));
    expect(await inFlight()).toBe(0);
  });

  test('one that sends a byte now and then is cut off', async () => {
    const socket = await socketTo();
    socket.write(`${head}Content-Length: 5000\r\n\r\n`);
    const drip = setInterval(() => socket.write('x'), 50);
    const answer: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => answer.push(chunk));
    await once(socket, 'close');
    clearInterval(drip);
    expect(Buffer.concat(answer).toString()).toMatch(/^(HTTP\/1.1 408|$)/);
    expect(await inFlight()).toBe(0);
  });

  test('one that never ends its headers is cut off', async () => {
    const socket = await socketTo();
    socket.write('POST /v1/traces HTTP/1.1\r\nHost: x\r\n');
    await once(socket, 'close');
    expect(socket.destroyed).toBe(true);
  });

  test('good requests pass all the while', async () => {
    const socket = await socketTo();
    socket.write(`${head}Content-Length: 5000\r\n\r\n`);
    expect((await post(tracesBody(1))).status).toBe(200);
    socket.destroy();
  });
});
