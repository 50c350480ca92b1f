import { createServer } from 'node:net';
import { afterAll, expect, it } from 'vitest';
import { traceDetail, traceSearchResult } from '../model/api/trace.ts';
import { type Product, startProduct, until } from './support/product.ts';

let product: Product | undefined;
afterAll(() => product?.stop(), 30_000);

/** A port that was free a moment ago: the product must be told where its own collector will be. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((listening) => server.once('listening', listening));
  const address = server.address();
  await new Promise((closed) => server.close(closed));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

it('sends its own traces where it is told, its own collector included, and not how it was started', async () => {
  const otlp = `127.0.0.1:${await freePort()}`;
  const running = await startProduct({
    environment: { TIDEWARDEN_OTLP_HTTP: otlp, TIDEWARDEN_TRACING_ENDPOINT: `http://${otlp}` },
  });
  product = running;
  const get = async (path: string) => (await fetch(`${running.web}${path}`)).json();
  await get('/prometheus/api/v1/query?query=vector(42)');
  const found = await until('the request’s trace', 30_000, async () => {
    const query = new URLSearchParams({ service: 'tidewarden', name: 'GET /prometheus/api/v1/query' });
    return traceSearchResult.parse(await get(`/api/traces?${query}`)).traces[0];
  });
  const trace = traceDetail.parse(await get(`/api/traces/${found.traceId}`));
  const query = trace.spans.find((span) => span.name === 'promql.instant');
  const request = trace.spans.find((span) => span.name === 'GET /prometheus/api/v1/query');
  expect(query?.attributes['db.query.text']).toBe('vector(42)');
  expect(query?.parentSpanId).toBe(request?.spanId);
  expect(request?.attributes['http.response.status_code']).toBe(200);
  // It would carry whatever flags were given, a token among them.
  expect(Object.keys(trace.spans[0]?.resource ?? {})).not.toContain('process.command_args');
});
