import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { configSchema } from './schema.ts';
import { shownSettings, shownYaml } from './shown.ts';

const config = configSchema.parse({
  auth: { token: 'hush-hush-hush-hush' },
  clickhouse: { url: 'https://ada:hush@ch.example:8443/telemetry' },
  postgres: { url: 'postgres://ada:hush@pg.example/records' },
  tracing: { endpoint: 'https://ada:hush@traces.example/v1?key=hush' },
});

it('shows settings by name and as YAML that reads back', () => {
  expect(shownSettings(config)).toMatchObject({
    http: '127.0.0.1:4320',
    'otlp.grpc': '127.0.0.1:4317',
    'limits.queryMs': '30000',
  });
  expect(parse(shownYaml(config))).toMatchObject({
    http: '127.0.0.1:4320',
    limits: { queryMs: 30_000, walBytes: 2 ** 33 },
    auth: { token: '<secret>' },
    retention: { keep: { errors: true, matching: [] } },
  });
});

it('leaks no secret', () => {
  expect(shownSettings(config)).toMatchObject({
    'auth.token': '<secret>',
    'clickhouse.url': '<secret>',
    'postgres.url': '<secret>',
    'tracing.endpoint': 'https://<secret>@traces.example/v1?<secret>',
  });
  expect(JSON.stringify(shownSettings(config)) + shownYaml(config)).not.toMatch(/hush|ada/);
});
