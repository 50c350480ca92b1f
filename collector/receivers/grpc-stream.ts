import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import type { FlightTicket } from '../flight.ts';
import { type IngestResult, refuseForGood } from '../outcome.ts';
import { statusToProtobuf } from './answer.ts';
import { BodyCollector, type BodyLimits, type BodyResult, tooLarge } from './body-collector.ts';

/**
 * Unary gRPC on an HTTP/2 stream: https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md. A message is framed as
 * a byte that says whether it is compressed, four bytes of length (big-endian), and the message.
 */
const PREFIX_BYTES = 5;

/** What a message may be compressed with. */
export const GRPC_ENCODINGS = ['identity', 'deflate', 'gzip'] as const;

/** A client that sends more than its message, less of it, or nothing. */
const misframed = (problem: string) => refuseForGood('malformed', `not one gRPC message: ${problem}`);

/** Reads the one message of a unary call within the limits. Never rejects; cancels as `client_gone`, slow ones as `timeout`. */
export function readMessage(
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  limits: BodyLimits,
  ticket: FlightTicket,
  timeoutMs: number,
): Promise<BodyResult> {
  return new Promise((resolve) => {
    const reader = new MessageReader(stream, encodingOf(headers), limits, ticket, (result) => {
      clearTimeout(timer);
      stream.off('data', onData).off('end', onEnd).off('close', onGone).off('aborted', onGone);
      resolve(result);
    });
    const timer = setTimeout(
      () => reader.refuse(refuseForGood('timeout', `the message did not arrive within ${timeoutMs} ms`)),
      timeoutMs,
    );
    const onData = (chunk: Buffer) => reader.write(chunk);
    const onEnd = () => reader.end();
    const onGone = () => reader.refuse(refuseForGood('client_gone', 'the client cancelled the call'));
    stream.on('data', onData).on('end', onEnd).on('close', onGone).on('aborted', onGone);
  });
}

export const encodingOf = (headers: IncomingHttpHeaders): string =>
  String(headers['grpc-encoding'] ?? 'identity');

/** Takes the prefix off and hands the message to a collector; the prefix says which. */
class MessageReader {
  readonly #stream: ServerHttp2Stream;
  readonly #encoding: string;
  readonly #limits: BodyLimits;
  readonly #ticket: FlightTicket;
  #done: ((result: BodyResult) => void) | null;
  #prefix = Buffer.alloc(0);
  #collector: BodyCollector | null = null;
  #remaining = 0;

  constructor(
    stream: ServerHttp2Stream,
    encoding: string,
    limits: BodyLimits,
    ticket: FlightTicket,
    done: (result: BodyResult) => void,
  ) {
    this.#stream = stream;
    this.#encoding = encoding;
    this.#limits = limits;
    this.#ticket = ticket;
    this.#done = done;
  }

  write(chunk: Buffer): void {
    if (this.#done === null) return;
    let content = chunk;
    if (this.#collector === null) {
      const missing = PREFIX_BYTES - this.#prefix.length;
      this.#prefix = Buffer.concat([this.#prefix, chunk.subarray(0, missing)]);
      content = chunk.subarray(missing);
      if (this.#prefix.length < PREFIX_BYTES) return;
      this.#begin();
      if (this.#collector === null) return;
    }
    this.#remaining -= content.length;
    if (this.#remaining < 0) this.refuse(misframed('more bytes follow the message'));
    else if (content.length > 0) (this.#collector as BodyCollector).write(content);
  }

  end(): void {
    if (this.#collector === null) this.refuse(misframed('no message came'));
    else if (this.#remaining > 0) this.refuse(misframed(`${this.#remaining} bytes are missing`));
    else this.#collector.end();
  }

  refuse(refusal: Extract<IngestResult, { outcome: 'refused' }>): void {
    this.#finish({ ok: false, refusal });
  }

  /** The prefix is whole: the message begins, unless it is too large. */
  #begin(): void {
    const length = this.#prefix.readUInt32BE(1);
    if (length > this.#limits.maxBodyBytes) {
      this.refuse(tooLarge(this.#limits.maxBodyBytes));
      return;
    }
    const encoding = this.#prefix[0] === 1 ? this.#encoding : 'identity';
    this.#remaining = length;
    this.#collector = new BodyCollector(encoding, this.#limits, this.#ticket, this.#stream, (result) =>
      this.#finish(result),
    );
  }

  #finish(result: BodyResult): void {
    const done = this.#done;
    if (done === null) return;
    this.#done = null;
    done(result);
    if (!result.ok) this.#collector?.refuse(result.refusal);
  }
}

const RESPONSE_HEADERS = {
  ':status': 200,
  'content-type': 'application/grpc',
  'grpc-accept-encoding': GRPC_ENCODINGS.join(','),
} as const;

/** Answers with a message and status OK. */
export function sendMessage(stream: ServerHttp2Stream, message: Buffer): void {
  if (stream.destroyed || stream.headersSent) return;
  const framed = Buffer.allocUnsafe(PREFIX_BYTES + message.length);
  framed[0] = 0;
  framed.writeUInt32BE(message.length, 1);
  message.copy(framed, PREFIX_BYTES);
  stream.respond(RESPONSE_HEADERS, { waitForTrailers: true });
  stream.once('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
  stream.end(framed);
}

/** Answers with a status alone; `refusal` adds its details. The rest of what the client sends is not wanted. */
export function sendStatus(
  stream: ServerHttp2Stream,
  code: number,
  message: string,
  refusal?: Extract<IngestResult, { outcome: 'refused' }>,
): void {
  if (stream.destroyed || stream.headersSent) return;
  const details =
    refusal === undefined
      ? {}
      : { 'grpc-status-details-bin': statusToProtobuf(refusal).toString('base64').replace(/=+$/, '') };
  stream.respond(
    { ...RESPONSE_HEADERS, 'grpc-status': String(code), 'grpc-message': percentEncode(message), ...details },
    { endStream: true },
  );
  // The client may still be sending: with NO_ERROR it stops and keeps the status.
  stream.resume();
  if (!stream.readableEnded) stream.close(0);
}

/** `grpc-message`: UTF-8, all but printable ASCII percent-encoded. */
const percentEncode = (message: string): string =>
  [...Buffer.from(message)]
    .map((byte) =>
      byte >= 0x20 && byte <= 0x7e && byte !== 0x25
        ? String.fromCharCode(byte)
        : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`,
    )
    .join('');
