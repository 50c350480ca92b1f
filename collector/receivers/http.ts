import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { OtlpSignal } from '../../model/telemetry.ts';
import type { CollectorConfig } from '../config.ts';
import type { FlightBudget, FlightTicket } from '../flight.ts';
import type { Ingest } from '../ingest.ts';
import { parseJson } from '../json/parse.ts';
import { TranscodeError, transcode } from '../json/transcode.ts';
import type { CollectorMetrics } from '../observe.ts';
import { type IngestResult, refuseForGood, refuseForNow } from '../outcome.ts';
import {
  httpStatusOf,
  responseToJson,
  responseToProtobuf,
  statusToJson,
  statusToProtobuf,
} from './answer.ts';
import { type Authenticate, bearerToken } from './bearer.ts';
import { readBody } from './body.ts';
import { isKnownEncoding, overBudget, tooLarge } from './body-collector.ts';
import { end } from './http-end.ts';

const ROUTES: Readonly<Record<string, OtlpSignal>> = {
  '/v1/traces': 'traces',
  '/v1/metrics': 'metrics',
  '/v1/logs': 'logs',
};

/** The content encodings that we take, for the `Accept-Encoding` of a refusal. */
const CONTENT_ENCODINGS = ['gzip', 'deflate', 'zstd', 'identity'] as const;

const PROTOBUF = 'application/x-protobuf';
const JSON_TYPE = 'application/json';
type ContentType = typeof PROTOBUF | typeof JSON_TYPE;
type Refusal = Extract<IngestResult, { outcome: 'refused' }>;

/** Exporters send every few seconds; a connection that closes between two of their requests makes one fail. */
const KEEP_ALIVE_MS = 65_000;

export interface HttpReceiverOptions {
  readonly config: CollectorConfig;
  readonly ingest: Ingest;
  readonly flight: FlightBudget;
  readonly metrics: CollectorMetrics;
  readonly authenticate?: Authenticate;
}

/** OTLP/HTTP: https://opentelemetry.io/docs/specs/otlp/#otlphttp */
export class HttpReceiver {
  readonly #options: HttpReceiverOptions;
  readonly #server: Server;
  #stopping = false;

  constructor(options: HttpReceiverOptions) {
    this.#options = options;
    const { requestTimeoutMs } = options.config;
    this.#server = createServer(
      {
        requestTimeout: requestTimeoutMs,
        headersTimeout: Math.min(requestTimeoutMs, 10_000),
        connectionsCheckingInterval: Math.min(Math.ceil(requestTimeoutMs / 4), 5_000),
        keepAliveTimeout: KEEP_ALIVE_MS,
        noDelay: true,
      },
      (request, response) => {
        // A connection may break at any step of an answer; nothing is left to tell its client then.
        this.#handle(request, response).catch(() => response.destroy());
      },
    );
  }

  /** Listens; throws where the address is taken. Returns the port. */
  async start(): Promise<number> {
    const { host, port } = this.#options.config.otlpHttp;
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, host, resolve);
    });
    return (this.#server.address() as AddressInfo).port;
  }

  /** Takes no new requests, lets those under way finish for `graceMs`, then cuts them off. */
  async stop(graceMs: number): Promise<void> {
    this.#stopping = true;
    if (!this.#server.listening) return;
    const timer = setTimeout(() => this.#server.closeAllConnections(), graceMs);
    await new Promise((resolve) => this.#server.close(resolve));
    clearTimeout(timer);
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? '').split('?', 1)[0]!;
    const signal = Object.hasOwn(ROUTES, path) ? ROUTES[path] : undefined;
    if (signal === undefined)
      return endEarly(request, response, 404, 'unknown path: POST to /v1/traces, /v1/metrics or /v1/logs');
    const type = contentTypeOf(request);
    const refusal = this.#admit(request, type);
    if (refusal !== null) {
      this.#options.metrics.finished(signal, 'http', refusal, 0);
      return refuse(request, response, type, refusal);
    }
    const ticket = this.#options.flight.board();
    try {
      await this.#receive(request, response, signal, type ?? PROTOBUF, ticket);
    } finally {
      ticket.release();
    }
  }

  /** What the headers alone decide. */
  #admit(request: IncomingMessage, type: ContentType | null): Refusal | null {
    const { authenticate, config } = this.#options;
    if (request.method !== 'POST') return refuseForGood('method', 'only POST is answered here');
    if (this.#stopping) return refuseForNow('stopping', 'the collector is stopping: try again later', 2);
    if (authenticate !== undefined && !authenticate(bearerToken(request.headers.authorization))) {
      return refuseForGood('unauthenticated', 'send a valid token as "Authorization: Bearer <token>"');
    }
    if (type === null) {
      return refuseForGood('content_type', `the content type must be ${PROTOBUF} or ${JSON_TYPE}`);
    }
    const encoding = encodingOf(request);
    if (!isKnownEncoding(encoding)) {
      return refuseForGood(
        'content_encoding',
        `the content encoding must be one of ${CONTENT_ENCODINGS.join(', ')}`,
      );
    }
    if (Number(request.headers['content-length'] ?? 0) > config.maxBodyBytes) {
      return tooLarge(config.maxBodyBytes);
    }
    return null;
  }

  async #receive(
    request: IncomingMessage,
    response: ServerResponse,
    signal: OtlpSignal,
    type: ContentType,
    ticket: FlightTicket,
  ): Promise<void> {
    const { config, ingest, metrics } = this.#options;
    const read = await readBody(request, encodingOf(request), config, ticket);
    const body = read.ok && type === JSON_TYPE ? fromJson(signal, read.body, ticket) : read;
    if (!body.ok) {
      metrics.finished(signal, 'http', body.refusal, 0);
      return refuse(request, response, type, body.refusal);
    }
    const result = await ingest.ingest(signal, body.body, 'http');
    if (result.outcome === 'refused') return refuse(request, response, type, result);
    const content = type === JSON_TYPE ? responseToJson(signal, result) : responseToProtobuf(result);
    response.writeHead(200, { 'content-type': type, 'content-length': Buffer.byteLength(content) });
    response.end(content);
  }
}

function fromJson(
  signal: OtlpSignal,
  text: Buffer,
  ticket: FlightTicket,
): { ok: true; body: Buffer } | { ok: false; refusal: Refusal } {
  if (text.length === 0) return { ok: true, body: text };
  if (!ticket.take(text.length)) return { ok: false, refusal: overBudget() };
  try {
    return { ok: true, body: transcode(signal, parseJson(text), text.length) };
  } catch (error) {
    if (error instanceof TranscodeError || error instanceof SyntaxError || error instanceof RangeError) {
      return { ok: false, refusal: refuseForGood('malformed', `not OTLP/JSON: ${error.message}`) };
    }
    throw error;
  }
}

function contentTypeOf(request: IncomingMessage): ContentType | null {
  const type = (request.headers['content-type'] ?? '').split(';', 1)[0]!.trim().toLowerCase();
  return type === PROTOBUF || type === JSON_TYPE ? type : null;
}

const encodingOf = (request: IncomingMessage): string =>
  (request.headers['content-encoding'] ?? '').trim().toLowerCase();

function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  type: ContentType | null,
  refusal: Refusal,
): void {
  const status = httpStatusOf(refusal);
  // A content type that we do not speak cannot be answered in kind.
  if (type === null) {
    endEarly(request, response, status, refusal.message);
    return;
  }
  const content = type === JSON_TYPE ? statusToJson(refusal) : statusToProtobuf(refusal);
  if (refusal.retryable) response.setHeader('retry-after', String(refusal.retryAfterSeconds));
  if (refusal.reason === 'unauthenticated') response.setHeader('www-authenticate', 'Bearer');
  if (refusal.reason === 'content_encoding')
    response.setHeader('accept-encoding', CONTENT_ENCODINGS.join(', '));
  if (refusal.reason === 'method') response.setHeader('allow', 'POST');
  end(request, response, status, type, content);
}

function endEarly(request: IncomingMessage, response: ServerResponse, status: number, message: string): void {
  if (status === 405) response.setHeader('allow', 'POST');
  end(request, response, status, 'text/plain; charset=utf-8', `${message}\n`);
}
