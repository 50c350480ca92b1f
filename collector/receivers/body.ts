import type { IncomingMessage } from 'node:http';
import type { Transform } from 'node:stream';
import { createGunzip, createInflate, createZstdDecompress } from 'node:zlib';
import type { FlightTicket } from '../flight.ts';
import { type IngestResult, refuseForGood, refuseForNow } from '../outcome.ts';

export type BodyResult =
  | { readonly ok: true; readonly body: Buffer }
  | { readonly ok: false; readonly refusal: Extract<IngestResult, { outcome: 'refused' }> };

export interface BodyLimits {
  readonly maxBodyBytes: number;
  readonly maxDecompressedBytes: number;
}

/** Larger pieces mean fewer trips to zlib's thread for one request. */
const CHUNK = { chunkSize: 64 * 1024 };

const DECODERS: Readonly<Record<string, () => Transform>> = {
  gzip: () => createGunzip(CHUNK),
  'x-gzip': () => createGunzip(CHUNK),
  deflate: () => createInflate(CHUNK),
  zstd: () => createZstdDecompress(CHUNK),
};

/** The content encodings that we take, for the `Accept-Encoding` of a refusal. */
export const CONTENT_ENCODINGS = ['gzip', 'deflate', 'zstd', 'identity'] as const;

export const isKnownEncoding = (encoding: string): boolean =>
  encoding === '' || encoding === 'identity' || Object.hasOwn(DECODERS, encoding);

/** A client that is told to hold back waits this long. */
const RETRY_IN_FLIGHT_SECONDS = 1;

/** The refusal for want of memory. */
export const overBudget = () =>
  refuseForNow(
    'in_flight',
    'too many bytes are being received at the moment: send less at a time or try again later',
    RETRY_IN_FLIGHT_SECONDS,
  );

/**
 * Reads and decompresses a request's body. Every piece is counted as it comes, against the limits and against the
 * ticket, so a body that expands without end is refused long before it is large. Never rejects.
 */
export function readBody(
  request: IncomingMessage,
  encoding: string,
  limits: BodyLimits,
  ticket: FlightTicket,
): Promise<BodyResult> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let received = 0;
    let size = 0;
    const decoder = DECODERS[encoding]?.() ?? null;

    const finish = (result: BodyResult) => {
      request.off('data', onData).off('end', onEnd).off('close', onGone).off('error', onGone);
      decoder
        ?.removeAllListeners()
        .on('error', () => undefined)
        .destroy();
      resolve(result);
    };
    const refuse = (refusal: Extract<IngestResult, { outcome: 'refused' }>) => finish({ ok: false, refusal });
    const collect = (chunk: Buffer) => {
      size += chunk.length;
      if (size > limits.maxDecompressedBytes) {
        return refuse(
          refuseForGood('body_too_large', `the body is larger than ${limits.maxDecompressedBytes} bytes`),
        );
      }
      if (!ticket.take(chunk.length)) return refuse(overBudget());
      chunks.push(chunk);
    };
    const succeed = () =>
      finish({ ok: true, body: chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks) });
    const onData = (chunk: Buffer) => {
      received += chunk.length;
      if (received > limits.maxBodyBytes) {
        refuse(refuseForGood('body_too_large', `the body is larger than ${limits.maxBodyBytes} bytes`));
      } else if (decoder === null) collect(chunk);
      else if (!decoder.write(chunk)) {
        request.pause();
        decoder.once('drain', () => request.resume());
      }
    };
    // An empty body is an empty request in any encoding.
    const onEnd = () => (decoder === null || received === 0 ? succeed() : decoder.end());
    const onGone = () => {
      if (!request.complete)
        refuse(refuseForGood('client_gone', 'the client went away before its body ended'));
    };
    request.on('data', onData).on('end', onEnd).on('close', onGone).on('error', onGone);
    decoder
      ?.on('data', collect)
      .on('end', succeed)
      .on('error', (error: Error) =>
        refuse(refuseForGood('malformed', `the body is not valid ${encoding}: ${error.message}`)),
      );
  });
}
