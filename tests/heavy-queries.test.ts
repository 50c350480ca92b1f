import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { alertRule } from '../model/api/alert.ts';
import { type Product, startProduct, until } from './support/product.ts';
import { Sender } from './support/sender.ts';

/** Sorts 43,200 values at each of 300 steps: alone it takes seconds, ten of them longer than a query may. */
const HEAVY = 'quantile_over_time(0.9, (vector(time()) + 1)[12h:1s])';
const HEAVY_QUERIES = 10;

const vector = z.object({
  data: z.object({ result: z.array(z.object({ value: z.tuple([z.number(), z.string()]) })) }),
});

describe('while ten heavy queries run', { timeout: 240_000 }, () => {
  let product: Product;
  const leave = new AbortController();
  let answered = 0;
  let heavy: Promise<unknown>[] = [];

  beforeAll(async () => {
    product = await startProduct();
    const form = { query: HEAVY, start: '1767225600', end: '1767243540', step: '60' };
    heavy = Array.from({ length: HEAVY_QUERIES }, async () => {
      const response = await fetch(`${product.web}/prometheus/api/v1/query_range`, {
        method: 'POST',
        body: new URLSearchParams(form),
        signal: leave.signal,
      });
      await response.arrayBuffer();
      answered++;
    });
    for (const one of heavy) one.catch(() => {});
  }, 60_000);
  afterAll(async () => {
    leave.abort();
    await Promise.allSettled(heavy);
    await product?.stop();
  }, 60_000);

  const instant = async (query: string) => {
    const url = `${product.web}/prometheus/api/v1/query?${new URLSearchParams({ query })}`;
    return vector.parse(await (await fetch(url)).json()).data.result.map(({ value }) => Number(value[1]));
  };
  const evaluatedMs = async (): Promise<number> => {
    const json = await (await fetch(`${product.web}/api/alerts`)).json();
    const { rules } = z.object({ rules: z.array(alertRule) }).parse(json);
    return Math.min(...rules.map(({ lastEvaluationMs }) => lastEvaluationMs ?? 0));
  };

  it('small ones are answered before them', async () => {
    expect(await instant('vector(42)')).toEqual([42]);
    expect(answered).toBe(0);
  });

  it('telemetry is taken and can be asked for', async () => {
    const sender = new Sender();
    const enough = new AbortController();
    const sending = sender.run(product.otlpHttp, enough.signal);
    await until('twenty points are taken', 20_000, async () => sender.acknowledgedPoints.length >= 20);
    enough.abort();
    await sending;
    // Values count up, so a refused one would leave a gap.
    expect(sender.acknowledgedPoints).toEqual(sender.acknowledgedPoints.map((_, i) => i + 1));
    await until('they answer queries', 20_000, async () => {
      const [newest] = await instant('crash_probe');
      return newest !== undefined && newest >= 20;
    });
    expect(answered).toBeLessThan(HEAVY_QUERIES);
  });

  it('every rule is evaluated, again and again', async () => {
    for (let round = 0; round < 2; round++) {
      const before = await evaluatedMs();
      await until('all rules are evaluated', 20_000, async () => (await evaluatedMs()) > before);
    }
  });

  it('clients that leave take their queries with them', async () => {
    leave.abort();
    await Promise.allSettled(heavy);
    const timeout = { query: HEAVY, start: '1767225600', end: '1767225600', step: '60', timeout: '20s' };
    const url = `${product.web}/prometheus/api/v1/query_range?${new URLSearchParams(timeout)}`;
    // One step alone: it would not end in time behind ten that still run.
    expect((await fetch(url)).status).toBe(200);
  });
});
