import { Router } from 'express';
import type { Logger } from 'pino';
import type { Clock } from '../../../model/units.ts';
import type { Reader } from '../../../storage/clickhouse/clickhouse.ts';
import type { TraceStore } from '../../../traceql/trace-store.ts';
import { metricsRoutes } from './metrics.ts';
import { Refusal, refusalHandler } from './refusal.ts';
import { searchHandler } from './search.ts';
import { tagRoutes } from './tags.ts';
import { type ReadTrace, traceRoutes } from './trace-routes.ts';

export interface TempoApiOptions {
  readonly traceStore: TraceStore;
  readonly byId: ReadTrace;
  /** Tags are read from it. */
  readonly clickhouse: Reader;
  readonly version: string;
  readonly clock: Pick<Clock, 'now'>;
  readonly logger: Logger;
}

/** Tempo's HTTP API, as Grafana's data source and its Traces Drilldown call it. Mounted at `/tempo/api`. */
export function tempoApi({ traceStore, byId, clickhouse, version, clock, logger }: TempoApiOptions): Router {
  const now = () => clock.now();
  const router = Router();
  router.get('/echo', (_request, response) => {
    response.type('text/plain').send('echo');
  });
  router.get('/status/buildinfo', (_request, response) => {
    const unknown = { revision: '', branch: '', buildDate: '', buildUser: '', goVersion: '' };
    response.json({ version, ...unknown });
  });
  router.get('/search', searchHandler(traceStore, now));
  router.use(traceRoutes(byId), tagRoutes(clickhouse, now), metricsRoutes(traceStore, now));
  router.use((request) => {
    throw new Refusal(404, `there is no ${request.path.slice(0, 200)} here`);
  });
  router.use(refusalHandler(logger));
  return router;
}
