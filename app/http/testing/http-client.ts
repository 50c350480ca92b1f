import { createServer, type IncomingHttpHeaders, type OutgoingHttpHeaders, request, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Express } from 'express';

let server: Server | undefined;

/** Serves an app on a free port until {@link close}. Resolves to the port. */
export async function open(app: Express | Server): Promise<number> {
  server = app instanceof Server ? app : createServer(app);
  await new Promise<void>((ready) => server!.listen(0, '127.0.0.1', ready));
  return port();
}

export const port = (): number => (server!.address() as AddressInfo).port;

export async function close(): Promise<void> {
  const closing = server;
  server = undefined;
  if (closing === undefined) return;
  closing.closeAllConnections();
  await new Promise((closed) => closing.close(closed));
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** Sends a request as it stands: unlike `fetch`, with any `Host`, and a path that nobody tidied. */
export function ask(
  path: string,
  options: { method?: string; headers?: OutgoingHttpHeaders; body?: string | Buffer } = {},
): Promise<Answer> {
  const { method = 'GET', headers = {}, body } = options;
  return new Promise((answered, failed) => {
    const asking = request(
      { host: '127.0.0.1', port: port(), path, method, headers, agent: false },
      (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk) => {
          text += chunk;
        });
        response.on('end', () => answered({ status: response.statusCode!, headers: response.headers, text }));
      },
    );
    asking.on('error', failed);
    asking.end(body);
  });
}
