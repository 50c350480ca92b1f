import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { ClickHouseLogLevel, createClient } from '@clickhouse/client';
import { Counter, Histogram, type Registry } from 'prom-client';
import { LANE_HEADER } from '../engine/lane.ts';
import { toStoreError } from './errors.ts';
import { type Parameters, parameterText } from './parameters.ts';

export type { Parameters } from './parameters.ts';

/** Limits of one query. What is left out takes the default. */
export interface QueryLimits {
  /** Seconds; default 30. */
  readonly maxSeconds?: number;
  /** Bytes of memory; default 1 GiB. */
  readonly maxMemoryBytes?: number;
  /** Rows that may be read; default 2 billion. */
  readonly maxRowsToRead?: number;
  /** Threads; default ClickHouse's own. */
  readonly maxThreads?: number;
}

export interface QueryRequest {
  /** SQL without a FORMAT clause; values as `{name:Type}`. */
  readonly sql: string;
  readonly parameters?: Parameters;
  readonly limits?: QueryLimits;
  /** Further ClickHouse settings. */
  readonly settings?: Readonly<Record<string, string | number>>;
  /** What it is, for errors and metrics: a few words, the same for every such query. */
  readonly what: string;
  /** Ends the query when it fires. */
  readonly abort?: AbortSignal;
  /** Waits in the loader's lane of the embedded engine, apart from people's queries. */
  readonly load?: boolean;
}

export interface Reader {
  /** Rows as JSON objects; 64-bit integers as text. Throws `StoreError`. */
  rows(request: QueryRequest): Promise<readonly Readonly<Record<string, unknown>>[]>;
  /** The result in a binary or text format, whole. Throws `StoreError`. */
  bytes(request: QueryRequest, format: 'RowBinary' | 'Native' | 'TabSeparated'): Promise<Buffer>;
  /** The same, in pieces as they come, with backpressure. */
  stream(request: QueryRequest, format: 'RowBinary' | 'JSONEachRow' | 'TabSeparated'): AsyncIterable<Buffer>;
}

export interface Written {
  readonly rows: number;
}

export interface Writer {
  /** Runs a statement. Throws `StoreError`. */
  command(request: QueryRequest): Promise<Written>;
  /** Runs an INSERT whose data is `body`, in the format that the statement names. */
  insert(request: QueryRequest & { readonly body: Uint8Array }): Promise<Written>;
}

export interface ClickHouse extends Reader, Writer {
  /** Whether the store answers. */
  ping(): Promise<boolean>;
  close(): Promise<void>;
}

export interface ClickHouseOptions {
  readonly url: string;
  readonly username: string;
  readonly password: string;
  /** Default `default`. */
  readonly database?: string;
  readonly registry: Registry;
  /** Where its reads wait in the embedded engine: with people's, or in the lane of rules. Default `read`. */
  readonly readLane?: 'read' | 'rules';
  /** Sockets at a time; default 16. */
  readonly maxConnections?: number;
}

const GIB = 1024 ** 3;

/**
 * One ClickHouse, embedded or a server. Reads run readonly and every query has limits of time, memory and rows; aborting
 * one ends it in ClickHouse too.
 */
export function createClickHouse(options: ClickHouseOptions): ClickHouse {
  const client = createClient({
    url: options.url,
    username: options.username,
    password: options.password,
    database: options.database ?? 'default',
    max_open_connections: options.maxConnections ?? 16,
    request_timeout: 600_000,
    keep_alive: { enabled: true, idle_socket_ttl: 2_500 },
    use_multipart_params_auto: true,
    log: { level: ClickHouseLogLevel.OFF },
  });
  const metrics = queryMetrics(options.registry);

  const run = async <Result>(request: QueryRequest, action: () => Promise<Result>): Promise<Result> => {
    const end = metrics.seconds.startTimer({ query: request.what });
    try {
      request.abort?.throwIfAborted();
      return await action();
    } catch (error) {
      const failed = toStoreError(error, request.what, request.abort);
      metrics.failures.inc({ query: request.what, reason: failed.failure });
      throw failed;
    } finally {
      end();
    }
  };
  const shared = (request: QueryRequest, readonly: boolean) => ({
    query_id: randomUUID(),
    ...(request.parameters === undefined ? {} : { query_params: { ...request.parameters } }),
    clickhouse_settings: {
      ...limitSettings(request.limits),
      ...(readonly ? { readonly: '2' } : {}),
      ...request.settings,
    },
    http_headers: {
      [LANE_HEADER]: request.load === true ? 'load' : readonly ? (options.readLane ?? 'read') : 'write',
    },
    ...(request.abort === undefined ? {} : { abort_signal: request.abort }),
  });
  return {
    rows: (request) =>
      run(request, async () => {
        const options = shared(request, true);
        const result = await client.query({
          query: request.sql,
          format: 'JSONEachRow',
          ...options,
          clickhouse_settings: { output_format_json_quote_64bit_integers: 1, ...options.clickhouse_settings },
        });
        return result.json<Readonly<Record<string, unknown>>>();
      }),
    bytes: (request, format) =>
      run(request, async () => {
        const options = shared(request, true);
        const result = await client.exec(fitted(options, `${request.sql}\nFORMAT ${format}`));
        const chunks: Buffer[] = [];
        for await (const chunk of result.stream as AsyncIterable<Buffer>) chunks.push(chunk);
        return chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks);
      }),
    async *stream(request, format) {
      const options = shared(request, true);
      try {
        const result = await client.exec({
          ...fitted(options, `${request.sql}\nFORMAT ${format}`),
          clickhouse_settings: { ...options.clickhouse_settings, wait_end_of_query: 0 },
        });
        for await (const chunk of result.stream as AsyncIterable<Buffer>) yield chunk;
      } catch (error) {
        throw toStoreError(error, request.what, request.abort);
      }
    },
    command: (request) =>
      run(request, async () => {
        const result = await client.command({
          query: request.sql,
          ...shared(request, false),
        });
        return { rows: Number(result.summary?.written_rows ?? 0) };
      }),
    insert: (request) =>
      run(request, async () => {
        const result = await client.exec({
          query: request.sql,
          values: Readable.from([request.body]),
          ...shared(request, false),
        });
        for await (const _ of result.stream as AsyncIterable<Buffer>);
        return { rows: Number(result.summary?.written_rows ?? 0) };
      }),
    ping: async () => (await client.ping()).success,
    close: () => client.close(),
  };
}

/** Parameters up to this many bytes go in the URL. */
const URL_PARAMETERS_BYTES = 8_000;

/**
 * The options for `exec`, with its parameters in a multipart body when they are too long for a URL (a list of series ids is):
 * the client does that by itself for `query` only, which cannot answer binary.
 */
function fitted<
  Options extends { readonly query_params?: Parameters; readonly http_headers: Record<string, string> },
>(options: Options, sql: string) {
  const { query_params: parameters = {}, ...rest } = options;
  const texts = Object.entries(parameters).map(([name, value]) => [name, parameterText(value)] as const);
  const bytes = texts.reduce((sum, [, text]) => sum + text.length, 0);
  if (bytes <= URL_PARAMETERS_BYTES) return { ...rest, query: sql, query_params: { ...parameters } };
  const boundary = `tidewarden-${randomUUID()}`;
  const part = (name: string, text: string): string =>
    `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${text}\r\n`;
  const parts = [part('query', sql), ...texts.map(([name, text]) => part(`param_${name}`, text))];
  return {
    ...rest,
    query: `${parts.join('')}--${boundary}--\r\n`,
    http_headers: { ...rest.http_headers, 'Content-Type': `multipart/form-data; boundary=${boundary}` },
  };
}

function limitSettings(limits: QueryLimits = {}): Record<string, string | number> {
  return {
    max_execution_time: limits.maxSeconds ?? 30,
    max_memory_usage: String(limits.maxMemoryBytes ?? GIB),
    max_rows_to_read: String(limits.maxRowsToRead ?? 2_000_000_000),
    ...(limits.maxThreads === undefined ? {} : { max_threads: limits.maxThreads }),
  };
}

function queryMetrics(registry: Registry): { seconds: Histogram; failures: Counter } {
  const seconds = 'tidewarden_storage_query_duration_seconds';
  const failures = 'tidewarden_storage_query_failures_total';
  return {
    seconds:
      (registry.getSingleMetric(seconds) as Histogram | undefined) ??
      new Histogram({
        name: seconds,
        help: 'Time that queries to ClickHouse took, by kind of query',
        labelNames: ['query'],
        buckets: [0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 30],
        registers: [registry],
      }),
    failures:
      (registry.getSingleMetric(failures) as Counter | undefined) ??
      new Counter({
        name: failures,
        help: 'Queries to ClickHouse that failed, by kind of query and reason',
        labelNames: ['query', 'reason'],
        registers: [registry],
      }),
  };
}
