import { readdirSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { Router } from 'express';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { problem } from '../../model/api/problem.ts';
import { operationsRoutes } from './operations.ts';
import { defineRoute, openApi, type Route } from './route.ts';
import { createWebServer, ListenError, listen } from './server.ts';
import { ask, close, open } from './testing/http-client.ts';

/** Every route that app/http/api defines. What their handlers need is not built: nobody calls them here. */
async function everyRoute(): Promise<Route[]> {
  const folder = join(import.meta.dirname, 'api');
  const routes: Route[] = [];
  for (const file of readdirSync(folder).filter((name) => !name.endsWith('.test.ts'))) {
    const module: Record<string, unknown> = await import(join(folder, file));
    const makers = Object.entries(module).filter(([name]) => name.endsWith('Routes'));
    expect(makers, file).toHaveLength(1);
    const make = makers[0]![1] as (...parts: never[]) => Route[];
    routes.push(...make({} as never, (() => 0) as never));
  }
  return routes;
}

/** What routes answer in that do not answer in JSON, by the last word of their paths. */
const NOT_JSON: Readonly<Record<string, string>> = {
  tail: 'text/event-stream',
  outline: 'application/octet-stream',
};

describe('/api/openapi.json', () => {
  it('describes every route, and every reference in it leads somewhere', async () => {
    const routes = await everyRoute();
    expect(routes.length).toBeGreaterThan(20);
    const document = JSON.parse(JSON.stringify(openApi(routes, '1.2.3')));
    for (const { method, path } of routes) {
      const operation = document.paths[path.replaceAll(/:(\w+)/g, '{$1}')]?.[method];
      expect(operation?.summary, `${method} ${path}`).toMatch(/\S/);
      const inPath = (operation.parameters ?? []).filter((each: { in: string }) => each.in === 'path');
      expect(inPath.map((each: { name: string }) => each.name)).toEqual(
        [...path.matchAll(/:(\w+)/g)].map(([, name]) => name),
      );
      const [type, answer] = Object.entries<{ schema: object }>(operation.responses[200].content)[0]!;
      expect(type, path).toBe(NOT_JSON[path.split('/').at(-1)!] ?? 'application/json');
      expect(Object.keys(answer.schema).length).toBeGreaterThan(0);
    }
    const count = Object.values(document.paths).reduce<number>(
      (sum, each) => sum + Object.keys(each!).length,
      0,
    );
    expect(count).toBe(routes.length);
    for (const { pointer, root } of references(document)) {
      const target = pointer
        .slice(2)
        .split('/')
        .reduce((node: unknown, key) => (node as Record<string, unknown> | undefined)?.[key], root);
      expect(target, pointer).toBeDefined();
    }
  });

  it('has no two routes that answer the same call', async () => {
    const calls = (await everyRoute()).map(
      ({ method, path }) => `${method} ${path.replaceAll(/:\w+/g, ':')}`,
    );
    expect(new Set(calls).size).toBe(calls.length);
  });
});

/** Every `$ref`; they are read from the document's root. */
function references(root: unknown): { pointer: string; root: unknown }[] {
  const found: { pointer: string; root: unknown }[] = [];
  const walk = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    const { $ref } = node as { $ref?: unknown };
    if (typeof $ref === 'string') found.push({ pointer: $ref, root });
    Object.values(node).forEach(walk);
  };
  walk(root);
  return found;
}

describe('the web’s port', () => {
  afterEach(close);
  const TOKEN = 'a-token-of-24-characters';

  const serve = (options: { token?: string; publicUrl?: string; fault?: string } = {}) => {
    const registry = new Registry();
    return open(
      createWebServer({
        address: { host: '127.0.0.1', port: 0 },
        publicUrl: options.publicUrl,
        token: options.token,
        version: '1.2.3',
        logger: pino({ level: 'silent' }),
        routes: [
          defineRoute({
            method: 'post',
            path: '/api/things',
            summary: 'Takes a thing',
            body: z.strictObject({ name: z.string() }),
            response: z.object({ name: z.string() }),
            handle: async ({ body }) => body,
          }),
        ],
        stream: (_request, response) => {
          response.send('stream');
        },
        routers: [
          {
            at: '/',
            router: operationsRoutes(
              () => registry.metrics(),
              [{ name: 'store', fault: () => options.fault ?? null }],
            ),
          },
        ],
        web: Router().get('/{*path}', (_request, response) => {
          response.send('page');
        }),
      }),
    );
  };

  it('answers health without a token, and nothing else', async () => {
    await serve({ token: TOKEN });
    expect(await ask('/healthz')).toMatchObject({ status: 200, text: 'ok\n' });
    expect(await ask('/readyz')).toMatchObject({ status: 200, text: 'ready\n' });
    for (const path of [
      '/',
      '/metrics',
      '/api/stream',
      '/api/openapi.json',
      '/api/things',
      '/assets/x',
      '/prometheus/x',
    ])
      expect([path, (await ask(path)).status]).toEqual([path, 401]);
    const authorization = `Bearer ${TOKEN}`;
    expect((await ask('/metrics', { headers: { authorization } })).status).toBe(200);
    expect((await ask('/', { headers: { authorization, host: 'any.example' } })).status).toBe(200);
  });

  it('says what is not ready', async () => {
    await serve({ fault: 'waits 40 s' });
    expect(await ask('/readyz')).toMatchObject({ status: 503, text: 'store: waits 40 s\n' });
    expect((await ask('/healthz')).status).toBe(200);
  });

  it('is called by its own names and its public one only', async () => {
    await serve({ publicUrl: 'https://tide.example/x' });
    for (const [host, status] of [
      ['tide.example', 200],
      ['localhost', 200],
      ['rebound.example', 403],
    ] as const)
      expect([host, (await ask('/api/stream', { headers: { host } })).status]).toEqual([host, status]);
  });

  it('takes JSON as JSON only, and tells caches to keep nothing of the API', async () => {
    await serve();
    const post = (type: string, body: string) =>
      ask('/api/things', { method: 'POST', headers: { 'Content-Type': type }, body });
    const taken = await post('application/json', '{"name":"x"}');
    expect(taken).toMatchObject({ status: 200, text: '{"name":"x"}' });
    expect(taken.headers['cache-control']).toBe('no-store');
    expect(taken.headers['x-powered-by']).toBeUndefined();
    expect((await post('text/plain', '{"name":"x"}')).status).toBe(400);
    expect((await post('application/json', `{"name":"${'x'.repeat(1_100_000)}"}`)).status).toBe(413);
  });

  it('answers what it does not know as JSON', async () => {
    await serve();
    for (const [method, path] of [
      ['GET', '/api/nothing'],
      ['POST', '/'],
      ['DELETE', '/api/things'],
      ['PATCH', '/metrics'],
    ]) {
      const { status, text } = await ask(path!, { method: method! });
      expect(status).toBe(404);
      expect(problem.parse(JSON.parse(text)).error.code).toBe('not_found');
    }
    expect(await ask('/any/page')).toMatchObject({ status: 200, text: 'page' });
  });

  it('says which port is taken, and what to set', async () => {
    const port = await serve();
    const attempt = listen(createServer(), { host: '127.0.0.1', port });
    await expect(attempt).rejects.toThrow(ListenError);
    await expect(attempt).rejects.toThrow(/another program has that port.*TIDEWARDEN_HTTP/);
  });
});
