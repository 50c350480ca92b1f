import { rmSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { startProduct } from '../tests/support/product.ts';
import type { Bench } from './bench.ts';
import { sendLoad } from './load.ts';

/** Half of what one core takes (80,000 spans/s), in requests of 512 a second. */
const REQUESTS_PER_SECOND = 78;
const P99_MS_MAX = 2_000;

/** From the answer to the client until a query sees it, while spans come in at half of the load. */
export const freshness: Bench = {
  name: 'freshness',
  about: 'milliseconds from the acknowledgement of a point until PromQL sees it, under 40,000 spans/s',
  run: async ({ quick, say }) => {
    const seconds = quick ? 10 : 120;
    const product = await startProduct({ environment: { TIDEWARDEN_LOG_LEVEL: 'error' } });
    try {
      const load = sendLoad(product, {
        protocol: 'grpc',
        signal: 'traces',
        seconds,
        requestsPerSecond: REQUESTS_PER_SECOND,
      });
      say(`measuring for ${seconds} s`);
      const delays: number[] = [];
      const end = performance.now() + seconds * 1_000;
      for (let value = 1; performance.now() < end; value++) {
        delays.push(await timeUntilSeen(product, value));
        await delay(200);
      }
      const { accepted } = await load;
      delays.sort((a, b) => a - b);
      const at = (share: number) =>
        delays[Math.min(delays.length - 1, Math.floor(delays.length * share))] ?? Number.NaN;
      return {
        rows: [
          {
            probes: delays.length,
            medianMs: at(0.5),
            p90Ms: at(0.9),
            p99Ms: at(0.99),
            maxMs: at(1),
            spansPerSecond: (accepted * 512) / seconds,
          },
        ],
        verdicts: [
          {
            figure: 'p99 from answer to query',
            wanted: `≤ ${P99_MS_MAX} ms`,
            got: `${Math.round(at(0.99))} ms`,
            holds: at(0.99) <= P99_MS_MAX,
          },
        ],
      };
    } finally {
      await product.stop();
      rmSync(product.dataDirectory, { recursive: true, force: true });
    }
  },
};

async function timeUntilSeen(product: { otlpHttp: string; web: string }, value: number): Promise<number> {
  const dataPoints = [{ timeUnixNano: `${Date.now()}000000`, asInt: String(value) }];
  const sent = await fetch(`${product.otlpHttp}/v1/metrics`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      resourceMetrics: [
        { scopeMetrics: [{ metrics: [{ name: 'freshness.probe', gauge: { dataPoints } }] }] },
      ],
    }),
  });
  if (!sent.ok) throw new Error(`the probe was refused: ${sent.status}`);
  const startedMs = performance.now();
  const query = new URLSearchParams({ query: `count(freshness_probe == ${value})` });
  for (;;) {
    const response = await fetch(`${product.web}/prometheus/api/v1/query?${query}`);
    const body = (await response.json()) as { data?: { result: unknown[] } };
    if ((body.data?.result.length ?? 0) > 0) return performance.now() - startedMs;
    if (performance.now() - startedMs > 60_000) throw new Error('a point was not seen within a minute');
    await delay(20);
  }
}
