import express from 'express';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { problem } from '../../model/api/problem.ts';
import { noSuchRoute, problemHandler } from './problem.ts';
import { definedOnly, moment, searchWord } from './query-fields.ts';
import { defineRoute, mountRoutes, openApi, type Route } from './route.ts';
import { ask, close, open, port } from './testing/http-client.ts';

const inner = z.strictObject({ name: z.string().max(5), tags: z.array(z.string()).default([]) });
let waiting: AbortSignal | undefined;

const routes: Route[] = [
  defineRoute({
    method: 'get',
    path: '/api/echo/:id',
    summary: 'Echoes',
    query: z.object({ word: searchWord, at: moment }),
    response: z.object({ id: z.string(), word: z.string().optional(), at: z.number().optional() }),
    handle: async ({ params, query }) => definedOnly({ id: params.id!, ...query }),
  }),
  defineRoute({
    method: 'post',
    path: '/api/things/:id/parts/:part',
    summary: 'Takes a body',
    body: z.strictObject({ inner, count: z.number().int().min(1) }),
    response: z.object({ names: z.array(z.string()) }),
    handle: async ({ body }) => ({ names: [body.inner.name, ...body.inner.tags] }),
  }),
  defineRoute({
    method: 'get',
    path: '/api/wait',
    summary: 'Never answers',
    response: z.object({}),
    handle: ({ abort }) => {
      waiting = abort;
      return new Promise(() => {});
    },
  }),
  defineRoute({
    method: 'get',
    path: '/api/more',
    summary: 'Answers with more than was promised',
    response: z.object({ shown: z.string() }),
    handle: async () => {
      const record = { shown: 'yes', secret: 'no' };
      return record;
    },
  }),
];

describe('routes', () => {
  beforeEach(async () => {
    const app = express();
    app.set('query parser', 'simple');
    app.use(express.json({ limit: '1mb' }));
    app.use(mountRoutes(routes));
    app.use(noSuchRoute);
    app.use(problemHandler(pino({ level: 'silent' })));
    await open(app);
  });
  afterEach(close);

  const post = (body: string, type = 'application/json') =>
    ask('/api/things/1/parts/2', { method: 'POST', headers: { 'Content-Type': type }, body });

  it('hand parsed input over and send what the schema promises, no more', async () => {
    expect(JSON.parse((await ask('/api/echo/a%2Fb?word=x&at=1.5')).text)).toEqual({
      id: 'a/b',
      word: 'x',
      at: 1.5,
    });
    expect(JSON.parse((await ask('/api/echo/a?word=')).text)).toEqual({ id: 'a' });
    expect(JSON.parse((await ask('/api/more')).text)).toEqual({ shown: 'yes' });
    const answer = await post('{"inner":{"name":"a","tags":["b"]},"count":1}');
    expect(JSON.parse(answer.text)).toEqual({ names: ['a', 'b'] });
  });

  it.each([
    ['/api/echo/x?at=soon', 'query.at'],
    ['/api/echo/x?at=1e300', 'query.at'],
    ['/api/echo/x?at=Infinity', 'query.at'],
    ['/api/echo/x?word=a&word=b', 'query.word'],
    [`/api/echo/x?word=${'a'.repeat(1_001)}`, 'query.word'],
    ['/api/echo/x?word=%00', 'query.word'],
    ['/api/echo/%00', 'path.id'],
    ['/api/echo/%E0%A4%A', 'path'],
  ])('refuse GET %s at %s', async (path, at) => {
    const { status, text } = await ask(path);
    expect([status, problem.parse(JSON.parse(text)).error.at]).toEqual([400, at]);
  });

  it.each([
    ['', 'body.inner'],
    ['{}', 'body.inner'],
    ['{"inner":{"name":"a"}}', 'body.count'],
    ['{"inner":{"name":"a"},"count":0}', 'body.count'],
    ['{"inner":{"name":"a"},"count":"1"}', 'body.count'],
    ['{"inner":{"name":"abcdef"},"count":1}', 'body.inner.name'],
    ['{"inner":{"name":"a","tags":["b",3]},"count":1}', 'body.inner.tags.1'],
    ['{"inner":{"name":"a","tags":["b","\\u0000"]},"count":1}', 'body.inner.tags.1'],
    ['{"inner":{"name":"a","colour":1},"count":1}', 'body.inner.colour'],
    ['{"inner":{"name":"a"},"count":1,"__proto__":{"polluted":1}}', 'body.__proto__'],
    ['{"inner":{"name":"a"},"count":1,"constructor":{"prototype":{}}}', 'body.constructor'],
    ['[]', 'body'],
    ['{', 'body'],
    ['"text"', 'body'],
    [`{"inner":${'['.repeat(100_000)}${']'.repeat(100_000)}}`, 'body.inner'],
    [`{"inner":"${'a'.repeat(2_000_000)}"}`, 'body'],
  ])('refuse the body %.40s at %s', async (body, at) => {
    const { status, text } = await post(body);
    expect([400, 413]).toContain(status);
    expect(problem.parse(JSON.parse(text)).error.at).toBe(at);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'])(
    'take no body as %s, which a form of another page could send',
    async (type) => {
      expect((await post('{"inner":{"name":"a"},"count":1}', type)).status).toBe(400);
    },
  );

  it('know no other path or method', async () => {
    for (const [method, path] of [
      ['GET', '/api/nothing'],
      ['DELETE', '/api/echo/x'],
      ['POST', '/api/echo/x'],
      ['POST', '/'],
    ]) {
      const { status, text } = await ask(path!, { method: method! });
      expect(status).toBe(404);
      expect(problem.parse(JSON.parse(text)).error.code).toBe('not_found');
    }
  });

  it('tell a handler that its client has gone', async () => {
    waiting = undefined;
    const abort = new AbortController();
    const url = `http://127.0.0.1:${port()}/api/wait`;
    const asking = fetch(url, { signal: abort.signal }).catch(() => 'gone');
    await expect.poll(() => waiting).toBeDefined();
    expect(waiting!.aborted).toBe(false);
    abort.abort();
    expect(await asking).toBe('gone');
    await expect.poll(() => waiting!.aborted).toBe(true);
  });
});

describe('openApi', () => {
  it('describes parameters, bodies and answers of every route', () => {
    const document = JSON.parse(JSON.stringify(openApi(routes, '1.0.0')));
    expect(Object.keys(document.paths)).toEqual([
      '/api/echo/{id}',
      '/api/things/{id}/parts/{part}',
      '/api/wait',
      '/api/more',
    ]);
    expect(document.paths['/api/echo/{id}'].get.parameters).toMatchObject([
      { name: 'id', in: 'path', required: true },
      { name: 'word', in: 'query', required: false, schema: { type: 'string', maxLength: 1000 } },
      { name: 'at', in: 'query', required: false },
    ]);
    expect(document.paths['/api/things/{id}/parts/{part}'].post).toMatchObject({
      parameters: [{ name: 'id' }, { name: 'part' }],
      requestBody: { content: { 'application/json': { schema: { required: ['inner', 'count'] } } } },
    });
  });
});
