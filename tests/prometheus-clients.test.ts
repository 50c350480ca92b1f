import { execFile, spawn, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Product, startProduct, temporaryDirectory, until } from './support/product.ts';

/** Whether a program is there; it must be in CI. */
function installed(program: string, debianPackage: string): boolean {
  if (spawnSync(program, ['--version']).status === 0) return true;
  if (process.env.CI === 'true') throw new Error(`${program} is missing: apt-get install ${debianPackage}`);
  console.warn(`skipped: ${program} is missing (Debian has it in the package ${debianPackage})`);
  return false;
}
const promtool = installed('promtool', 'prometheus');
const vmalert = installed('vmalert', 'victoria-metrics');

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The Prometheus API as somebody else's clients see it: Debian's promtool, over Prometheus's own Go client, and vmalert. */
describe.skipIf(!promtool)('clients of Prometheus', () => {
  const directory = temporaryDirectory('clients');
  let product: Product;
  /** Seconds since the epoch. */
  const now = Math.floor(Date.now() / 1_000);

  beforeAll(async () => {
    product = await startProduct({ dataDirectory: directory.path });
    await sendCounter();
    await until('the samples answer queries', 20_000, async () =>
      (await instant('shop_taps_total')).stdout.includes('1200'),
    );
  });
  afterAll(async () => {
    await product?.stop();
    directory.remove();
  });

  const query = (command: string, flags: readonly string[], args: readonly string[]): Promise<Outcome> =>
    new Promise((done) => {
      const all = ['query', command, ...flags, `${product.web}/prometheus`, ...args];
      execFile('promtool', all, { timeout: 20_000 }, (error, stdout, stderr) =>
        done({ code: error === null ? 0 : Number(error.code ?? -1), stdout, stderr }),
      );
    });
  const instant = (text: string) => query('instant', ['--time', `${now}`], [text]);

  /** Ten samples of a counter in two cities, a minute apart, up to now. */
  async function sendCounter(): Promise<void> {
    const attribute = (key: string, stringValue: string) => ({ key, value: { stringValue } });
    const dataPoints = Array.from({ length: 10 }, (_, minute) =>
      ['440100', '310000'].map((city, index) => ({
        attributes: [attribute('city.code', city)],
        startTimeUnixNano: `${now - 600}000000000`,
        timeUnixNano: `${now - 540 + minute * 60}000000000`,
        asInt: `${(minute + 1) * 60 * (index + 1)}`,
      })),
    ).flat();
    const sum = { aggregationTemporality: 2, isMonotonic: true, dataPoints };
    const response = await fetch(`http://${product.otlpHttp.replace(/^http:\/\//, '')}/v1/metrics`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({
        resourceMetrics: [
          {
            resource: {
              attributes: [
                attribute('service.name', 'shop'),
                attribute('service.instance.id', 'shop-1'),
                attribute('service.version', '1.2'),
              ],
            },
            scopeMetrics: [{ scope: { name: 'test' }, metrics: [{ name: 'shop.taps', unit: '{tap}', sum }] }],
          },
        ],
      }),
    });
    expect([response.status, await response.text()]).toEqual([200, '{}']);
  }

  it('asks for the present', async () => {
    expect(await instant('sort_desc(shop_taps_total)')).toEqual({
      code: 0,
      stderr: '',
      stdout: [
        `shop_taps_total{city_code="310000", instance="shop-1", job="shop"} => 1200 @[${now}]`,
        `shop_taps_total{city_code="440100", instance="shop-1", job="shop"} => 600 @[${now}]`,
        '',
      ].join('\n'),
    });
    expect((await instant('sum(rate(shop_taps_total[5m]))')).stdout).toBe(`{} => 3 @[${now}]\n`);
    expect((await instant('scalar(vector(7))')).stdout).toMatch(/^scalar: 7 @\[/);
  });

  it('asks for a range', async () => {
    const flags = ['--start', `${now - 120}`, '--end', `${now}`, '--step', '1m'];
    const { code, stdout } = await query('range', flags, ['sum by (city_code) (shop_taps_total)']);
    expect(code).toBe(0);
    expect(stdout.trim().split('\n').sort()).toEqual(
      [
        '{city_code="310000"} =>',
        `960 @[${now - 120}]`,
        `1080 @[${now - 60}]`,
        `1200 @[${now}]`,
        '{city_code="440100"} =>',
        `480 @[${now - 120}]`,
        `540 @[${now - 60}]`,
        `600 @[${now}]`,
      ].sort(),
    );
  });

  it('lists series, with a range and without', async () => {
    const range = ['--start', `${now - 600}`, '--end', `${now}`];
    for (const flags of [[], range]) {
      const { code, stdout } = await query(
        'series',
        ['--match', 'shop_taps_total{city_code=~"44.*"}', ...flags],
        [],
      );
      expect([code, stdout]).toEqual([
        0,
        '{__name__="shop_taps_total", city_code="440100", instance="shop-1", job="shop"}\n',
      ]);
    }
  });

  it('lists the values of a label', async () => {
    const { code, stdout } = await query('labels', [], ['city_code']);
    expect([code, stdout]).toEqual([0, '310000\n440100\n']);
  });

  it('hears why a query is wrong', async () => {
    const wrong = await instant('sum(');
    expect(wrong.code).not.toBe(0);
    expect(wrong.stderr).toContain('bad_data: invalid parameter "query": 1:5: parse error');
    const unmatched = await instant('shop_taps_total * on(job) shop_taps_total');
    expect(unmatched.code).not.toBe(0);
    expect(unmatched.stderr).toContain('execution: found duplicate series for the match group');
  });

  it('finds nothing to say against our own metrics', async () => {
    const text = await (await fetch(`${product.web}/metrics`)).text();
    expect(text).toContain('tidewarden_');
    const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], {
      input: text,
      encoding: 'utf8',
    });
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' });
  });

  it.skipIf(!vmalert)(
    'evaluates vmalert’s rules',
    async () => {
      const heard: string[] = [];
      const notifier = createServer(async (request, response) => {
        let body = '';
        for await (const chunk of request) body += chunk;
        heard.push(body);
        response.end();
      });
      await new Promise<void>((listening) => notifier.listen(0, '127.0.0.1', listening));
      const { port } = notifier.address() as AddressInfo;
      const file = join(directory.path, 'taps.yaml');
      writeFileSync(
        file,
        `groups:
- name: taps
  interval: 1s
  rules:
  - alert: ManyTaps
    expr: sum by (city_code) (shop_taps_total) > 1000
    annotations: { summary: "{{ $value }} taps in {{ $labels.city_code }}" }
  - alert: FewTaps
    expr: shop_taps_total < 10
`,
      );
      const child = spawn(
        'vmalert',
        [
          `-rule=${file}`,
          `-datasource.url=${product.web}/prometheus`,
          `-notifier.url=http://127.0.0.1:${port}`,
          '-rule.validateExpressions',
          '-rule.validateTemplates',
          '-httpListenAddr=127.0.0.1:0',
        ],
        { stdio: ['ignore', 'ignore', 'pipe'] },
      );
      let log = '';
      child.stderr.on('data', (chunk) => {
        log += chunk;
      });
      try {
        const first = await until('an alert comes from vmalert', 30_000, async () => heard[0]).catch(
          (error) => {
            throw new Error(`${error.message}\n${log}`);
          },
        );
        expect(JSON.parse(first)).toMatchObject([
          {
            labels: { alertname: 'ManyTaps', city_code: '310000', alertgroup: 'taps' },
            annotations: { summary: '1200 taps in 310000' },
          },
        ]);
        expect(log).not.toMatch(/failed to execute|error/);
      } finally {
        child.kill();
        await new Promise((exited) => child.once('exit', exited));
        notifier.close();
      }
    },
    60_000,
  );

  it('tells of its senders, series and settings', async () => {
    const get = async (path: string) =>
      (await (await fetch(`${product.web}/prometheus/api/v1/${path}`)).json()) as { data: never };
    expect(await get('targets?scrapePool=shop')).toMatchObject({
      data: { activeTargets: [{ labels: { job: 'shop', instance: 'shop-1' }, health: 'up' }] },
    });
    expect(await get('status/tsdb')).toMatchObject({
      data: { headStats: { numSeries: expect.any(Number) } },
    });
    expect(await get('metadata?metric=shop_taps_total')).toMatchObject({
      data: { shop_taps_total: [{ type: 'counter' }] },
    });
    expect(await get('status/flags')).toMatchObject({ data: { 'limits.queryMs': '30000' } });
  });
});
