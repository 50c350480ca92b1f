import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { LogTailEvent } from '../../model/api/log.ts';
import type { ChangeEvent } from '../../model/api/stream.ts';
import { FixtureApi, type FixtureState } from './fixture-api.ts';
import { logRecordAt } from './fixture-logs.ts';

const BUILT = fileURLToPath(new URL('../../dist/web', import.meta.url));
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
};
/** What the product sends too: no inline script can run, whatever a page is made to show. */
const POLICY =
  "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'";

export interface FixtureServer {
  readonly url: string;
  /** What the answers are; may be changed while pages are open. */
  readonly api: FixtureApi;
  /** Tells all open pages of a change. */
  announce(change: ChangeEvent): void;
  /** Ends the open streams, as a restart of the product would. */
  dropStreams(): void;
  close(): Promise<void>;
}

/** Serves the web built into `folder` and made-up answers of the product's API, for looking at pages and for tests. */
export async function startFixtureServer(
  state: FixtureState = 'full',
  port = 0,
  folder = BUILT,
): Promise<FixtureServer> {
  const streams = new Set<ServerResponse>();
  const announce = (change: ChangeEvent): void => {
    for (const stream of streams) stream.write(`event: change\ndata: ${JSON.stringify(change)}\n\n`);
  };
  const api = new FixtureApi(state, announce);
  const server = createServer((request, response) => {
    serve(request, response, api, streams, folder).catch((error: unknown) => {
      response.writeHead(500, { 'content-type': 'text/plain' }).end(String(error));
    });
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const { port: bound } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${bound}`,
    api,
    announce,
    dropStreams: () => {
      for (const stream of streams) stream.destroy();
    },
    close: () => closeServer(server, streams),
  };
}

function closeServer(server: Server, streams: ReadonlySet<ServerResponse>): Promise<void> {
  for (const stream of streams) stream.end();
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  api: FixtureApi,
  streams: Set<ServerResponse>,
  folder: string,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://fixture');
  if (url.pathname === '/api/stream') {
    openStream(response, streams);
    return;
  }
  if (url.pathname === '/api/logs/tail' && (api.state === 'full' || api.state === 'empty')) {
    openTail(response, api.state === 'full');
    return;
  }
  if (/^\/(api|prometheus|tempo)\//.test(url.pathname)) {
    const { status, body } = await api.answer(request.method ?? 'GET', url, await readBody(request));
    const [type, sent] = sentAs(body);
    response.writeHead(status, { 'content-type': type }).end(sent);
    return;
  }
  await serveFile(folder, url.pathname, response);
}

function sentAs(body: unknown): readonly [type: string, sent: string | Uint8Array] {
  if (typeof body === 'string') return ['text/plain', body];
  if (body instanceof Uint8Array) return ['application/octet-stream', body];
  return ['application/json', JSON.stringify(body)];
}

function openStream(response: ServerResponse, streams: Set<ServerResponse>): void {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  const hello: ChangeEvent = { subject: 'hello', atMs: Date.now(), version: '0.1.0-fixture' };
  response.write(`event: change\ndata: ${JSON.stringify(hello)}\n\n`);
  streams.add(response);
  response.on('close', () => streams.delete(response));
}

const TAIL_MS = 500;

/** Log records as they come: a burst of which some were dropped, then one every half second; or nothing at all. */
function openTail(response: ServerResponse, comes: boolean): void {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  const send = (event: LogTailEvent): void =>
    void response.write(`event: log\ndata: ${JSON.stringify(event)}\n\n`);
  send({ kind: 'hello', atMs: Date.now() });
  if (!comes) return;
  let next = 30;
  const first = Array.from({ length: next }, (_, index) => logRecordAt(Date.now(), next - index));
  send({ kind: 'records', records: first, dropped: 12 });
  const timer = setInterval(() => {
    next += 1;
    send({
      kind: 'records',
      records: [{ ...logRecordAt(Date.now(), 0), body: `record ${next}` }],
      dropped: 0,
    });
  }, TAIL_MS);
  response.on('close', () => clearInterval(timer));
}

async function readBody(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
}

/** A built file, or the page for an address of the web's own router. */
async function serveFile(folder: string, path: string, response: ServerResponse): Promise<void> {
  const extension = extname(path);
  const file = TYPES[extension] === undefined ? 'index.html' : normalize(path).replace(/^\/+/, '');
  try {
    const content = await readFile(join(folder, file));
    response
      .writeHead(200, {
        'content-type': TYPES[extname(file)] ?? 'application/octet-stream',
        'content-security-policy': POLICY,
      })
      .end(content);
  } catch {
    response.writeHead(404).end();
  }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const state = (process.argv[2] ?? 'full') as FixtureState;
  const { url } = await startFixtureServer(state, Number(process.argv[3] ?? 4320));
  console.log(`${state}: ${url}`);
}
