import { z } from 'zod';
import { keepPolicy } from './keep-policy.ts';

/** `host:port`; an IPv6 host stands in brackets. */
const address = z.string().transform((text, context) => {
  const match = /^(?:\[([0-9a-fA-F:]+)\]|([^:\s/]+)):(\d{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  if (match === null || port > 65_535) {
    context.addIssue({
      code: 'custom',
      message: `«${text}» is no address: write host:port, e.g. 127.0.0.1:4320`,
    });
    return z.NEVER;
  }
  return { host: match[1] ?? match[2] ?? '', port };
});

const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  B: 1,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
};

/** A number of bytes: 1048576 or `64 MiB`. */
const bytes = z.union([z.number().int().positive(), z.string()]).transform((value, context) => {
  if (typeof value === 'number') return value;
  const match = /^(\d+(?:\.\d+)?)\s*(B|KiB|MiB|GiB|TiB)?$/.exec(value);
  const size = match === null ? 0 : Math.floor(Number(match[1]) * UNITS[match[2] ?? '']!);
  if (size <= 0) {
    context.addIssue({ code: 'custom', message: `«${value}» is no size: write e.g. 64 MiB` });
    return z.NEVER;
  }
  return size;
});

const count = z.coerce.number().int().positive();
const httpUrl = z.url({ protocol: /^https?$/, error: 'write a whole http:// or https:// address' });

/** Every setting, its name in `tidewarden.yaml` and its default. Unknown keys are errors. */
export const configSchema = z.strictObject({
  http: address.prefault('127.0.0.1:4320'),
  otlp: z
    .strictObject({ http: address.prefault('127.0.0.1:4318'), grpc: address.prefault('127.0.0.1:4317') })
    .prefault({}),
  data: z.string().min(1).default('./data'),
  content: z.string().min(1).default('./content'),
  publicUrl: httpUrl.optional(),
  clickhouse: z.strictObject({ url: httpUrl.optional(), sessions: count.max(16).default(4) }).prefault({}),
  postgres: z
    .strictObject({
      url: z
        .url({ protocol: /^postgres(ql)?$/, error: 'write postgres://user:password@host/database' })
        .optional(),
    })
    .prefault({}),
  auth: z.strictObject({ token: z.string().min(16, 'use at least 16 characters').optional() }).prefault({}),
  limits: z
    .strictObject({
      bodyBytes: bytes.prefault('16 MiB'),
      decompressedBytes: bytes.prefault('64 MiB'),
      bytesInFlight: bytes.prefault('256 MiB'),
      walBytes: bytes.prefault('8 GiB'),
      segmentBytes: bytes.prefault('32 MiB'),
      segmentMs: count.default(1_000),
      requestMs: count.default(30_000),
      queryMs: count.default(30_000),
      querySamples: count.default(20_000_000),
      queryScannedSamples: count.default(250_000_000),
      headBytes: bytes.prefault('256 MiB'),
      seriesPerMetric: count.default(50_000),
      queryConcurrency: count.default(20),
    })
    .prefault({}),
  retention: z
    .strictObject({
      spansDays: count.default(7),
      keptTracesDays: count.default(90),
      keep: keepPolicy,
      logsDays: count.default(7),
      samplesDays: count.default(30),
      rolledUpDays: count.default(400),
    })
    .prefault({}),
  spanMetrics: z
    .strictObject({
      dimensions: z
        .array(z.string().min(1).max(200))
        .max(8, 'at most 8, each multiplies the series')
        .default([]),
      operationsPerService: count.default(1_000),
    })
    .prefault({}),
  rules: z.strictObject({ intervalMs: count.default(5_000) }).prefault({}),
  log: z.strictObject({ level: z.enum(['debug', 'info', 'warn', 'error']).optional() }).prefault({}),
  tracing: z.strictObject({ endpoint: httpUrl.optional() }).prefault({}),
});
export type Config = z.infer<typeof configSchema>;

/** Environment variable to the setting's path; the only names that are read from the environment. */
export const ENVIRONMENT = {
  TIDEWARDEN_HTTP: ['http'],
  TIDEWARDEN_OTLP_HTTP: ['otlp', 'http'],
  TIDEWARDEN_OTLP_GRPC: ['otlp', 'grpc'],
  TIDEWARDEN_DATA: ['data'],
  TIDEWARDEN_CONTENT: ['content'],
  TIDEWARDEN_PUBLIC_URL: ['publicUrl'],
  TIDEWARDEN_CLICKHOUSE_URL: ['clickhouse', 'url'],
  TIDEWARDEN_CLICKHOUSE_SESSIONS: ['clickhouse', 'sessions'],
  TIDEWARDEN_POSTGRES_URL: ['postgres', 'url'],
  TIDEWARDEN_TOKEN: ['auth', 'token'],
  TIDEWARDEN_LIMITS_BODY_BYTES: ['limits', 'bodyBytes'],
  TIDEWARDEN_LIMITS_DECOMPRESSED_BYTES: ['limits', 'decompressedBytes'],
  TIDEWARDEN_LIMITS_BYTES_IN_FLIGHT: ['limits', 'bytesInFlight'],
  TIDEWARDEN_LIMITS_WAL_BYTES: ['limits', 'walBytes'],
  TIDEWARDEN_LIMITS_SEGMENT_BYTES: ['limits', 'segmentBytes'],
  TIDEWARDEN_LIMITS_SEGMENT_MS: ['limits', 'segmentMs'],
  TIDEWARDEN_LIMITS_REQUEST_MS: ['limits', 'requestMs'],
  TIDEWARDEN_LIMITS_QUERY_MS: ['limits', 'queryMs'],
  TIDEWARDEN_LIMITS_QUERY_SAMPLES: ['limits', 'querySamples'],
  TIDEWARDEN_LIMITS_QUERY_SCANNED_SAMPLES: ['limits', 'queryScannedSamples'],
  TIDEWARDEN_LIMITS_HEAD_BYTES: ['limits', 'headBytes'],
  TIDEWARDEN_LIMITS_SERIES_PER_METRIC: ['limits', 'seriesPerMetric'],
  TIDEWARDEN_LIMITS_QUERY_CONCURRENCY: ['limits', 'queryConcurrency'],
  TIDEWARDEN_RETENTION_SPANS_DAYS: ['retention', 'spansDays'],
  TIDEWARDEN_RETENTION_KEPT_TRACES_DAYS: ['retention', 'keptTracesDays'],
  TIDEWARDEN_RETENTION_LOGS_DAYS: ['retention', 'logsDays'],
  TIDEWARDEN_RETENTION_SAMPLES_DAYS: ['retention', 'samplesDays'],
  TIDEWARDEN_RETENTION_ROLLED_UP_DAYS: ['retention', 'rolledUpDays'],
  TIDEWARDEN_SPAN_METRICS_OPERATIONS_PER_SERVICE: ['spanMetrics', 'operationsPerService'],
  TIDEWARDEN_RULES_INTERVAL_MS: ['rules', 'intervalMs'],
  TIDEWARDEN_LOG_LEVEL: ['log', 'level'],
  TIDEWARDEN_TRACING_ENDPOINT: ['tracing', 'endpoint'],
} as const satisfies Record<string, readonly string[]>;

/** Settings whose values never appear in a message or a log. */
export const SECRET_PATHS: ReadonlySet<string> = new Set(['auth.token', 'clickhouse.url', 'postgres.url']);
