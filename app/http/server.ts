import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express, { type Express, type RequestHandler, type Router } from 'express';
import type { Logger } from 'pino';
import { TidewardenError } from '../../model/errors.ts';
import { type Address, isLoopback } from '../config/addresses.ts';
import { traceRequests } from '../self-tracing.ts';
import { refuseOtherSites, requireToken, securityHeaders } from './guard.ts';
import { noSuchRoute, problemHandler } from './problem.ts';
import { mountRoutes, openApi, type Route } from './route.ts';

/** A port cannot be listened on. */
export class ListenError extends TidewardenError {
  override readonly name = 'ListenError';
}

export interface WebServerOptions {
  readonly address: Address;
  readonly publicUrl: string | undefined;
  readonly token: string | undefined;
  readonly version: string;
  readonly logger: Logger;
  readonly routes: readonly Route[];
  readonly stream: RequestHandler;
  /** Mounted before the API: operations, Prometheus. */
  readonly routers: readonly { readonly at: string; readonly router: Router }[];
  readonly web: Router;
}

const JSON_BODY_MAX = '1mb';

/** The web, our own API, Prometheus's API and operations on one port. */
export function createWebServer(options: WebServerOptions): Server {
  const app: Express = express();
  app.disable('x-powered-by');
  app.set('query parser', 'simple');
  app.use(traceRequests);
  app.use(securityHeaders);
  app.use(refuseOtherSites(allowedHosts(options), options.publicUrl));
  if (options.token !== undefined) app.use(requireToken(options.token));
  for (const { at, router } of options.routers) app.use(at, router);
  app.get('/api/stream', options.stream);
  app.get('/api/openapi.json', (_request, response) => {
    response.json(openApi(options.routes, options.version));
  });
  app.use('/api', express.json({ limit: JSON_BODY_MAX }), noStore);
  app.use(mountRoutes(options.routes));
  app.use('/api', noSuchRoute);
  app.use(options.web);
  app.use(noSuchRoute);
  app.use(problemHandler(options.logger));
  return createServer(app);
}

const noStore: RequestHandler = (_request, response, next) => {
  response.setHeader('Cache-Control', 'no-store');
  next();
};

/** Names under which a browser may call us; any where a token is asked for, since then a strange name opens nothing. */
function allowedHosts({ address, publicUrl, token }: WebServerOptions): ReadonlySet<string> | null {
  if (token !== undefined) return null;
  const hosts = new Set(['localhost', '127.0.0.1', '[::1]']);
  if (isLoopback(address.host)) hosts.add(address.host);
  if (publicUrl !== undefined) hosts.add(new URL(publicUrl).hostname);
  return hosts;
}

/** Listens and resolves to where; port 0 takes a free one. @throws ListenError */
export function listen(server: Server, address: Address): Promise<Address> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const reason = error.code === 'EADDRINUSE' ? 'another program has that port' : error.message;
      reject(
        new ListenError(
          'listen',
          `Cannot listen on ${address.host}:${address.port}: ${reason}. Set TIDEWARDEN_HTTP to another address.`,
          { cause: error },
        ),
      );
    });
    server.listen(address.port, address.host, () => {
      const { port } = server.address() as AddressInfo;
      resolve({ host: address.host, port });
    });
  });
}
