import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import express from 'express';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { noSuchRoute, problemHandler } from './problem.ts';
import { ask, close, open } from './testing/http-client.ts';
import { serveWeb } from './web.ts';

describe('the built web', () => {
  let root: string;
  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'tidewarden-web-'));
    mkdirSync(join(root, 'web', 'assets', 'fonts'), { recursive: true });
    writeFileSync(join(root, 'secret.txt'), 'secret');
    writeFileSync(join(root, 'web', '.env'), 'secret');
    writeFileSync(join(root, 'web', 'index.html'), '<p>the page</p>');
    writeFileSync(join(root, 'web', 'favicon.svg'), '<svg/>');
    writeFileSync(join(root, 'web', 'assets', 'app-123.js'), 'run()');
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));
  afterEach(close);

  const serve = (directory = join(root, 'web')) => {
    const app = express();
    app.use(serveWeb(directory));
    app.use(noSuchRoute);
    app.use(problemHandler(pino({ level: 'silent' })));
    return open(app);
  };

  it('serves hashed files for ever, others for a while', async () => {
    await serve();
    const asset = await ask('/assets/app-123.js');
    expect(asset).toMatchObject({ status: 200, text: 'run()' });
    expect(asset.headers).toMatchObject({
      'content-type': expect.stringContaining('javascript'),
      'cache-control': 'public, max-age=31536000, immutable',
    });
    expect((await ask('/favicon.svg')).headers['cache-control']).toBe('public, max-age=3600');
  });

  it.each(['/', '/incidents', '/campaigns/one-cent-tickets?x=/assets/', '/a.b/c', '/index.html'])(
    'serves the page for %s, never from a cache',
    async (path) => {
      await serve();
      const page = await ask(path);
      expect(page).toMatchObject({ status: 200, text: '<p>the page</p>' });
      expect(page.headers).toMatchObject({
        'content-type': expect.stringContaining('text/html'),
        'cache-control': 'no-cache',
      });
    },
  );

  it('has the outline of a trace asked for with its page, and nothing else', async () => {
    await serve();
    const id = '4F'.repeat(16);
    const page = await ask(`/traces/${id}?span=1`);
    expect(page).toMatchObject({ status: 200, text: '<p>the page</p>' });
    expect(page.headers.link).toBe(`</api/traces/${id}/outline>; rel=preload; as=fetch; crossorigin`);
    for (const path of ['/traces', '/traces/x', `/traces/${'%3E'.repeat(32)}`, `/traces/${id}/more`])
      expect((await ask(path)).headers.link).toBeUndefined();
  });

  it.each(['/assets/app-000.js', '/assets/', '/assets', '/assets/fonts', '/assets/fonts/', '/assets/%00'])(
    'has no page for %s, and does not say where it looked',
    async (path) => {
      await serve();
      const { status, text, headers } = await ask(path);
      expect(status).toBe(404);
      expect(headers['content-type']).toContain('application/json');
      expect(text).not.toContain(root);
    },
  );

  it.each([
    '/../secret.txt',
    '/..%2fsecret.txt',
    '/%2e%2e/secret.txt',
    '/%2e%2e%2fsecret.txt',
    '/..%5csecret.txt',
    '/assets/../../secret.txt',
    '/assets/..%2f..%2fsecret.txt',
    '/assets/%2e%2e/%2e%2e/secret.txt',
    '/assets/%252e%252e%252f%252e%252e%252fsecret.txt',
    '//secret.txt',
    '/.env',
    '/%2eenv',
    '/assets//../.env',
  ])('gives nothing away for %s', async (path) => {
    await serve();
    expect((await ask(path)).text).not.toContain('secret\n');
    expect((await ask(path)).text).not.toBe('secret');
  });

  it('says how to build it where it is not', async () => {
    await serve(join(root, 'missing'));
    const { status, text, headers } = await ask('/');
    expect(status).toBe(503);
    expect(headers['content-type']).toContain('text/plain');
    expect(text).toContain('npm start');
    expect((await ask('/assets/x.js')).status).toBe(404);
  });

  it('takes no other method', async () => {
    await serve();
    for (const method of ['POST', 'PUT', 'DELETE']) expect((await ask('/', { method })).status).toBe(404);
  });
});
