import { Router } from 'express';
import { Registry } from 'prom-client';

/** One thing that must work before requests make sense, e.g. the store. */
export interface ReadinessCheck {
  readonly name: string;
  /** Null when it is fine, else what is wrong. */
  fault(): string | null;
}

/** `/metrics`, `/healthz` (the process answers) and `/readyz` (so does everything behind it). */
export function operationsRoutes(metrics: () => Promise<string>, checks: readonly ReadinessCheck[]): Router {
  const router = Router();
  router.get('/metrics', async (_request, response) => {
    response.type(Registry.PROMETHEUS_CONTENT_TYPE).send(await metrics());
  });
  router.get('/healthz', (_request, response) => {
    response.type('text/plain').send('ok\n');
  });
  router.get('/readyz', (_request, response) => {
    const faults = checks.flatMap((check) => {
      const fault = check.fault();
      return fault === null ? [] : [`${check.name}: ${fault}`];
    });
    response
      .status(faults.length === 0 ? 200 : 503)
      .type('text/plain')
      .send(faults.length === 0 ? 'ready\n' : `${faults.join('\n')}\n`);
  });
  return router;
}
