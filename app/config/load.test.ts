import { describe, expect, it } from 'vitest';
import { ConfigError, loadConfig } from './load.ts';

const load = (text: string, environment: Record<string, string> = {}, flags: [string, string][] = []) =>
  loadConfig({ file: { name: 'tidewarden.yaml', text }, environment, flags });

describe('configuration', () => {
  it('has a default for everything', () => {
    const config = loadConfig({ environment: {}, flags: [] });
    expect(config.http).toEqual({ host: '127.0.0.1', port: 4320 });
    expect(config.otlp.grpc.port).toBe(4317);
    expect(config.limits.bodyBytes).toBe(16 * 2 ** 20);
  });

  it('lets the file win over defaults, the environment over the file, flags over all', () => {
    const config = load(
      'http: 127.0.0.1:1\notlp:\n  http: 127.0.0.1:2\ndata: here',
      { TIDEWARDEN_HTTP: '127.0.0.1:3', TIDEWARDEN_DATA: 'there' },
      [['data', 'everywhere']],
    );
    expect(config.http.port).toBe(3);
    expect(config.otlp.http.port).toBe(2);
    expect(config.data).toBe('everywhere');
  });

  it('names the line and column of an unknown key', () => {
    expect(() => load('http: 127.0.0.1:1\notlp:\n  htpp: 127.0.0.1:2')).toThrow(
      /tidewarden\.yaml:3:3: no setting is called «otlp\.htpp»/,
    );
  });

  it('reports every fault at once', () => {
    const attempt = () => load('http: nowhere\nlimits: { bodyBytes: 3 parsecs }', { TIDEWARDEN_HTPP: 'x' });
    expect(attempt).toThrow(ConfigError);
    expect(attempt).toThrow(/tidewarden\.yaml:1:1.*no address[\s\S]*3 parsecs|environment TIDEWARDEN_HTPP/);
  });

  it('reads what traces are kept, and says where a filter is wrong', () => {
    const config = load(
      "retention:\n  keep:\n    sampledShare: 0.05\n    matching:\n      - '{ span.vip = true }'",
    );
    expect(config.retention.keep).toMatchObject({
      ...{ errors: true, sampledShare: 0.05, matching: ['{ span.vip = true }'] },
      slow: { quantile: 0.99 },
    });
    expect(() => load("retention:\n  keep:\n    matching:\n      - '{}'\n      - '{ span.vip = }'")).toThrow(
      /tidewarden\.yaml:5:9: retention\.keep\.matching\.1: «{ span\.vip = }» cannot say what is kept: parse error/,
    );
    expect(() => load("retention:\n  keep: { matching: ['{} >> {}'] }")).toThrow(/write one filter/);
    expect(load('', {}, [['retention.keep.errors', 'no']]).retention.keep.errors).toBe(false);
  });

  it('says where YAML is broken', () => {
    expect(() => load('http: [')).toThrow(/tidewarden\.yaml:1:/);
  });

  it('is not polluted by hostile keys', () => {
    expect(() => load('__proto__:\n  polluted: yes')).toThrow(ConfigError);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it('never shows a secret', () => {
    expect(() => load('', { TIDEWARDEN_POSTGRES_URL: 'mysql://root:hunter2@db/x' })).toThrow(/not shown/);
    expect(() => load('', { TIDEWARDEN_POSTGRES_URL: 'mysql://root:hunter2@db/x' })).not.toThrow(/hunter2/);
  });

  it.each(['0.0.0.0:4320', '[::]:4320', '10.1.2.3:4320', 'example.org:80'])(
    'refuses %s without authentication',
    (http) => {
      expect(() => load(`http: "${http}"`)).toThrow(/no authentication is configured/);
      expect(load(`http: "${http}"\nauth: { token: 0123456789abcdef }`).auth.token).toBeDefined();
    },
  );
});
