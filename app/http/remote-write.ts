import { Router } from 'express';
import type { Collector } from '../../collector/collector.ts';

/**
 * Prometheus's remote write, on a router of its own because the collector reads the bytes itself: no body parser may come before it.
 * Mounted at `/prometheus/api/v1/write`, behind the guards.
 */
export function remoteWriteRoute(collector: Pick<Collector, 'remoteWrite'>): Router {
  const router = Router();
  router.all('/', (request, response) => collector.remoteWrite(request, response));
  return router;
}
