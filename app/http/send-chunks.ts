import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Response } from 'express';

/** A client that has taken nothing for so long is let go: its answer would stay in memory for ever. */
const STALLED_MS = 60_000;

/**
 * Sends an answer's body chunk by chunk, no faster than the client takes it, with a turn for everybody else in between. When the client
 * leaves, the rest is never asked for. A failure on the way cuts the connection, so that no half answer passes for a whole one.
 */
export async function sendChunks(
  response: Response,
  chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): Promise<void> {
  // One behind, so that an answer of one chunk goes out in one piece with its length.
  let waiting: Uint8Array | undefined;
  for await (const chunk of chunks) {
    if (waiting !== undefined) {
      if (!response.write(waiting)) await drained(response);
      await nextTurn();
    }
    if (response.destroyed) return;
    waiting = chunk;
  }
  response.end(waiting);
}

/** The same chunks, the first of them there already; null if there are none. */
export async function ifAny(chunks: AsyncGenerator<Uint8Array>): Promise<AsyncIterable<Uint8Array> | null> {
  const first = await chunks.next();
  return first.done ? null : startingWith(first.value, chunks);
}

async function* startingWith(
  first: Uint8Array,
  rest: AsyncGenerator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  try {
    yield first;
    yield* rest;
  } finally {
    await rest.return(undefined);
  }
}

function drained(response: Response): Promise<void> {
  return new Promise((resolve) => {
    const stalled = setTimeout(() => response.destroy(), STALLED_MS);
    const done = () => {
      clearTimeout(stalled);
      response.off('drain', done).off('close', done);
      resolve();
    };
    response.on('drain', done).on('close', done);
    if (response.destroyed) done();
  });
}
