import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readWal, startCollector, type TestCollector } from '../testing/harness.ts';
import { labelsOf, request2, type SeriesInput, snappyBlock, writeRequest } from '../testing/remote-write.ts';

const MS = 1_795_320_000_000;
const TYPE_1 = 'application/x-protobuf';
const TYPE_2 = 'application/x-protobuf;proto=io.prometheus.write.v2.Request';
const LIMITS = { maxBodyBytes: 50_000, maxDecompressedBytes: 100_000, requestTimeoutMs: 400 };

/** A collector behind a server that does what the product's does. */
async function open(target: TestCollector): Promise<{ url: string; server: Server }> {
  const server = createServer((request, response) => {
    target.collector.remoteWrite(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}

let target: TestCollector;
let server: Server;
let url: string;
beforeAll(async () => {
  target = await startCollector(LIMITS);
  ({ url, server } = await open(target));
});
afterAll(async () => {
  server.close();
  server.closeAllConnections();
  await target[Symbol.asyncDispose]();
});

const post = (body: Buffer, type: string = TYPE_1, headers: Record<string, string> = {}, to = url) =>
  fetch(to, {
    method: 'POST',
    headers: { 'content-type': type, 'content-encoding': 'snappy', ...headers },
    body: new Uint8Array(body),
  });
const up = (job: string, more: Partial<SeriesInput> = {}): SeriesInput => ({
  labels: labelsOf('up', { job }),
  samples: [{ ms: MS, value: 1 }],
  ...more,
});
const written = (response: Response) =>
  ['Samples', 'Histograms', 'Exemplars'].map((what) =>
    response.headers.get(`X-Prometheus-Remote-Write-${what}-Written`),
  );

describe('a remote write', () => {
  it.each([
    TYPE_1,
    `${TYPE_1};proto=prometheus.WriteRequest`,
    'Application/X-Protobuf; proto="prometheus.WriteRequest"',
  ])('of 1.0 as «%s» is answered when it is durable', async (type) => {
    const body = writeRequest([up('shop'), up('gate')]);
    const response = await post(snappyBlock(body), type);
    expect([response.status, await response.text()]).toEqual([204, '']);
    expect(written(response)).toEqual([null, null, null]);
    expect((await readWal(target.directory)).remote_write.at(-1)).toEqual(body);
  });

  it('of 2.0 says how much was written', async () => {
    const series: SeriesInput[] = [
      up('shop', {
        samples: [
          { ms: MS, value: 1 },
          { ms: MS + 1, value: 2 },
        ],
        exemplars: [{ labels: [['trace_id', 'abc']], value: 1, ms: MS }],
      }),
      { labels: labelsOf('rpc_seconds'), histograms: [{ ms: MS, count: 0, sum: 0, schema: 0 }] },
    ];
    const response = await post(snappyBlock(request2(series)), TYPE_2);
    expect([response.status, written(response)]).toEqual([204, ['2', '1', '1']]);
    expect((await readWal(target.directory)).remote_write.at(-1)).toEqual(writeRequest(series));
  });

  it('of 2.0 that is bad in part writes the good part, and says exactly what it wrote', async () => {
    const series: SeriesInput[] = [
      up('shop', {
        samples: [
          { ms: MS, value: 1 },
          { ms: -5, value: 2 },
        ],
      }),
      {
        labels: [['job', 'nameless']],
        samples: [{ ms: MS, value: 1 }],
        exemplars: [{ labels: [], value: 1 }],
      },
      up('both', { histograms: [{ ms: MS, count: 0, sum: 0, schema: 0 }] }),
    ];
    const response = await post(snappyBlock(request2(series)), TYPE_2);
    expect([response.status, written(response)]).toEqual([400, ['1', '0', '0']]);
    const text = await response.text();
    expect(text).toContain(
      '2 rejected because a series holds samples and histograms both (first: timeseries[2])',
    );
    expect(text).toContain('3 of 4 samples');
    expect(text).toContain('TimeSeries.labels has no __name__');
    expect(text).toContain('Sample.timestamp is not between the years 1970 and 2105');
    expect((await readWal(target.directory)).remote_write.at(-1)).toEqual(writeRequest([up('shop')]));
    const metric = await target.registry.getSingleMetricAsString('tidewarden_collector_rejected_items_total');
    expect(metric).toContain('{signal="remote_write",transport="http",reason="mixed"} 2');
  });

  it('of metadata alone is kept', async () => {
    const body = writeRequest([], [{ type: 1, family: 'taps_total', help: 'Taps' }]);
    expect((await post(snappyBlock(body))).status).toBe(204);
    expect((await readWal(target.directory)).remote_write.at(-1)).toEqual(body);
  });

  it('of nothing is well', async () => {
    for (const type of [TYPE_1, TYPE_2]) {
      const response = await post(snappyBlock(Buffer.alloc(0)), type);
      expect([response.status, written(response)]).toEqual([
        204,
        type === TYPE_1 ? [null, null, null] : ['0', '0', '0'],
      ]);
    }
  });
});

describe('what is refused', () => {
  const good = snappyBlock(writeRequest([up('shop')]));
  it.each<
    [what: string, body: Buffer, type: string, headers: Record<string, string>, status: number, says: string]
  >([
    [
      'another content type',
      good,
      'application/json',
      {},
      415,
      'the content type must be application/x-protobuf',
    ],
    ['text', good, 'text/plain', {}, 415, 'the content type must be'],
    [
      'a message that we do not know',
      good,
      `${TYPE_1};proto=io.prometheus.write.v3.Request`,
      {},
      415,
      'io.prometheus.write.v2.Request',
    ],
    ['another content encoding', good, TYPE_1, { 'content-encoding': 'zstd' }, 415, 'must be snappy'],
    ['what is not Snappy', Buffer.from('hello'), TYPE_1, {}, 400, "not Snappy's block format"],
    ['an empty body', Buffer.alloc(0), TYPE_1, {}, 400, 'does not begin with a length'],
    [
      'what is not protobuf',
      snappyBlock(Buffer.from('hello')),
      TYPE_1,
      {},
      400,
      'the body is not a WriteRequest',
    ],
    [
      'what is not protobuf, as 2.0',
      snappyBlock(Buffer.from('hello')),
      TYPE_2,
      {},
      400,
      'the body is not an io.prometheus.write.v2.Request',
    ],
    [
      '2.0 as 1.0',
      snappyBlock(request2([up('shop')])),
      TYPE_1,
      {},
      400,
      'name that message in the content type',
    ],
    ['1.0 as 2.0', good, TYPE_2, {}, 400, 'name that message in the content type'],
    ['a body that is too large', Buffer.alloc(60_000), TYPE_1, {}, 413, 'larger than 50000 bytes'],
    [
      'a body that becomes too large',
      snappyBlock(Buffer.alloc(100_001)),
      TYPE_1,
      {},
      413,
      'larger than 100000 bytes',
    ],
    [
      'labels that become too large',
      snappyBlock(request2(Array.from({ length: 50 }, () => up('x'.repeat(5_000))))),
      TYPE_2,
      {},
      413,
      'larger than 100000 bytes',
    ],
  ])('%s', async (_, body, type, headers, status, says) => {
    const response = await post(body, type, headers);
    expect([response.status, response.headers.get('content-type')]).toEqual([
      status,
      'text/plain; charset=utf-8',
    ]);
    expect(await response.text()).toContain(says);
    expect(written(response)).toEqual(type === TYPE_2 ? ['0', '0', '0'] : [null, null, null]);
    expect(response.headers.get('retry-after')).toBeNull();
  });

  it('any method but POST', async () => {
    const response = await fetch(url);
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST']);
  });

  it('a client that does not send what it announced', async () => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    socket.write(
      'POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-protobuf\r\nContent-Length: 100\r\n\r\nab',
    );
    await new Promise((resolve) => socket.on('close', resolve));
    const metric = await target.registry.getSingleMetricAsString('tidewarden_collector_requests_total');
    expect(metric).toMatch(
      /signal="remote_write",transport="http",outcome="refused",reason="client_gone"\} 1/,
    );
  });
});

describe('what may be sent again', () => {
  it.each<[string, object, Buffer, string]>([
    [
      'too much in flight',
      { maxBytesInFlight: 40 },
      snappyBlock(writeRequest([up('shop')])),
      'too many bytes',
    ],
    ['a full WAL', { maxWalBytes: 10 }, snappyBlock(writeRequest([up('shop')])), 'the WAL holds'],
  ])('is told so with 503 and when: %s', async (_, limits, body, says) => {
    await using small = await startCollector({ ...LIMITS, ...limits });
    const opened = await open(small);
    // Not 429: Prometheus drops what is refused with that.
    const response = await post(body, TYPE_1, {}, opened.url);
    expect([response.status, await response.text()]).toEqual([503, expect.stringContaining(says)]);
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await readWal(small.directory)).remote_write).toEqual([]);
    opened.server.close();
    opened.server.closeAllConnections();
  });

  it('while the collector stops', async () => {
    const stopping = await startCollector(LIMITS);
    const opened = await open(stopping);
    await stopping[Symbol.asyncDispose]();
    const response = await post(snappyBlock(writeRequest([up('shop')])), TYPE_1, {}, opened.url);
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '2']);
    opened.server.close();
    opened.server.closeAllConnections();
  });
});
