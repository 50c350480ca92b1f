import type { RequestHandler, Response } from 'express';
import type { ChangeEvent } from '../../model/api/stream.ts';
import type { Clock } from '../../model/units.ts';

/** A client that has this much unread is cut off; it reconnects and fetches anew. */
const BUFFER_BYTES_MAX = 256 * 1024;
const HEARTBEAT_MS = 15_000;
/** Open pages at a time; each holds a socket and up to the bytes above. */
const CLIENTS_MAX = 1_000;

/** Server-sent events to every open page. */
export interface ChangeStream {
  readonly handler: RequestHandler;
  publish(event: ChangeEvent): void;
  /** Ends every connection. */
  close(): void;
}

/** See model/api/stream.ts for what is sent. Slow clients are cut, never waited for. */
export function createChangeStream(
  clock: Clock,
  version: string,
  clientsMax: number = CLIENTS_MAX,
): ChangeStream {
  const clients = new Set<Response>();
  let sequence = 0;

  const write = (client: Response, text: string) => {
    client.write(text);
    if (client.writableLength <= BUFFER_BYTES_MAX) return;
    // Forgotten at once: a write between being cut and being closed would be an error that nobody catches.
    clients.delete(client);
    client.destroy();
  };
  const frame = (event: ChangeEvent) => `id: ${sequence}\nevent: change\ndata: ${JSON.stringify(event)}\n\n`;
  const heartbeat = setInterval(() => {
    for (const client of clients) write(client, ':\n\n');
  }, HEARTBEAT_MS);
  heartbeat.unref();

  return {
    handler: (request, response) => {
      if (clients.size >= clientsMax) {
        response.setHeader('Retry-After', '5');
        response.status(503).type('text/plain').send('too many open pages\n');
        return;
      }
      response.writeHead(200, {
        'Content-Type': 'text/event-stream',
        'Cache-Control': 'no-store',
        'X-Accel-Buffering': 'no',
      });
      if (request.method === 'HEAD') {
        response.end();
        return;
      }
      clients.add(response);
      response.on('close', () => clients.delete(response));
      write(response, `retry: 1000\n${frame({ subject: 'hello', atMs: clock.now(), version })}`);
    },
    publish: (event) => {
      sequence++;
      const text = frame(event);
      for (const client of clients) write(client, text);
    },
    close: () => {
      clearInterval(heartbeat);
      for (const client of clients) client.end();
      clients.clear();
    },
  };
}
