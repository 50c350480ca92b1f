import { createServer, get, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Response } from 'express';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { sendChunks } from './send-chunks.ts';

const CHUNK = new Uint8Array(65_536).fill(0x61);

describe('an answer in chunks', () => {
  let server: Server | undefined;
  afterEach(() => {
    server?.closeAllConnections();
    server?.close();
  });

  /** Answers each request with what `chunks` gives, and asks once. */
  async function ask(chunks: () => Iterable<Uint8Array> | AsyncIterable<Uint8Array>) {
    let sending: Promise<void> | undefined;
    server = createServer((_, response) => {
      sending = sendChunks(response as Response, chunks()).catch(() => {
        response.destroy();
      });
    });
    await new Promise<void>((listening) => server!.listen(0, '127.0.0.1', listening));
    const { port } = server.address() as AddressInfo;
    const answer = await new Promise<IncomingMessage>((got, failed) =>
      get({ port, host: '127.0.0.1' }, got).on('error', failed),
    );
    return { answer, sent: () => sending! };
  }

  const read = async (answer: IncomingMessage): Promise<number> => {
    let bytes = 0;
    for await (const chunk of answer) bytes += (chunk as Buffer).length;
    return bytes;
  };

  it('of one chunk says how long it is', async () => {
    const { answer } = await ask(() => [CHUNK]);
    expect(answer.headers['content-length']).toBe('65536');
    expect(await read(answer)).toBe(65_536);
  });

  it('arrives whole, whether chunks are there or come later', async () => {
    const { answer } = await ask(() => Array.from({ length: 100 }, () => CHUNK));
    expect(await read(answer)).toBe(6_553_600);
    async function* later() {
      for (let i = 0; i < 20; i++) yield CHUNK;
    }
    server!.close();
    expect(await read((await ask(later)).answer)).toBe(1_310_720);
  });

  it('waits for a client that takes its time, and ends when it leaves', async () => {
    let made = 0;
    let ended = false;
    function* endless() {
      try {
        for (;;) {
          made++;
          yield CHUNK;
        }
      } finally {
        ended = true;
      }
    }
    const { answer, sent } = await ask(endless);
    answer.pause();
    // What the sockets hold between them, then no more.
    let before = -1;
    await vi.waitFor(
      () => {
        const now = made;
        const still = now === before;
        before = now;
        expect(still).toBe(true);
      },
      { interval: 100, timeout: 30_000 },
    );
    expect(made).toBeLessThan(1_000);
    expect(ended).toBe(false);
    answer.destroy();
    await sent();
    expect(ended).toBe(true);
  });

  it('lets other work run in between', async () => {
    let turns = 0;
    const timer = setInterval(() => turns++, 0);
    const { answer } = await ask(function* busy() {
      for (let i = 0; i < 20; i++) {
        const until = performance.now() + 2;
        while (performance.now() < until);
        yield CHUNK;
      }
    });
    await read(answer);
    clearInterval(timer);
    expect(turns).toBeGreaterThan(5);
  });

  it('that breaks off is cut, not ended', async () => {
    const { answer } = await ask(function* broken() {
      yield CHUNK;
      yield CHUNK;
      throw new Error('the worker died');
    });
    await expect(read(answer)).rejects.toThrow('aborted');
  });
});
