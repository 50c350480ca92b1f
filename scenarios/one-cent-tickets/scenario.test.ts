import { readFile, stat } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { scenarioCommand } from '../cli.ts';
import { demoControl } from '../demo/control-client.ts';
import { CONTROL_FILE_NAME, controlFile } from '../demo/control-protocol.ts';
import { contractViolations } from '../testing/contract.ts';
import { eventually, startTestDemo, type TestDemo, testClock } from '../testing/demo.ts';

let demo: TestDemo;
beforeAll(async () => {
  demo = await startTestDemo({ traffic: true, trafficScale: 8 });
});
afterAll(() => demo.stop());

const cheapUnits = () => demo.sink.total('order', 'order.units', { price: '0.01' });
const status = () => demoControl(demo.dataDirectory).status();
const order = async () => (await status()).processes.find(({ name }) => name === 'order');

/** Runs a command of the command line and gives what it printed. */
async function command(words: string, signal = new AbortController().signal) {
  const lines: string[] = [];
  const say = (line: string) => lines.push(line);
  const code = await scenarioCommand(words.split(' '), {
    out: say,
    err: say,
    dataDirectory: demo.dataDirectory,
    webUrl: 'http://127.0.0.1:9',
    clock: testClock,
    signal,
  });
  return { code, text: lines.join('\n') };
}

test('the shop sells at the list price while nothing is wrong', async () => {
  await eventually('units sold', () => demo.sink.total('order', 'order.units', { price: '260.00' }) > 5);
  expect(cheapUnits()).toBe(0);
  expect((await status()).tally).toMatchObject({ unitsUnderFloor: 0, lowestPriceCny: 260 });
});

test("a shopper's order is one trace from the tap, and synthetic users sell nothing", async () => {
  const [tap, request] = await eventually('a tap and its request', () => {
    const tapped = demo.sink.spans.find(
      (span) =>
        span.service === 'app' && span.name === 'POST /orders' && span.attributes['traffic.kind'] === 'live',
    );
    const served = demo.sink.spans.find(
      (span) => span.service === 'order' && span.parentSpanId === tapped?.spanId,
    );
    return tapped && served ? ([tapped, served] as const) : undefined;
  });
  expect(tap.parentSpanId).toBe('');
  expect([request.name, request.traceId]).toEqual(['POST /orders', tap.traceId]);
  await eventually(
    'the probes of all cities',
    () => demo.sink.total('app', 'synthetic.probe', { operation: 'place' }) === demo.campaign.cities.length,
    25_000,
  );
  await eventually('a synthetic order in the traces', () =>
    demo.sink.spans.some(
      ({ name, attributes }) => name === 'stock.reserve' && attributes['traffic.kind'] === 'synthetic',
    ),
  );
  const charged = demo.sink.spans.filter(
    ({ name, attributes }) => name === 'payment.charge' && attributes['traffic.kind'] !== 'live',
  );
  expect(charged).toEqual([]);
  expect(contractViolations(demo.sink.metrics.values())).toEqual([]);
});

test('running it sells one-cent units beyond the quota, past the limiter', async () => {
  const { code, text } = await command('run one-cent-tickets --for 1s');
  expect(code).toBe(0);
  expect(text).toContain('UnitsUnderPriceFloor');
  expect(text).toContain('STAY ON');
  expect(text).toContain('npm run scenario -- end one-cent-tickets');
  const sold = await eventually(
    'units beyond the quota',
    async () => {
      const { tally } = await status();
      return tally !== null && tally.unitsBeyondQuota > 0 ? tally : undefined;
    },
    20_000,
  );
  expect(sold.unitsUnderFloor).toBeGreaterThan(0);
  await eventually('one-cent units in the telemetry', () => cheapUnits() > 0);
  const flags = () =>
    demo.sink.spans.flatMap(({ events }) =>
      events.filter(({ name }) => name === 'annotation').map(({ attributes }) => attributes),
    );
  await eventually('the change of price as an annotation', () =>
    flags().some(
      ({ kind, text }) => kind === 'price' && String(text).includes('now costs 0.01 CNY, before 260.00'),
    ),
  );
  await eventually('the other annotations', () =>
    ['deploy', 'sale_start', 'sold_out'].every((wanted) => flags().some(({ kind }) => kind === wanted)),
  );
  const admitted = demo.sink.total('order', 'limiter.admitted');
  await eventually(
    'more admitted than the limiter would let through in that time',
    () => {
      return demo.sink.total('order', 'limiter.admitted') - admitted > 50;
    },
    5_000,
  );
});

test('a second run is refused with what to do', async () => {
  const { code, text } = await command('run one-cent-tickets');
  expect(code).toBe(1);
  expect(text).toContain('end it first');
});

test('a killed order service comes back with the faults still on and its ledger', async () => {
  const before = (await status()).tally;
  const pid = (await order())?.pid;
  expect(pid).toBeTypeOf('number');
  process.kill(pid!, 'SIGKILL');
  const back = await eventually('it runs again', async () => {
    const now = await order();
    return now?.state === 'running' && now.pid !== pid ? now : undefined;
  });
  expect(back.restarts).toBe(1);
  const health = await demo.send('order', '/healthz');
  expect(health.body).toMatchObject({
    faults: { priceOverrideCny: 0.01, limiterOff: true, quotaCheckOff: true },
  });
  const after = await eventually('its tally', async () => (await status()).tally ?? undefined);
  expect(after.unitsSold).toBeGreaterThanOrEqual(before!.unitsSold);
  await eventually('it sells one-cent units again', async () => {
    const { tally } = await status();
    return tally !== null && tally.unitsUnderFloor > after.unitsUnderFloor;
  });
});

test('ending it stops one-cent units, and the quota holds again', async () => {
  const { code, text } = await command('end one-cent-tickets');
  expect(code).toBe(0);
  expect(text).toContain('are off');
  await eventually('the list price', async () => {
    const offer = await demo.send('order', '/offers/two-park-ticket');
    return (offer.body as { priceCny: number }).priceCny === 260;
  });
  // Orders that were quoted before the end may still be confirmed; once none is under way the figure stands.
  const settled = await eventually('no unit is reserved any more', async () => {
    const first = (await status()).tally;
    const offer = await demo.send('order', '/offers/two-park-ticket');
    const second = (await status()).tally;
    const quiet = demo.sink.total('order', 'offer.units.reserved') === 0;
    return offer.status === 200 && quiet && first?.unitsSold === second?.unitsSold ? second : undefined;
  });
  const exportedFailures = () => demo.sink.total('order', 'order.failed', { 'error.type': 'sold_out' });
  const failures = exportedFailures();
  await eventually('shoppers are told that it is sold out', () => exportedFailures() > failures);
  expect((await status()).tally?.unitsSold).toBe(settled.unitsSold);
  const again = await command('end one-cent-tickets');
  expect(again).toMatchObject({ code: 1, text: expect.stringContaining('nothing to end') });
});

test('it ends by itself, with the display, when asked to', async () => {
  const { code, text } = await command('run one-cent-tickets --for 2s --end-after');
  expect(code).toBe(0);
  expect(text).toContain('the faults end with it');
  expect((await status()).running).toBeNull();
});

test('Ctrl-C ends the display and says that the faults stay on', async () => {
  const interrupt = new AbortController();
  const shown = command('run one-cent-tickets', interrupt.signal);
  await eventually('it runs', async () => (await status()).running !== null);
  interrupt.abort();
  expect((await shown).text).toContain('STAY ON');
  expect((await command('end one-cent-tickets')).code).toBe(0);
});

test('the list says what can be run and what cannot', async () => {
  const { code, text } = await command('list');
  expect(code).toBe(0);
  for (const name of ['autumn-first-meal', 'quiet-festival'])
    expect(text).toContain(`${name}  (cannot be run yet`);
  expect(text).toMatch(/^one-cent-tickets$/m);
  const refused = await command('run quiet-festival');
  expect(refused).toMatchObject({ code: 1, text: expect.stringContaining('cannot be run yet') });
});

test.each([
  ['run', 'needs the name'],
  ['run nothing-like-this', 'is no scenario'],
  ['dance', 'is no command'],
  ['run one-cent-tickets --for soon', '--for takes a time'],
  ['list --end-after', 'belong to run'],
])('"%s" is not understood, with the usage', async (words, message) => {
  const { code, text } = await command(words);
  expect(code).toBe(2);
  expect(text).toContain(message);
  expect(text).toContain('npm run scenario -- list');
});

test('without a demo the command line says how to start one', async () => {
  const lines: string[] = [];
  const code = await scenarioCommand(['status'], {
    out: () => {},
    err: (line) => lines.push(line),
    dataDirectory: join(demo.dataDirectory, 'elsewhere'),
    webUrl: '',
    clock: testClock,
    signal: new AbortController().signal,
  });
  expect(code).toBe(1);
  expect(lines.join('\n')).toContain('npm run demo');
});

test('only its user can read the control token', async () => {
  const { mode } = await stat(join(demo.dataDirectory, CONTROL_FILE_NAME));
  expect(mode & 0o077).toBe(0);
});

test.each([
  ['no token', {}, 401],
  ['a wrong token', { authorization: 'Bearer no' }, 401],
  ['a page of another site', { authorization: 'TOKEN', origin: 'https://example.org' }, 403],
  ['a rebound name', { authorization: 'TOKEN', host: 'evil.example' }, 421],
])('the control port refuses %s', async (_what, headers, wanted) => {
  const { url, token } = controlFile.parse(
    JSON.parse(await readFile(join(demo.dataDirectory, CONTROL_FILE_NAME), 'utf8')),
  );
  const sent = Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, value === 'TOKEN' ? `Bearer ${token}` : value]),
  );
  const got = await new Promise<number | undefined>((resolve, reject) => {
    request(`${url}/scenarios/one-cent-tickets/run`, { method: 'POST', headers: sent }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on('error', reject)
      .end();
  });
  expect(got).toBe(wanted);
  expect((await status()).running).toBeNull();
});
