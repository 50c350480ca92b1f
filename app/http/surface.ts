import { randomUUID } from 'node:crypto';
import type { Server } from 'node:http';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { Alerting } from '../../alerts/alerting.ts';
import type { Campaign } from '../../campaigns/manifest.ts';
import type { CampaignWatch } from '../../campaigns/watch.ts';
import type { Collector } from '../../collector/collector.ts';
import { buildDashboards } from '../../dashboards/build.ts';
import { withOwnDashboards } from '../../dashboards/own.ts';
import type { Incidents } from '../../incidents/incidents.ts';
import type { Clock } from '../../model/units.ts';
import type { AnswerQuery } from '../../promql/answer-query.ts';
import type { Promql } from '../../promql/engine.ts';
import type { Queryable } from '../../promql/queryable.ts';
import type { RunbookShelf } from '../../runbooks/shelf.ts';
import { serviceHealth } from '../../storage/health.ts';
import { hasTrace } from '../../storage/keeping/has-trace.ts';
import { previewKeeping } from '../../storage/keeping/preview.ts';
import type { Loader } from '../../storage/loader/loader.ts';
import { readArrivals } from '../../storage/logs/arrivals.ts';
import { countLogs } from '../../storage/logs/count-logs.ts';
import { searchLogs } from '../../storage/logs/search-logs.ts';
import { readServiceGraph } from '../../storage/service-graph/read.ts';
import type { Config } from '../config/schema.ts';
import { createIncidentDesk } from '../incident-desk.ts';
import { incidentTimes } from '../incident-times.ts';
import { ownDashboards } from '../library.ts';
import { createLogTails } from '../log-tails.ts';
import { processStatus } from '../process-status.ts';
import type { Stores } from '../stores.ts';
import { createTracePins } from '../trace-pins.ts';
import type { AskTraces } from '../trace-queries/trace-answers.ts';
import { createCampaignViews } from '../views/campaigns.ts';
import { nowPageOf } from '../views/now.ts';
import { operationsOf } from '../views/operations.ts';
import { annotationRoutes } from './api/annotations.ts';
import { campaignRoutes } from './api/campaigns.ts';
import { dashboardRoutes } from './api/dashboards.ts';
import { incidentRoutes } from './api/incidents.ts';
import { logRoutes } from './api/logs.ts';
import { runbookRoutes } from './api/runbooks.ts';
import { serviceRoutes } from './api/services.ts';
import { traceKeepingRoutes } from './api/trace-keeping.ts';
import { traceOutlineRoutes } from './api/trace-outline.ts';
import { tracePinRoutes } from './api/trace-pins.ts';
import { traceRoutes } from './api/traces.ts';
import { watchRoutes } from './api/watch.ts';
import { jaegerApi } from './jaeger/api.ts';
import { metricsText, type ThreadMetrics } from './metrics-text.ts';
import { operationsRoutes } from './operations.ts';
import { prometheusApi } from './prometheus/api.ts';
import { remoteWriteRoute } from './remote-write.ts';
import { createWebServer } from './server.ts';
import type { ChangeStream } from './stream.ts';
import { tempoApi } from './tempo/api.ts';
import { serveWeb } from './web.ts';

export interface SurfaceOptions {
  readonly config: Config;
  readonly version: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly registry: Registry;
  readonly stream: ChangeStream;
  readonly stores: Stores;
  readonly collector: Pick<Collector, 'remoteWrite'>;
  readonly queryable: Queryable;
  readonly promql: Promql;
  readonly answerQuery: AnswerQuery;
  readonly askTraces: AskTraces;
  /** Figures of the threads that answer queries. */
  readonly queryMetrics: ThreadMetrics;
  readonly watch: CampaignWatch;
  readonly alerting: Alerting;
  readonly incidents: Incidents;
  readonly campaigns: readonly Campaign[];
  readonly runbooks: RunbookShelf;
  /** Age of the oldest telemetry that was acknowledged and does not answer queries yet. */
  readonly loaderLagMs: () => number;
  /** Calls back after each load of telemetry; returns how to stop that. */
  readonly onLoad: Loader['onLoad'];
  readonly webDirectory: string;
}

/** Telemetry this late means that the store is gone or drowning. */
const LOAD_LAG_MS_MAX = 30_000;

/** Everything that is answered on the web's port. */
export function createSurface(options: SurfaceOptions): Server {
  const { config, clock, stores, stream, version } = options;
  const campaigns = createCampaignViews(options.watch, options.alerting, options.incidents);
  const services = (abort: AbortSignal) => serviceHealth(stores.clickhouse, clock.now(), abort);
  const logReads = { clickhouse: stores.clickhouse, clock };
  const own = ownDashboards(config.content);
  const dashboardsIn = (locale: 'en' | 'zh') =>
    withOwnDashboards(
      buildDashboards(options.campaigns, { locale, publicUrl: config.publicUrl?.replace(/\/$/, '') ?? '' }),
      own,
    );

  const routes = [
    ...watchRoutes({
      now: (abort) => nowPageOf({ ...options, campaigns, services }, abort),
      rules: () => [...options.alerting.rules()],
      services: async (abort) => [...(await services(abort))],
    }),
    ...campaignRoutes(campaigns),
    ...dashboardRoutes({ en: dashboardsIn('en'), zh: dashboardsIn('zh') }),
    ...incidentRoutes(createIncidentDesk(options.incidents, options.runbooks, options.promql, clock)),
    ...runbookRoutes(options.runbooks),
    ...serviceRoutes(
      {
        graph: (query, abort) => readServiceGraph(stores.clickhouse, query, abort),
        operations: (query, abort) => operationsOf(options.promql, query, abort),
      },
      () => clock.now(),
    ),
    ...tracePinRoutes(
      createTracePins({
        ...{ store: stores.postgres.tracePins, incidents: options.incidents, clock, logger: options.logger },
        hasTrace: (traceId, abort) => hasTrace(stores.clickhouse, traceId, abort),
      }),
    ),
    ...traceKeepingRoutes(
      {
        policy: config.retention.keep,
        keptTracesDays: config.retention.keptTracesDays,
        preview: async (policy, range, abort) => {
          const [incidents, pinned] = await Promise.all([
            incidentTimes(stores.postgres.incidentEvents),
            stores.postgres.tracePins.traceIds(),
          ]);
          return previewKeeping(stores.clickhouse, { policy, incidents, pinned, ...range }, abort);
        },
      },
      () => clock.now(),
    ),
    ...traceRoutes(options.askTraces, () => clock.now()),
    ...traceOutlineRoutes(options.askTraces),
    ...logRoutes(
      {
        search: (search, abort) => searchLogs(logReads, search, abort),
        count: (request, abort) => countLogs(logReads, request, abort),
        ...createLogTails({
          ...{ onLoad: options.onLoad, clock, logger: options.logger },
          read: (...asked) => readArrivals(logReads, ...asked),
        }),
      },
      () => clock.now(),
    ),
    ...annotationRoutes({
      list: async ({ fromMs, toMs, campaign }) => [
        ...(await stores.postgres.annotations.between({
          fromMs,
          toMs,
          ...(campaign !== undefined && { campaign }),
        })),
      ],
      add: async (request) => {
        const added = await stores.postgres.annotations.create(randomUUID(), request);
        stream.publish({ subject: 'annotations' });
        return added;
      },
    }),
  ];
  return createWebServer({
    address: config.http,
    publicUrl: config.publicUrl,
    token: config.auth.token,
    version,
    logger: options.logger,
    routes,
    stream: stream.handler,
    routers: [
      {
        at: '/',
        router: operationsRoutes(metricsText(options.registry, options.queryMetrics), [
          { name: 'store', fault: () => lagFault(options.loaderLagMs()) },
        ]),
      },
      { at: '/prometheus/api/v1/write', router: remoteWriteRoute(options.collector) },
      { at: '/prometheus/api/v1', router: prometheusApi({ ...options, status: processStatus(options) }) },
      { at: '/tempo/api', router: tempoApi(options) },
      { at: '/jaeger/api', router: jaegerApi({ ...options, ...stores }) },
    ],
    web: serveWeb(options.webDirectory),
  });
}

const lagFault = (lagMs: number): string | null =>
  lagMs > LOAD_LAG_MS_MAX
    ? `telemetry waits ${Math.round(lagMs / 1000)} s to be loaded; it is safe in the WAL`
    : null;
