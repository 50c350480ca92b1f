import { createServer, get, type IncomingMessage, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import express from 'express';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { changeEvent } from '../../model/api/stream.ts';
import { systemClock } from '../clock.ts';
import { type ChangeStream, createChangeStream } from './stream.ts';

describe('the change stream', () => {
  let stream: ChangeStream;
  let server: Server;
  let port: number;

  const serve = async (clientsMax?: number) => {
    stream = createChangeStream(systemClock, '1.2.3', clientsMax);
    const app = express();
    app.get('/api/stream', stream.handler);
    server = createServer(app);
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
    port = (server.address() as AddressInfo).port;
  };
  beforeEach(() => serve());
  afterEach(async () => {
    stream.close();
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  });

  /** A client that reads, and what it read so far. */
  const open = async () => {
    const response = await new Promise<IncomingMessage>((answered, failed) => {
      get({ port, path: '/api/stream' }, answered).on('error', failed);
    });
    const client = { response, text: '', ended: false };
    response.setEncoding('utf8');
    response.on('data', (chunk) => {
      client.text += chunk;
    });
    response.on('close', () => {
      client.ended = true;
    });
    response.on('error', () => {});
    return client;
  };

  /** A client that asks and never reads a byte. */
  const openDeaf = () =>
    new Promise<ReturnType<typeof connect>>((asked) => {
      const socket = connect(port, '127.0.0.1', () => {
        socket.pause();
        socket.write('GET /api/stream HTTP/1.1\r\nHost: localhost\r\n\r\n', () => asked(socket));
      });
      socket.on('error', () => {});
    });

  const events = (text: string) =>
    [...text.matchAll(/^id: (\d+)\nevent: change\ndata: (.*)\n\n/gm)].map(([, id, data]) => ({
      id: Number(id),
      event: changeEvent.parse(JSON.parse(data!)),
    }));

  it('greets, and then frames each change with a number that counts up', async () => {
    const client = await open();
    expect(client.response.headers['content-type']).toBe('text/event-stream');
    expect(client.response.headers['cache-control']).toBe('no-store');
    await expect.poll(() => events(client.text)).toHaveLength(1);
    expect(client.text).toMatch(/^retry: 1000\n/);
    expect(events(client.text)[0]!.event).toMatchObject({ subject: 'hello', version: '1.2.3' });
    stream.publish({ subject: 'alerts' });
    stream.publish({ subject: 'incident', id: 'a\n\nevent: evil', sequence: 1 });
    await expect.poll(() => events(client.text)).toHaveLength(3);
    expect(events(client.text).map(({ id }) => id)).toEqual([0, 1, 2]);
    expect(events(client.text)[2]!.event).toEqual({
      subject: 'incident',
      id: 'a\n\nevent: evil',
      sequence: 1,
    });
  });

  it('cuts off a client that does not read, whatever is published meanwhile, and keeps the others', async () => {
    const deaf = await openDeaf();
    const gone = new Promise((closed) => deaf.on('close', closed));
    const client = await open();
    // Bursts: nothing may be written to a connection between its being cut and its being gone.
    let published = 0;
    for (let burst = 0; burst < 60; burst++) {
      for (let i = 0; i < 5; i++) {
        stream.publish({ subject: 'incident', id: 'x'.repeat(40_000), sequence: ++published });
      }
      await expect
        .poll(() => client.text.endsWith(`"sequence":${published}}\n\n`), { interval: 1 })
        .toBe(true);
    }
    deaf.resume();
    await gone;
    await expect.poll(() => events(client.text)).toHaveLength(published + 1);
    expect(client.ended).toBe(false);
  });

  it('refuses more clients than it has room for, and takes one when another has left', async () => {
    stream.close();
    server.closeAllConnections();
    await serve(2);
    const [first] = [await open(), await open()];
    const third = await open();
    expect(third.response.statusCode).toBe(503);
    expect(third.response.headers['retry-after']).toBe('5');
    first!.response.destroy();
    await expect.poll(async () => (await open()).response.statusCode).toBe(200);
  });

  it('answers HEAD with the headers alone', async () => {
    const status = await new Promise((answered, failed) => {
      request({ port, path: '/api/stream', method: 'HEAD' }, (response) => {
        response.resume().on('end', () => answered(response.statusCode));
      })
        .on('error', failed)
        .end();
    });
    expect(status).toBe(200);
  });

  it('ends every connection when it closes, and survives what is published then', async () => {
    const client = await open();
    stream.close();
    stream.publish({ subject: 'alerts' });
    await expect.poll(() => client.ended).toBe(true);
    expect(events(client.text)).toHaveLength(1);
  });
});
