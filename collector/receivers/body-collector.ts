import type { Transform } from 'node:stream';
import { createGunzip, createInflate, createZstdDecompress } from 'node:zlib';
import type { FlightTicket } from '../flight.ts';
import { type IngestResult, type RefusedForNow, refuseForGood, refuseForNow } from '../outcome.ts';

type Refusal = Extract<IngestResult, { outcome: 'refused' }>;

export type BodyResult =
  | { readonly ok: true; readonly body: Buffer }
  | { readonly ok: false; readonly refusal: Refusal };

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

export const isKnownEncoding = (encoding: string): boolean =>
  encoding === '' || encoding === 'identity' || Object.hasOwn(DECODERS, encoding);

/** A client that is told to hold back waits this long. */
const RETRY_IN_FLIGHT_SECONDS = 1;

/** The refusal for want of memory. */
export const overBudget = (): RefusedForNow =>
  refuseForNow(
    'in_flight',
    'too many bytes are being received at the moment: send less at a time or try again later',
    RETRY_IN_FLIGHT_SECONDS,
  );

export const tooLarge = (limit: number): Refusal =>
  refuseForGood('body_too_large', `the body is larger than ${limit} bytes`);

/** Where the pieces of a body come from; held back while the decoder is behind. */
interface Source {
  pause(): unknown;
  resume(): unknown;
}

/**
 * Gathers and decompresses one body. Every piece is counted as it comes, against the limits and against the ticket,
 * so a body that expands without end is refused long before it is large. Reports once, by `done`.
 */
export class BodyCollector {
  readonly #limits: BodyLimits;
  readonly #ticket: FlightTicket;
  readonly #source: Source;
  readonly #decoder: Transform | null;
  #done: ((result: BodyResult) => void) | null;
  readonly #chunks: Buffer[] = [];
  #received = 0;
  #size = 0;

  constructor(
    encoding: string,
    limits: BodyLimits,
    ticket: FlightTicket,
    source: Source,
    done: (result: BodyResult) => void,
  ) {
    this.#limits = limits;
    this.#ticket = ticket;
    this.#source = source;
    this.#done = done;
    this.#decoder = DECODERS[encoding]?.() ?? null;
    this.#decoder
      ?.on('data', (chunk: Buffer) => this.#collect(chunk))
      .on('end', () => this.#succeed())
      .on('error', (error: Error) =>
        this.refuse(refuseForGood('malformed', `the body is not valid ${encoding}: ${error.message}`)),
      );
  }

  /** A piece as it came. Ignored once the result is reported. */
  write(chunk: Buffer): void {
    if (this.#done === null) return;
    this.#received += chunk.length;
    if (this.#received > this.#limits.maxBodyBytes) this.refuse(tooLarge(this.#limits.maxBodyBytes));
    else if (this.#decoder === null) this.#collect(chunk);
    else if (!this.#decoder.write(chunk)) {
      this.#source.pause();
      this.#decoder.once('drain', () => this.#source.resume());
    }
  }

  /** Nothing more comes. An empty body is an empty request in any encoding. */
  end(): void {
    if (this.#decoder === null || this.#received === 0) this.#succeed();
    else this.#decoder.end();
  }

  /** Ends it with a refusal, unless it has ended. */
  refuse(refusal: Refusal): void {
    this.#finish({ ok: false, refusal });
  }

  #collect(chunk: Buffer): void {
    if (this.#done === null) return;
    this.#size += chunk.length;
    if (this.#size > this.#limits.maxDecompressedBytes)
      this.refuse(tooLarge(this.#limits.maxDecompressedBytes));
    else if (!this.#ticket.take(chunk.length)) this.refuse(overBudget());
    else this.#chunks.push(chunk);
  }

  #succeed(): void {
    // Nothing may be borrowed on a ticket that is given back.
    if (this.#done === null) return;
    this.#finish({ ok: true, body: this.#ticket.gather(this.#chunks, this.#size) });
  }

  #finish(result: BodyResult): void {
    const done = this.#done;
    if (done === null) return;
    this.#done = null;
    // A destroyed decoder may still report what it was doing.
    this.#decoder?.on('error', () => undefined).destroy();
    done(result);
  }
}
