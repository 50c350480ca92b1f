import { Router } from 'express';
import type { Logger } from 'pino';
import type { Clock } from '../../../model/units.ts';
import type { AskTraces } from '../../trace-queries/trace-answers.ts';
import { metricsRoutes } from './metrics.ts';
import { Refusal, refusalHandler } from './refusal.ts';
import { searchHandler } from './search.ts';
import { tagRoutes } from './tags.ts';
import { traceRoutes } from './trace-routes.ts';

export interface TempoApiOptions {
  readonly askTraces: AskTraces;
  readonly version: string;
  readonly clock: Pick<Clock, 'now'>;
  readonly logger: Logger;
}

/** Tempo's HTTP API, as Grafana's data source and its Traces Drilldown call it. Mounted at `/tempo/api`. */
export function tempoApi({ askTraces, version, clock, logger }: TempoApiOptions): Router {
  const now = () => clock.now();
  const router = Router();
  router.get('/echo', (_request, response) => {
    response.type('text/plain').send('echo');
  });
  router.get('/status/buildinfo', (_request, response) => {
    const unknown = { revision: '', branch: '', buildDate: '', buildUser: '', goVersion: '' };
    response.json({ version, ...unknown });
  });
  router.get('/search', searchHandler(askTraces, now));
  router.use(traceRoutes(askTraces), tagRoutes(askTraces, now), metricsRoutes(askTraces, now));
  router.use((request) => {
    throw new Refusal(404, `there is no ${request.path.slice(0, 200)} here`);
  });
  router.use(refusalHandler(logger));
  return router;
}
