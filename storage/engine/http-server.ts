import { timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import { promisify } from 'node:util';
import { gunzipSync, gzip } from 'node:zlib';
import type { Exception } from './exceptions.ts';
import { exception, toException } from './exceptions.ts';
import type { Executor, Job, Summary } from './executor.ts';
import { isLane, LANE_HEADER, type Lane } from './lane.ts';
import { parseMultipart } from './multipart.ts';
import type { Slots } from './slots.ts';
import { classify, STREAMABLE } from './statement.ts';

const gzipAsync = promisify(gzip);

export interface ServerOptions {
  readonly executor: Executor;
  readonly username: string;
  readonly password: string;
  /** Who waits for whom. */
  readonly lanes: Readonly<Record<Lane, Slots>>;
  readonly maxBodyBytes: number;
  /** Called when the engine said that it is beyond repair and the process must be replaced. */
  readonly onFatal: (reason: string) => void;
}

const EMPTY_SUMMARY: Summary = { readRows: 0, readBytes: 0, writtenRows: 0, writtenBytes: 0, elapsed: 0 };
/** The engine says this (ABORTED) once a fatal error made it refuse all work. */
const FATAL = /Code: 236\b.*fatal/s;
const DATABASE = /^[A-Za-z0-9_]+$/;
/** 16 characters, as ClickHouse's own tags are; it only has to be unlikely in data. */
const EXCEPTION_TAG = 'tidewarden_error';

/** One request, read and understood. */
interface Request {
  readonly parameters: URLSearchParams;
  readonly job: Job | null;
  readonly lane: Lane;
  readonly stream: boolean;
  readonly gzip: boolean;
  readonly format: string;
}

/** The slice of ClickHouse's HTTP interface that `@clickhouse/client` uses, over an executor. */
export function createEngineServer(options: ServerOptions): Server {
  const server = createServer({ maxHeaderSize: 1 << 20, keepAliveTimeout: 60_000 }, (request, response) => {
    handle(options, request, response).catch((error: unknown) => {
      if (FATAL.test(String(error))) options.onFatal(String(error));
      if (response.headersSent) response.destroy();
      else sendException(response, toException(error));
    });
  });
  server.requestTimeout = 0;
  return server;
}

async function handle(options: ServerOptions, request: IncomingMessage, response: ServerResponse) {
  const url = new URL(request.url ?? '/', 'http://engine');
  if (url.pathname === '/ping') {
    response.setHeader('Content-Type', 'text/plain').end('Ok.\n');
    return;
  }
  if (!authorised(options, request, url))
    return sendException(response, exception(516, 'AUTHENTICATION_FAILED', 'Wrong user name or password'));
  const abort = new AbortController();
  response.on('close', () => {
    if (!response.writableFinished) abort.abort();
  });
  const body = await readBody(request, options.maxBodyBytes);
  if (body === null)
    return sendException(
      response,
      exception(131, 'TOO_LARGE_STRING_SIZE', `Body over ${options.maxBodyBytes} bytes`),
    );
  let understood: Request;
  try {
    understood = understand(request, url, body);
  } catch (error) {
    return sendException(response, exception(36, 'BAD_ARGUMENTS', (error as Error).message));
  }
  await answer(options, understood, response, abort.signal);
}

function authorised(options: ServerOptions, request: IncomingMessage, url: URL): boolean {
  const header = /^Basic (.+)$/.exec(request.headers.authorization ?? '')?.[1];
  const given =
    header !== undefined
      ? Buffer.from(header, 'base64')
      : Buffer.from(
          `${request.headers['x-clickhouse-user'] ?? url.searchParams.get('user') ?? ''}:${
            request.headers['x-clickhouse-key'] ?? url.searchParams.get('password') ?? ''
          }`,
        );
  const wanted = Buffer.from(`${options.username}:${options.password}`);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

async function readBody(request: IncomingMessage, limit: number): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > limit) return null;
    chunks.push(chunk);
  }
  const body = Buffer.concat(chunks);
  return request.headers['content-encoding'] === 'gzip' ? gunzipSync(body, { maxOutputLength: limit }) : body;
}

function understand(request: IncomingMessage, url: URL, body: Buffer): Request {
  const parameters = url.searchParams;
  let data = body;
  const multipart = /^multipart\/form-data;.*boundary="?([^";]+)"?/i.exec(
    request.headers['content-type'] ?? '',
  );
  if (multipart !== null) {
    for (const [name, value] of parseMultipart(body, multipart[1] ?? '')) parameters.set(name, value);
    data = Buffer.alloc(0);
  }
  const defaultFormat =
    headerText(request, 'x-clickhouse-format') ?? parameters.get('default_format') ?? undefined;
  const statement = classify(parameters.get('query') ?? '', data, defaultFormat);
  const database = parameters.get('database') ?? headerText(request, 'x-clickhouse-database') ?? null;
  if (database !== null && !DATABASE.test(database)) throw new RangeError('Database has a strange name');
  const readonly = (parameters.get('readonly') ?? '0') !== '0';
  const lane = headerText(request, LANE_HEADER);
  const format = statement.kind === 'query' ? statement.format : 'TabSeparated';
  return {
    parameters,
    lane: isLane(lane) ? lane : readonly ? 'read' : 'write',
    stream:
      parameters.get('wait_end_of_query') === '0' && statement.kind === 'query' && STREAMABLE.has(format),
    gzip:
      parameters.get('enable_http_compression') === '1' &&
      /\bgzip\b/.test(String(request.headers['accept-encoding'])),
    format,
    job:
      statement.kind === 'nothing'
        ? null
        : {
            id: queryId(parameters),
            database,
            settings: parameters,
            statement,
          },
  };
}

const headerText = (request: IncomingMessage, name: string): string | undefined => {
  const value = request.headers[name];
  return typeof value === 'string' ? value : undefined;
};

let anonymous = 0;
function queryId(parameters: URLSearchParams): string {
  const given = parameters.get('query_id');
  if (given !== null && given !== '') return given;
  const made = `anonymous-${process.pid}-${++anonymous}`;
  parameters.set('query_id', made);
  return made;
}

async function answer(
  options: ServerOptions,
  request: Request,
  response: ServerResponse,
  abort: AbortSignal,
): Promise<void> {
  response.setHeader('X-ClickHouse-Query-Id', request.parameters.get('query_id') ?? '');
  response.setHeader('X-ClickHouse-Format', request.format);
  response.setHeader('X-ClickHouse-Timezone', 'UTC');
  response.setHeader('Content-Type', 'text/plain; charset=UTF-8');
  const { job } = request;
  if (job === null) {
    response.setHeader('X-ClickHouse-Summary', summaryHeader(EMPTY_SUMMARY)).end();
    return;
  }
  const release = await options.lanes[request.lane].acquire(abort);
  if (release === null) return;
  if (release === 'full')
    return sendException(
      response,
      exception(202, 'TOO_MANY_SIMULTANEOUS_QUERIES', `Too many ${request.lane} queries wait; try again`),
    );
  const kill = (): void => {
    options.executor.kill(job.id).catch(() => {
      // It ended by itself, or the whole engine is going away: nothing is left to end.
    });
  };
  abort.addEventListener('abort', kill, { once: true });
  try {
    if (request.stream) await sendStream(options, job, response, abort);
    else await sendWhole(options, request.gzip, job, response);
  } finally {
    abort.removeEventListener('abort', kill);
    release();
  }
}

async function sendWhole(
  options: ServerOptions,
  compress: boolean,
  job: Job,
  response: ServerResponse,
): Promise<void> {
  const { bytes, summary } = await options.executor.run(job);
  response.setHeader('X-ClickHouse-Summary', summaryHeader(summary));
  if (compress && bytes.length > 0) {
    response.setHeader('Content-Encoding', 'gzip').end(await gzipAsync(bytes));
    return;
  }
  response.end(bytes);
}

async function sendStream(
  options: ServerOptions,
  job: Job,
  response: ServerResponse,
  abort: AbortSignal,
): Promise<void> {
  response.setHeader('X-ClickHouse-Summary', summaryHeader(EMPTY_SUMMARY));
  response.setHeader('X-ClickHouse-Exception-Tag', EXCEPTION_TAG);
  let started = false;
  try {
    for await (const bytes of options.executor.stream(job)) {
      if (abort.aborted) return;
      started = true;
      if (!response.write(bytes)) await Promise.race([once(response, 'drain'), once(response, 'close')]);
    }
  } catch (error) {
    if (!started) throw error;
    const { text } = toException(error);
    const length = Buffer.byteLength(text) + 1;
    response.write(
      `\r\n__exception__\r\n${EXCEPTION_TAG}\r\n${text}\n${length} ${EXCEPTION_TAG}\r\n__exception__\r\n`,
    );
  }
  response.end();
}

function summaryHeader(summary: Summary): string {
  return JSON.stringify({
    read_rows: String(summary.readRows),
    read_bytes: String(summary.readBytes),
    written_rows: String(summary.writtenRows),
    written_bytes: String(summary.writtenBytes),
    total_rows_to_read: '0',
    result_rows: '0',
    result_bytes: '0',
    elapsed_ns: String(Math.round(summary.elapsed * 1e9)),
  });
}

function sendException(response: ServerResponse, error: Exception): void {
  response.statusCode = error.status;
  response.setHeader('X-ClickHouse-Exception-Code', String(error.code));
  response.setHeader('Content-Type', 'text/plain; charset=UTF-8');
  response.end(`${error.text}\n`);
}
