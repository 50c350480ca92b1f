import type { IncomingMessage, ServerResponse } from 'node:http';
import type { CollectorConfig } from '../config.ts';
import type { FlightBudget, FlightTicket } from '../flight.ts';
import type { Ingest } from '../ingest.ts';
import type { CollectorMetrics } from '../observe.ts';
import { type Accepted, type IngestResult, refuseForGood } from '../outcome.ts';
import { MalformedError } from '../remote-write/fields.ts';
import { type Resolved, resolveSymbols } from '../remote-write/resolve-symbols.ts';
import { SnappyError, uncompress, uncompressedLength } from '../remote-write/snappy.ts';
import { TooLargeError } from '../remote-write/symbol-resolver.ts';
import { WRITE_REQUEST_2 } from '../wire/reasons.ts';
import { httpStatusOf } from './answer.ts';
import { readBody } from './body.ts';
import { overBudget, tooLarge } from './body-collector.ts';
import { end } from './http-end.ts';

const WRITE_REQUEST_1 = 'prometheus.WriteRequest';
type Message = typeof WRITE_REQUEST_1 | typeof WRITE_REQUEST_2;
type Refusal = Extract<IngestResult, { outcome: 'refused' }>;

export interface RemoteWriteOptions {
  readonly config: CollectorConfig;
  readonly ingest: Ingest;
  readonly flight: FlightBudget;
  readonly metrics: CollectorMetrics;
}

/**
 * Prometheus remote write: https://prometheus.io/docs/specs/prw/remote_write_spec/ (1.0) and …_2_0/. Answers one request of a
 * server that has asked for the token already.
 */
export class RemoteWriteReceiver {
  readonly #options: RemoteWriteOptions;

  constructor(options: RemoteWriteOptions) {
    this.#options = options;
  }

  /** Answers once what is good in the request is durable. A connection that breaks rejects. */
  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { flight, metrics, config } = this.#options;
    const message = messageOf(request.headers['content-type']);
    const ticket = flight.board();
    const timer = setTimeout(() => request.destroy(), config.requestTimeoutMs);
    try {
      const refusal = this.#admit(request, message);
      const body =
        refusal === null ? await this.#receive(request, message ?? WRITE_REQUEST_1, ticket) : refusal;
      if ('outcome' in body) {
        metrics.finished('remote_write', 'http', body, 0);
        return refuse(request, response, message, body);
      }
      const result = await this.#options.ingest.ingest('remote_write', body.body, 'http', body.rejections);
      if (result.outcome === 'refused') refuse(request, response, message, result);
      else answer(request, response, message, result);
    } finally {
      clearTimeout(timer);
      ticket.release();
    }
  }

  /** What the headers alone decide. */
  #admit(request: IncomingMessage, message: Message | null): Refusal | null {
    if (request.method !== 'POST') return refuseForGood('method', 'only POST is answered here');
    if (message === null)
      return refuseForGood(
        'content_type',
        `the content type must be application/x-protobuf, alone or with ;proto=${WRITE_REQUEST_1} or ;proto=${WRITE_REQUEST_2}`,
      );
    const encoding = (request.headers['content-encoding'] ?? 'snappy').trim().toLowerCase();
    if (encoding !== 'snappy')
      return refuseForGood('content_encoding', 'the content encoding must be snappy');
    const { maxBodyBytes } = this.#options.config;
    return Number(request.headers['content-length'] ?? 0) > maxBodyBytes ? tooLarge(maxBodyBytes) : null;
  }

  /** The request as `prometheus.WriteRequest`, with what was left out on the way. */
  async #receive(
    request: IncomingMessage,
    message: Message,
    ticket: FlightTicket,
  ): Promise<{ readonly body: Buffer; readonly rejections?: Resolved['rejections'] } | Refusal> {
    const { maxDecompressedBytes } = this.#options.config;
    const read = await readBody(request, '', this.#options.config, ticket);
    if (!read.ok) return read.refusal;
    try {
      const length = uncompressedLength(read.body);
      if (length > maxDecompressedBytes) return tooLarge(maxDecompressedBytes);
      if (!ticket.take(length)) return overBudget();
      const body = Buffer.allocUnsafe(length);
      uncompress(read.body, body);
      if (message === WRITE_REQUEST_1) return { body };
      const resolved = resolveSymbols(body, maxDecompressedBytes);
      return ticket.take(resolved.body.length) ? resolved : overBudget();
    } catch (error) {
      if (error instanceof TooLargeError) return tooLarge(maxDecompressedBytes);
      if (error instanceof SnappyError) return refuseForGood('malformed', `the body is ${error.message}`);
      if (error instanceof MalformedError)
        return refuseForGood('malformed', `the body is not an ${message}: ${error.message}`);
      throw error;
    }
  }
}

/** Which message the content type names; null for one that we do not speak. */
function messageOf(header: string | undefined): Message | null {
  const [type = '', ...parameters] = (header ?? '').split(';').map((part) => part.trim());
  if (type.toLowerCase() !== 'application/x-protobuf') return null;
  const named = parameters
    .map((parameter) => /^proto=(?:"(.*)"|(.*))$/i.exec(parameter))
    .find((match) => match !== null);
  const name = named?.[1] ?? named?.[2] ?? WRITE_REQUEST_1;
  return name === WRITE_REQUEST_1 || name === WRITE_REQUEST_2 ? name : null;
}

/** What of the request is durable, as 2.0 wants it said on every answer. */
function sayWritten(response: ServerResponse, message: Message | null, result: Accepted | null): void {
  if (message !== WRITE_REQUEST_2) return;
  const { sample = 0, nativeHistogram = 0, exemplar = 0 } = result?.kinds ?? {};
  response.setHeader('X-Prometheus-Remote-Write-Samples-Written', String(sample));
  response.setHeader('X-Prometheus-Remote-Write-Histograms-Written', String(nativeHistogram));
  response.setHeader('X-Prometheus-Remote-Write-Exemplars-Written', String(exemplar));
}

/** 204 where all was written; else 400, which is not sent again, with what was not and why. */
function answer(
  request: IncomingMessage,
  response: ServerResponse,
  message: Message | null,
  result: Accepted,
): void {
  sayWritten(response, message, result);
  if (result.rejected > 0) end(request, response, 400, 'text/plain; charset=utf-8', `${result.message}\n`);
  else response.writeHead(204).end();
}

/**
 * A refusal. What may be sent again is 503 and never 429: Prometheus drops what 429 refuses unless it is configured otherwise.
 */
function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  message: Message | null,
  refusal: Refusal,
): void {
  sayWritten(response, message, null);
  if (refusal.retryable) response.setHeader('Retry-After', String(refusal.retryAfterSeconds));
  if (refusal.reason === 'content_encoding') response.setHeader('Accept-Encoding', 'snappy');
  if (refusal.reason === 'method') response.setHeader('Allow', 'POST');
  const status = refusal.retryable ? 503 : httpStatusOf(refusal);
  end(request, response, status, 'text/plain; charset=utf-8', `${refusal.message}\n`);
}
