import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  labelsOf,
  request2,
  type SeriesInput,
  STALE,
  snappyBlock,
} from '../collector/testing/remote-write.ts';
import { type Product, startProduct, temporaryDirectory, until } from './support/product.ts';

const TOKEN = 'a-token-of-24-characters';
const DISTRIBUTION: Readonly<Record<string, string>> = {
  prometheus: 'prometheus',
  vmagent: 'victoria-metrics',
};

/** Whether a peer is there; a run of all tests must have it. */
function isThere(program: string): boolean {
  if (spawnSync(program, ['--version']).status === 0) return true;
  if (process.env.CI === 'true')
    throw new Error(`${program} is missing: apt-get install ${DISTRIBUTION[program]}`);
  console.warn(`skipped: ${program} is missing (Debian has it in the package ${DISTRIBUTION[program]})`);
  return false;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

const directory = temporaryDirectory('remote-write');
let product: Product;
const peers: ChildProcess[] = [];

beforeAll(async () => {
  product = await startProduct({
    dataDirectory: join(directory.path, 'data'),
    environment: { TIDEWARDEN_TOKEN: TOKEN },
    readyMs: 60_000,
  });
});
afterEach(async () => {
  for (const peer of peers.splice(0)) await end(peer);
});
afterAll(async () => {
  await product?.stop();
  directory.remove();
});

async function end(peer: ChildProcess): Promise<void> {
  if (peer.exitCode !== null || peer.signalCode !== null) return;
  peer.kill('SIGTERM');
  await once(peer, 'exit');
}

function start(program: string, args: readonly string[]): ChildProcess {
  const peer = spawn(program, args, { stdio: 'ignore' });
  peers.push(peer);
  return peer;
}

interface Answer {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [number, string];
}

async function ask(base: string, query: string, time?: number): Promise<readonly Answer[]> {
  const parameters = new URLSearchParams({ query, ...(time !== undefined && { time: String(time) }) });
  const response = await fetch(`${base}/api/v1/query?${parameters}`, {
    headers: { authorization: `Bearer ${TOKEN}` },
  });
  const answer = (await response.json()) as { status: string; data: { result: Answer[] } };
  if (answer.status !== 'success') throw new Error(JSON.stringify(answer));
  return answer.data.result;
}
const ours = (query: string, time?: number) => ask(`${product.web}/prometheus`, query, time);

/** What the product says that a metric is. */
async function metadataOf(metric: string): Promise<unknown> {
  const response = await fetch(`${product.web}/prometheus/api/v1/metadata?metric=${metric}`, {
    headers: { authorization: `Bearer ${TOKEN}` },
  });
  const { data } = (await response.json()) as { data: Record<string, unknown> };
  return data[metric];
}

/** Scrapes the product's own metrics as `job`. */
const scrapeConfig = (job: string): string => `
scrape_configs:
  - job_name: ${job}
    scrape_interval: 1s
    authorization: { credentials: ${TOKEN} }
    static_configs: [{ targets: ['${new URL(product.web).host}'], labels: { campaign_id: tea-day } }]
`;

describe.skipIf(!isThere('prometheus'))('Prometheus', () => {
  it('forwards what it scrapes: the same series, the same values, and what the metrics are', async () => {
    const home = join(directory.path, 'prometheus');
    mkdirSync(home);
    const config = join(home, 'prometheus.yml');
    writeFileSync(
      config,
      `${scrapeConfig('by-prometheus')}
remote_write:
  - url: ${product.web}/prometheus/api/v1/write
    authorization: { credentials: ${TOKEN} }
    metadata_config: { send_interval: 1s }
`,
    );
    const port = await freePort();
    start('prometheus', [
      `--config.file=${config}`,
      `--storage.tsdb.path=${home}/tsdb`,
      `--web.listen-address=127.0.0.1:${port}`,
    ]);
    const theirs = (query: string, time?: number) => ask(`http://127.0.0.1:${port}`, query, time);

    const scraped = await until('Prometheus has scraped three times', 30_000, async () => {
      const [up] = await theirs('sum_over_time(up{job="by-prometheus"}[1m])');
      return Number(up?.value[1]) >= 3 ? up!.value[0] : undefined;
    });
    // Everything up to this second, once the newest of it has come here.
    const time = Math.floor(scraped);
    await until('what it wrote answers queries', 20_000, async () => {
      const [newest] = await ours('timestamp(up{job="by-prometheus"})');
      return Number(newest?.value[1]) > time;
    });
    const series = '{job="by-prometheus",__name__=~"tidewarden_.+|up|process_.+|nodejs_.+"}';
    const byLabels = (answers: readonly Answer[]) =>
      new Map(answers.map(({ metric, value }) => [JSON.stringify(Object.entries(metric).sort()), value[1]]));
    const here = byLabels(await ours(series, time));
    const there = byLabels(await theirs(series, time));
    expect(there.size).toBeGreaterThan(100);
    expect([...here.keys()].sort()).toEqual([...there.keys()].sort());
    for (const [labels, value] of there)
      expect([labels, Number(here.get(labels))]).toEqual([labels, Number(value)]);

    const metadata = await until('it has told what the metrics are', 20_000, async () => {
      return metadataOf('process_cpu_seconds_total');
    });
    expect(metadata).toEqual([
      expect.objectContaining({ type: 'counter', help: expect.stringContaining('CPU time') }),
    ]);
  });
});

describe.skipIf(!isThere('vmagent'))('vmagent', () => {
  it('forwards what it scrapes, and says when a target is gone', async () => {
    const home = join(directory.path, 'vmagent');
    mkdirSync(home);
    const config = join(home, 'scrape.yml');
    writeFileSync(config, scrapeConfig('by-vmagent'));
    const agent = start('vmagent', [
      `-promscrape.config=${config}`,
      `-remoteWrite.url=${product.web}/prometheus/api/v1/write`,
      `-remoteWrite.bearerToken=${TOKEN}`,
      `-remoteWrite.tmpDataPath=${home}/queue`,
      '-remoteWrite.flushInterval=500ms',
      `-httpListenAddr=127.0.0.1:${await freePort()}`,
    ]);
    const [up] = await until('vmagent has scraped', 30_000, async () => {
      const found = await ours('count_over_time(up{job="by-vmagent",campaign_id="tea-day"}[1m]) >= 3');
      return found.length > 0 ? found : undefined;
    });
    expect(up?.metric).toEqual({
      job: 'by-vmagent',
      campaign_id: 'tea-day',
      instance: new URL(product.web).host,
    });
    expect((await ours('count({job="by-vmagent"})'))[0]).toBeDefined();
    expect(Number((await ours('count({job="by-vmagent"})'))[0]?.value[1])).toBeGreaterThan(100);

    writeFileSync(config, 'scrape_configs: []\n');
    agent.kill('SIGHUP');
    await until(
      'the staleness markers have come',
      20_000,
      async () => (await ours('up{job="by-vmagent"}')).length === 0,
    );
  });
});

describe('a sender of 2.0', () => {
  const now = Math.floor(Date.now() / 1_000) * 1_000;
  const send = (body: Buffer, headers: Record<string, string> = {}) =>
    fetch(`${product.web}/prometheus/api/v1/write`, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/x-protobuf;proto=io.prometheus.write.v2.Request',
        'Content-Encoding': 'snappy',
        'X-Prometheus-Remote-Write-Version': '2.0.0',
        'User-Agent': 'written-from-the-specification/1',
        authorization: `Bearer ${TOKEN}`,
        ...headers,
      },
      body: new Uint8Array(snappyBlock(body)),
    });
  const written = ({ headers }: Response) =>
    ['Samples', 'Histograms', 'Exemplars'].map((what) =>
      headers.get(`X-Prometheus-Remote-Write-${what}-Written`),
    );

  it('finds its counters, histograms of every kind, exemplars and metadata in queries', async () => {
    const histogram = (job: string, more: object): SeriesInput => ({
      labels: labelsOf('gate_wait_seconds', { job }),
      histograms: [
        {
          ms: now,
          count: 6,
          sum: 12,
          schema: 0,
          positive: { spans: [{ offset: 1, length: 2 }], counts: [2, 4] },
          ...more,
        },
      ],
      metadata: { type: 3, help: 'How long people wait at the gate', unit: 'seconds' },
    });
    const response = await send(
      request2([
        {
          labels: labelsOf('tickets_sold_total', { offer: 'one-cent' }),
          samples: [
            { ms: now - 60_000, value: 100, startMs: now - 90_000 },
            { ms: now, value: 160, startMs: now - 90_000 },
          ],
          exemplars: [{ labels: [['trace_id', '0af7651916cd43dd8448eb211c80319c']], value: 1, ms: now }],
          metadata: { type: 1, help: 'Tickets sold' },
        },
        {
          labels: labelsOf('tickets_left'),
          samples: [
            { ms: now - 1_000, value: 5 },
            { ms: now, value: STALE },
          ],
        },
        histogram('integer', {}),
        histogram('float', {
          float: true,
          count: 3,
          positive: { spans: [{ offset: 1, length: 2 }], counts: [1, 2] },
        }),
        histogram('custom', {
          schema: -53,
          customValues: [1, 5],
          positive: { spans: [{ offset: 0, length: 2 }], counts: [2, 4] },
        }),
      ]),
    );
    expect([response.status, written(response)]).toEqual([204, ['4', '3', '1']]);

    const time = now / 1_000;
    const sold = await until('the samples answer queries', 20_000, async () => {
      const found = await ours('tickets_sold_total', time);
      return found.length > 0 && (await ours('histogram_count(gate_wait_seconds)', time)).length === 3
        ? found
        : undefined;
    });
    expect(sold).toEqual([
      { metric: { __name__: 'tickets_sold_total', offer: 'one-cent' }, value: [time, '160'] },
    ]);
    expect(await ours('tickets_left', time)).toEqual([]);
    const byJob = async (query: string) =>
      Object.fromEntries(
        (await ours(query, time)).map(({ metric, value }) => [metric.job, Number(value[1])]),
      );
    expect(await byJob('histogram_count(gate_wait_seconds)')).toEqual({ integer: 6, float: 3, custom: 6 });
    expect(await byJob('histogram_fraction(0, 2, gate_wait_seconds{job="float"})')).toEqual({ float: 1 / 3 });
    const metadata = await metadataOf('gate_wait_seconds');
    expect(metadata).toEqual([
      { type: 'histogram', help: 'How long people wait at the gate', unit: 'seconds' },
    ]);
    expect(await byJob('histogram_quantile(1, gate_wait_seconds{job=~"integer|custom"})')).toEqual({
      integer: 4,
      custom: 5,
    });
    const exemplars = await fetch(
      `${product.web}/prometheus/api/v1/query_exemplars?query=tickets_sold_total&start=${time - 1}&end=${time + 1}`,
      { headers: { authorization: `Bearer ${TOKEN}` } },
    );
    expect(await exemplars.json()).toMatchObject({
      data: [
        {
          seriesLabels: { __name__: 'tickets_sold_total' },
          exemplars: [{ labels: { trace_id: '0af7651916cd43dd8448eb211c80319c' }, value: '1' }],
        },
      ],
    });
  });

  it('needs the token, and is no page of another site', async () => {
    const body = request2([{ labels: labelsOf('intruder'), samples: [{ ms: now, value: 1 }] }]);
    expect((await send(body, { authorization: 'Bearer wrong' })).status).toBe(401);
    expect((await send(body, { origin: 'https://evil.example' })).status).toBe(403);
    expect((await send(body, { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' })).status).toBe(
      403,
    );
    expect((await send(body, { 'content-type': 'text/plain' })).status).toBe(415);
  });

  it('is told what was wrong, and the rest is written', async () => {
    const response = await send(
      request2([
        { labels: labelsOf('good_one'), samples: [{ ms: now, value: 1 }] },
        { labels: [['job', 'nameless']], samples: [{ ms: now, value: 1 }] },
      ]),
    );
    expect([response.status, written(response)]).toEqual([400, ['1', '0', '0']]);
    expect(await response.text()).toContain('1 of 2 samples, histograms, exemplars and metadata rejected');
    await until(
      'the good one answers queries',
      20_000,
      async () => (await ours('good_one', now / 1_000)).length === 1,
    );
  });
});
