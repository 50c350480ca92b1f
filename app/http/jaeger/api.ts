import { type Request, type RequestHandler, Router } from 'express';
import type { Logger } from 'pino';
import { type Clock, HOUR_MS } from '../../../model/units.ts';
import type { Reader } from '../../../storage/clickhouse/clickhouse.ts';
import { type Operation, readOperations, readServiceNames } from '../../../storage/operations.ts';
import { readServiceGraph } from '../../../storage/service-graph/read.ts';
import type { AskTraces } from '../../trace-queries/trace-answers.ts';
import { abortOf } from '../route.ts';
import { envelope } from './envelope.ts';
import { JaegerRefusal, jaegerErrors } from './refusal.ts';
import { integerOf, valuesOf } from './search-query.ts';
import { traceRoutes } from './trace-routes.ts';

export interface JaegerApiOptions {
  readonly askTraces: AskTraces;
  /** Services, operations and who calls whom are read from it. */
  readonly clickhouse: Reader;
  readonly clock: Pick<Clock, 'now'>;
  readonly logger: Logger;
}

/** Services and operations are those of the last two days; Jaeger's own default of how far back anything goes. */
const LOOKBACK_MS = 48 * HOUR_MS;
/** Jaeger's default of `dependencies`. */
const DEPENDENCIES_MS = 24 * HOUR_MS;

/** Jaeger's query API, as its UI and Grafana's data source call it. Mounted at `/jaeger/api`. */
export function jaegerApi({ askTraces, clickhouse, clock, logger }: JaegerApiOptions): Router {
  const now = () => clock.now();
  const operationsOf = (service: string, abort: AbortSignal) =>
    readOperations(clickhouse, service, now() - LOOKBACK_MS, abort);
  const router = Router();
  router.get(
    '/services',
    listing((_, abort) => readServiceNames(clickhouse, now() - LOOKBACK_MS, abort)),
  );
  router.get(
    '/services/:service/operations',
    listing(async (request, abort) => [
      ...new Set((await operationsOf(String(request.params.service), abort)).map(({ name }) => name)),
    ]),
  );
  router.get(
    '/operations',
    listing(async (request, abort) => {
      const [service] = valuesOf(request, 'service');
      if (service === undefined) throw new JaegerRefusal(400, "parameter 'service' is required");
      const [kind] = valuesOf(request, 'spanKind');
      return (await operationsOf(service, abort))
        .map(operationJson)
        .filter(({ spanKind }) => kind === undefined || spanKind === kind);
    }),
  );
  router.get('/dependencies', dependenciesHandler(clickhouse, now));
  router.use(traceRoutes(askTraces, now));
  router.use((request) => {
    throw new JaegerRefusal(404, `there is no ${request.path.slice(0, 200)} here`);
  });
  router.use(jaegerErrors(logger));
  return router;
}

const listing =
  (read: (request: Request, abort: AbortSignal) => Promise<readonly unknown[]>): RequestHandler =>
  async (request, response) => {
    if (String(request.params.service ?? '').includes('\0'))
      throw new JaegerRefusal(400, 'a service has no NUL in its name');
    const found = await read(request, abortOf(response));
    response.json(envelope(found, found.length));
  };

const operationJson = ({ name, kind }: Operation) => ({ name, spanKind: kind === 'unspecified' ? '' : kind });

/** Who calls whom, in the `lookback` milliseconds before `endTs`. */
const dependenciesHandler =
  (clickhouse: Reader, now: () => number): RequestHandler =>
  async (request, response) => {
    const endMs = Math.min(integerOf(request, 'endTs') ?? now(), 8.64e15);
    const startMs = endMs - (integerOf(request, 'lookback') ?? DEPENDENCIES_MS);
    const [service] = valuesOf(request, 'service');
    const { edges, partial, reason } = await readServiceGraph(
      clickhouse,
      { startMs, endMs },
      abortOf(response),
    );
    const links = edges
      .filter(({ from, to }) => service === undefined || from === service || to === service)
      .map(({ from, to, requests }) => ({ parent: from, child: to, callCount: requests }));
    response.json(envelope(links, 0, partial ? [{ msg: reason }] : null));
  };
