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

async function instant(product: Product, query: string): Promise<readonly number[]> {
  const url = `${product.web}/prometheus/api/v1/query?${new URLSearchParams({ query })}`;
  return vector.parse(await (await fetch(url)).json()).data.result.map(({ value }) => Number(value[1]));
}

/** Sends points until twenty are acknowledged, and waits until they answer queries. */
async function takesTelemetry(product: Product): Promise<void> {
  const sender = new Sender();
  const enough = new AbortController();
  const sending = sender.run(product.otlpHttp, enough.signal);
  await until('twenty points are taken', 60_000, async () => sender.acknowledgedPoints.length >= 20);
  enough.abort();
  await sending;
  // Values count up, so a refused one would leave a gap.
  expect(sender.acknowledgedPoints).toEqual(sender.acknowledgedPoints.map((_, i) => i + 1));
  await until('they answer queries', 60_000, async () => {
    const [newest] = await instant(product, 'crash_probe');
    return newest !== undefined && newest >= 20;
  });
}

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

  const evaluatedMs = async (): Promise<number> => {
    const json = await (await fetch(`${product.web}/api/alerts`)).json();
    const { rules } = z.object({ rules: z.array(alertRule) }).parse(json);
    return Math.min(...rules.map(({ lastEvaluationMs }) => lastEvaluationMs ?? 0));
  };

  it('small ones are answered before them', async () => {
    expect(await instant(product, 'vector(42)')).toEqual([42]);
    expect(answered).toBe(0);
  });

  it('telemetry is taken and can be asked for', async () => {
    await takesTelemetry(product);
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

/** Pairs of spans must be looked for trace by trace: nothing that ClickHouse can say alone. */
const WIDE = '{ } >> { } | rate() by (span.step)';
const TRACES = 1_000;
const SPANS_OF_A_TRACE = 20;
const SEARCHERS = 3;

const shownTrace = z.object({
  batches: z.array(z.object({ scopeSpans: z.array(z.object({ spans: z.array(z.unknown()) })) })),
});

describe('while wide searches of traces run', { timeout: 240_000 }, () => {
  let product: Product;
  const leave = new AbortController();
  let answered = 0;
  let searching: Promise<unknown>[] = [];

  const get = (path: string, signal?: AbortSignal) =>
    fetch(`${product.web}/tempo/api/${path}`, { signal: signal ?? null });
  const wide = `metrics/query_range?${new URLSearchParams({ q: WIDE, since: '1h', step: '1m' })}`;
  const searchOnAndOn = async () => {
    while (!leave.signal.aborted) {
      const response = await get(wide, leave.signal);
      expect(response.status, await response.text()).toBe(200);
      answered++;
    }
  };

  beforeAll(async () => {
    product = await startProduct();
    for (let from = 0; from < TRACES; from += 250) {
      const body = JSON.stringify(chains(from, 250));
      const headers = { 'content-type': 'application/json' };
      const sent = await fetch(`${product.otlpHttp}/v1/traces`, { method: 'POST', headers, body });
      expect(sent.status).toBe(200);
    }
    await until(
      'the last trace is there',
      60_000,
      async () => (await get(`traces/${TRACES.toString(16)}`)).ok,
    );
    searching = Array.from({ length: SEARCHERS }, searchOnAndOn);
    for (const one of searching) one.catch(() => {});
  }, 120_000);
  afterAll(async () => {
    leave.abort();
    await Promise.allSettled(searching);
    await product?.stop();
  }, 60_000);

  it('telemetry is taken and can be asked for', async () => {
    await until('a wide one is answered', 60_000, async () => answered > 0);
    await takesTelemetry(product);
    await until('another wide one is answered', 60_000, async () => answered > SEARCHERS);
  });

  it('a single trace is shown', async () => {
    const { batches } = shownTrace.parse(await (await get('traces/1')).json());
    expect(batches.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans))).toHaveLength(
      SPANS_OF_A_TRACE,
    );
  });

  it('none of them is worked out in the thread that takes telemetry', async () => {
    const figures = await (await fetch(`${product.web}/metrics`)).text();
    const counts = figures
      .split('\n')
      .filter((line) => /_duration_seconds_count.*"search traces"/.test(line));
    expect(counts).toEqual([expect.stringContaining('thread="traces"')]);
  });
});

/** Traces numbered on from `from` + 1, each a chain of spans that begins some seconds ago. */
function chains(from: number, traces: number): object {
  const nanos = (BigInt(Date.now()) - 10_000n) * 1_000_000n;
  const hex = (value: number, digits: number) => value.toString(16).padStart(digits, '0');
  const spans = Array.from({ length: traces * SPANS_OF_A_TRACE }, (_, i) => {
    const [trace, step] = [from + Math.floor(i / SPANS_OF_A_TRACE) + 1, i % SPANS_OF_A_TRACE];
    const id = trace * SPANS_OF_A_TRACE + step;
    return {
      traceId: hex(trace, 32),
      spanId: hex(id, 16),
      ...(step > 0 && { parentSpanId: hex(id - 1, 16) }),
      name: 'step',
      startTimeUnixNano: String(nanos + BigInt(i)),
      endTimeUnixNano: String(nanos + BigInt(i) + 1_000n),
      attributes: [{ key: 'step', value: { intValue: String(step) } }],
    };
  });
  return { resourceSpans: [{ scopeSpans: [{ spans }] }] };
}
