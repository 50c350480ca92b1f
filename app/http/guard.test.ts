import express from 'express';
import { pino } from 'pino';
import { afterEach, describe, expect, it } from 'vitest';
import { refuseOtherSites, requireToken, securityHeaders, tokenCheck, tokenOf } from './guard.ts';
import { problemHandler } from './problem.ts';
import { ask, close, open } from './testing/http-client.ts';

const TOKEN = 'a-token-of-24-characters';
const basic = (pair: string) => `Basic ${Buffer.from(pair).toString('base64')}`;

describe('the token', () => {
  it.each<[string | undefined, string | undefined]>([
    [undefined, undefined],
    ['', undefined],
    ['Bearer', undefined],
    ['Bearer abc', 'abc'],
    ['bearer abc', 'abc'],
    ['Bearer  abc', ''],
    [basic('user:abc'), 'abc'],
    [basic(':abc'), 'abc'],
    [basic('user:a:b'), 'a:b'],
    [basic('abc'), 'abc'],
    ['Basic ***', ''],
    ['Digest abc', undefined],
  ])('is read from «%s»', (header, token) => {
    expect(tokenOf(header)).toBe(token);
  });

  it('is equal to itself only', () => {
    const isToken = tokenCheck(TOKEN);
    expect(isToken(TOKEN)).toBe(true);
    for (const other of [undefined, '', TOKEN.slice(1), `${TOKEN} `, TOKEN.toUpperCase(), `${TOKEN}\0`])
      expect(isToken(other)).toBe(false);
  });
});

describe('the guards', () => {
  afterEach(close);

  const serve = (hosts: ReadonlySet<string> | null, publicUrl?: string, token?: string) => {
    const app = express();
    app.use(securityHeaders);
    app.use(refuseOtherSites(hosts, publicUrl));
    if (token !== undefined) app.use(requireToken(token));
    app.use((_request, response) => {
      response.send('in');
    });
    app.use(problemHandler(pino({ level: 'silent' })));
    return open(app);
  };
  const LOCAL = new Set(['localhost', '127.0.0.1', '[::1]', 'tide.example']);

  it.each([
    ['localhost:4320', 200],
    ['LOCALHOST', 200],
    ['[::1]:4320', 200],
    ['127.0.0.1:1', 200],
    ['tide.example', 200],
    ['evil.example:4320', 403],
    ['localhost.evil.example', 403],
    ['127.0.0.1.evil.example', 403],
    ['user@evil.example', 403],
    ['evil.example#localhost', 403],
    ['evil.example/localhost', 403],
    ['not a host', 403],
  ])('answer «Host: %s» with %i', async (host, status) => {
    await serve(LOCAL);
    expect((await ask('/', { headers: { host } })).status).toBe(status);
  });

  it('let every host in where a token is asked for', async () => {
    await serve(null);
    expect((await ask('/', { headers: { host: 'anything.example' } })).status).toBe(200);
  });

  it.each([
    ['GET', 'https://evil.example', 200],
    ['HEAD', 'https://evil.example', 200],
    ['POST', undefined, 200],
    ['POST', 'http://localhost:4320', 200],
    ['POST', 'https://tide.example', 200],
    ['POST', 'http://localhost:4321', 403],
    ['POST', 'http://localhost', 403],
    ['POST', 'https://evil.example', 403],
    ['POST', 'https://tide.example.evil.example', 403],
    ['POST', 'null', 403],
    ['POST', '', 403],
    ['PUT', 'https://evil.example', 403],
    ['DELETE', 'https://evil.example', 403],
  ])('answer %s from the origin «%s» with %i', async (method, origin, status) => {
    await serve(LOCAL, 'https://tide.example/observe');
    const headers = { host: 'localhost:4320', ...(origin !== undefined && { origin }) };
    expect((await ask('/', { method, headers })).status).toBe(status);
  });

  it.each([
    ['/prometheus/api/v1/query?query=1', undefined, undefined, 200],
    ['/prometheus/api/v1/query?query=1', 'same-origin', 'cors', 200],
    ['/prometheus/api/v1/query?query=1', 'none', 'navigate', 200],
    ['/prometheus/api/v1/query?query=1', 'cross-site', 'no-cors', 403],
    ['/prometheus/api/v1/query?query=1', 'same-site', 'no-cors', 403],
    ['/tempo/api/search?q=%7B%7D', 'same-origin', 'cors', 200],
    ['/tempo/api/search?q=%7B%7D', 'cross-site', 'navigate', 403],
    ['/jaeger/api/traces?service=order', 'cross-site', 'navigate', 403],
    ['/PROMETHEUS/api/v1/query?query=1', 'cross-site', 'navigate', 403],
    ['/api/stream', 'cross-site', 'cors', 403],
    ['/api', 'cross-site', 'navigate', 403],
    ['/metrics', 'same-site', 'navigate', 403],
    ['/incidents/1', 'cross-site', 'navigate', 200],
    ['/assets/app.js', 'cross-site', 'no-cors', 403],
  ])('answer GET %s from %s by %s with %i', async (path, site, mode, status) => {
    await serve(LOCAL);
    const headers = {
      host: 'localhost',
      ...(site !== undefined && { 'sec-fetch-site': site, 'sec-fetch-mode': mode }),
    };
    expect((await ask(path, { headers })).status).toBe(status);
  });

  it.each([
    ['/', undefined, 401],
    ['/metrics', undefined, 401],
    ['/readyz', undefined, 200],
    ['/healthz', undefined, 200],
    ['/healthz/../metrics', undefined, 401],
    ['/healthz/', undefined, 401],
    ['/HEALTHZ', undefined, 401],
    ['//healthz', undefined, 401],
    ['/?/healthz', undefined, 401],
    ['/', `Bearer ${TOKEN}`, 200],
    ['/', basic(`anybody:${TOKEN}`), 200],
    ['/', `Bearer ${TOKEN.slice(1)}`, 401],
    ['/', 'Bearer', 401],
  ])('answer %s with «Authorization: %s» with %i', async (path, authorization, status) => {
    await serve(null, undefined, TOKEN);
    const answer = await ask(path, { headers: { ...(authorization !== undefined && { authorization }) } });
    expect(answer.status).toBe(status);
    expect(answer.headers['www-authenticate'] === undefined).toBe(status === 200);
    expect(answer.text).not.toContain(TOKEN);
  });

  it('set the headers that keep hostile text inert on refusals too', async () => {
    await serve(LOCAL);
    const { headers } = await ask('/', { headers: { host: 'evil.example' } });
    expect(headers['content-security-policy']).toMatch(/default-src 'self'.*object-src 'none'/);
    expect(headers['content-security-policy']).not.toMatch(/script-src|unsafe-eval/);
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'cross-origin-resource-policy': 'same-origin',
    });
  });
});
