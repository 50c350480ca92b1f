import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { afterAll, describe, expect, it } from 'vitest';
import { systemClock } from '../app/clock.ts';
import { createClickHouse } from '../storage/clickhouse/clickhouse.ts';
import { startEngine } from '../storage/engine/supervisor.ts';
import { type Product, startProduct, temporaryDirectory, until } from './support/product.ts';
import { Sender } from './support/sender.ts';

const PRODUCT_KILLS = 20;
const ENGINE_KILLS = 30;
const SENDERS = 3;

const linux = process.platform === 'linux';
if (!linux && process.env.CI === 'true') throw new Error('The crash tests need /proc');

/** kill -9 of the whole product and of its engine alone, at random moments under load: all is there, exactly once. */
describe.skipIf(!linux)('crashes', { timeout: 900_000 }, () => {
  const directory = temporaryDirectory('crash');
  afterAll(() => directory.remove());

  it(`loses and doubles nothing over ${PRODUCT_KILLS} kills of the product and ${ENGINE_KILLS} of the engine`, async () => {
    const senders = Array.from({ length: SENDERS }, () => new Sender());
    for (let kill = 0; kill < PRODUCT_KILLS; kill++) {
      const product = await startProduct({ dataDirectory: directory.path, readyMs: 60_000 });
      await underLoad(product, senders, async () => {
        await pause(100 + Math.random() * 1_900);
        await product.kill();
      });
    }
    const product = await startProduct({ dataDirectory: directory.path, readyMs: 60_000 });
    await underLoad(product, senders, async () => {
      for (let kill = 0; kill < ENGINE_KILLS; kill++) {
        await pause(50 + Math.random() * 700);
        const engine = await until('the engine runs', 30_000, async () => engineOf(product.pid));
        process.kill(engine, 'SIGKILL');
      }
    });
    await until('everything is loaded', 120_000, async () => walFiles(directory.path).length === 0);
    expect(await product.stop()).toBe(0);
    await expectExactlyOnce(directory.path, senders);
  });
});

const pause = (ms: number) => new Promise((next) => setTimeout(next, ms));

/** Runs `work` while every sender sends. */
async function underLoad(
  product: Product,
  senders: readonly Sender[],
  work: () => Promise<void>,
): Promise<void> {
  const stop = new AbortController();
  const sending = senders.map((sender) => sender.run(product.otlpHttp, stop.signal));
  await work();
  stop.abort();
  await Promise.all(sending);
}

/** The engine is the product's child that runs engine-process.ts. */
function engineOf(parent: number): number | undefined {
  const children = readFileSync(`/proc/${parent}/task/${parent}/children`, 'utf8').trim().split(' ');
  const engine = children.find(
    (pid) => pid !== '' && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('engine-process'),
  );
  return engine === undefined ? undefined : Number(engine);
}

const walFiles = (data: string): string[] =>
  ['traces', 'metrics', 'logs'].flatMap((signal) =>
    readdirSync(join(data, 'wal', signal)).filter((name) => name.endsWith('.pb')),
  );

async function expectExactlyOnce(data: string, senders: readonly Sender[]): Promise<void> {
  const registry = new Registry();
  const engine = await startEngine({
    dataDirectory: join(data, 'clickhouse'),
    clock: systemClock,
    logger: pino({ level: 'silent' }),
    registry,
  });
  const clickhouse = createClickHouse({
    url: engine.url,
    username: engine.username,
    password: engine.password,
    registry,
  });
  try {
    const spans = await clickhouse.rows({
      sql: "SELECT lower(hex(span_id)) AS id, count() AS copies FROM spans WHERE service = 'crash-test' GROUP BY id",
      what: 'test',
    });
    const copies = new Map(spans.map((row) => [String(row.id), Number(row.copies)]));
    const acknowledged = senders.flatMap((sender) =>
      sender.acknowledgedTraces.flatMap(({ spanIds }) => spanIds),
    );
    expect(acknowledged.length).toBeGreaterThan(500);
    expect(acknowledged.filter((id) => !copies.has(id))).toEqual([]);
    expect([...copies].filter(([, count]) => count !== 1)).toEqual([]);

    // The totals that span metrics are made of are fed by the same loads, and samples are totals.
    const [metrics] = await clickhouse.rows({
      sql: `SELECT (SELECT sum(calls) FROM span_totals WHERE service = 'crash-test') AS counted,
          (SELECT sum(newest) FROM (SELECT max(value) AS newest FROM samples WHERE id IN (
            SELECT id FROM series WHERE name = 'traces_span_metrics_calls_total' AND labels['service_name'] = 'crash-test') GROUP BY id)) AS published`,
      what: 'test',
    });
    expect(Number(metrics?.counted)).toBe(copies.size);
    expect(Number(metrics?.published)).toBeGreaterThan(0);
    expect(Number(metrics?.published)).toBeLessThanOrEqual(copies.size);

    const points = await clickhouse.rows({
      sql: `SELECT int, count() AS copies FROM samples WHERE id IN (SELECT id FROM series WHERE name = 'crash_probe') GROUP BY int`,
      what: 'test',
    });
    const pointCopies = new Map(points.map((row) => [Number(row.int), Number(row.copies)]));
    const sent = new Map<number, number>();
    for (const value of senders.flatMap((sender) => sender.acknowledgedPoints))
      sent.set(value, (sent.get(value) ?? 0) + 1);
    const lost = [...sent].filter(([value, count]) => (pointCopies.get(value) ?? 0) < count);
    expect(lost).toEqual([]);
    expect([...pointCopies].filter(([, count]) => count > SENDERS)).toEqual([]);
  } finally {
    await clickhouse.close();
    await engine.stop();
  }
}
