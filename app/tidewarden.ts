import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Logger } from 'pino';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { createCollector } from '../collector/collector.ts';
import type { Clock } from '../model/units.ts';
import type { Address } from './config/addresses.ts';
import type { Config } from './config/schema.ts';
import { lockData } from './data-lock.ts';
import { operationsRoutes } from './http/operations.ts';
import { createWebServer, listen } from './http/server.ts';
import { createChangeStream } from './http/stream.ts';
import { serveWeb } from './http/web.ts';
import { openStores } from './stores.ts';

export interface TidewardenAddresses {
  readonly web: Address;
  readonly otlpHttp: Address;
  readonly otlpGrpc: Address;
}

/** The running product. `start` once, `stop` once. */
export interface Tidewarden {
  start(): Promise<TidewardenAddresses>;
  stop(): Promise<void>;
}

export interface TidewardenOptions {
  readonly config: Config;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly version: string;
}

export function createTidewarden(options: TidewardenOptions): Tidewarden {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const closers: (() => void | Promise<void>)[] = [];
  const stop = async () => {
    for (const close of closers.splice(0).reverse()) await close();
  };
  return {
    start: async () => {
      try {
        return await build(options, registry, (close) => closers.push(close));
      } catch (error) {
        await stop();
        throw error;
      }
    },
    stop,
  };
}
async function build(
  { config, clock, logger, version }: TidewardenOptions,
  registry: Registry,
  onStop: (close: () => void | Promise<void>) => void,
): Promise<TidewardenAddresses> {
  const t = clock.monotonic();
  mkdirSync(config.data, { recursive: true });
  onStop(lockData(config.data));
  const collector = createCollector({
    config: {
      otlpHttp: config.otlp.http,
      otlpGrpc: config.otlp.grpc,
      walDirectory: resolve(config.data, 'wal'),
      maxBodyBytes: config.limits.bodyBytes,
      maxDecompressedBytes: config.limits.decompressedBytes,
      maxBytesInFlight: config.limits.bytesInFlight,
      maxWalBytes: config.limits.walBytes,
      segmentBytes: config.limits.segmentBytes,
      segmentMs: config.limits.segmentMs,
      requestTimeoutMs: 30000,
    },
    clock,
    logger,
    registry,
  });
  const [stores] = await Promise.all([openStores({ config, clock, logger, registry }), collector.start()]);
  console.log(clock.monotonic() - t);
  onStop(() => stores.close());
  onStop(() => collector.stop());
  const stream = createChangeStream(clock, version);
  const server = createWebServer({
    address: config.http,
    publicUrl: undefined,
    token: undefined,
    version,
    logger,
    routes: [],
    stream: stream.handler,
    routers: [{ at: '/', router: operationsRoutes(registry, []) }],
    web: serveWeb(resolve(import.meta.dirname, '../dist/web')),
  });
  const web = await listen(server, config.http);
  onStop(() => {
    stream.close();
    server.close();
    server.closeAllConnections();
  });
  return { web, otlpHttp: collector.addresses.http, otlpGrpc: collector.addresses.grpc };
}
