import { randomUUID } from 'node:crypto';
import { join, resolve } from 'node:path';
import type { Logger } from 'pino';
import { Registry } from 'prom-client';
import { createAlerting } from '../alerts/alerting.ts';
import { createCampaignWatch } from '../campaigns/watch.ts';
import { createCollector } from '../collector/collector.ts';
import { createIncidents } from '../incidents/incidents.ts';
import { SIGNALS } from '../model/telemetry.ts';
import type { Clock } from '../model/units.ts';
import { keptSampleDays } from '../storage/clickhouse/migrate.ts';
import { startKeeping } from '../storage/keeping/schedule.ts';
import { startLoader } from '../storage/loader/loader.ts';
import { startRollUps } from '../storage/roll-up/schedule.ts';
import { startEdgeFill } from '../storage/service-graph/fill.ts';
import { selectSeriesFrom } from './campaign-samples.ts';
import { type Address, formatAddress } from './config/addresses.ts';
import type { Config } from './config/schema.ts';
import { lockData } from './data-lock.ts';
import { startFeedBack } from './feed-back.ts';
import { tokenCheck } from './http/guard.ts';
import { listen } from './http/server.ts';
import { createChangeStream } from './http/stream.ts';
import { createSurface } from './http/surface.ts';
import { incidentTimes } from './incident-times.ts';
import { readCampaigns, readRules, readRunbooks } from './library.ts';
import { collectProcessMetrics } from './process-metrics.ts';
import { startQueries } from './queries/queries.ts';
import { ruleQueryFrom, seriesExistIn } from './rule-queries.ts';
import { traceAnswers, tracePromql } from './self-tracing.ts';
import { openStores } from './stores.ts';
import { createTraceQueries } from './trace-queries/trace-queries.ts';

export interface TidewardenAddresses {
  readonly web: Address;
  readonly otlpHttp: Address;
  readonly otlpGrpc: Address;
}

/** The running product. `start` once, `stop` once. */
export interface Tidewarden {
  /** Resolves when every port is open and the stores answer. On failure everything that was started is ended again. */
  start(): Promise<TidewardenAddresses>;
  /** Ends everything in the opposite order; what was acknowledged stays. */
  stop(): Promise<void>;
}

export interface TidewardenOptions {
  readonly config: Config;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly version: string;
}

/** Puts the rooms together: the only place that knows all of them. */
export function createTidewarden(options: TidewardenOptions): Tidewarden {
  const endings: (() => void | Promise<void>)[] = [];
  const stop = async () => {
    for (const end of endings.splice(0).reverse()) await end();
  };
  return {
    start: async () => {
      try {
        return await assemble(options, (end) => endings.push(end));
      } catch (error) {
        await stop();
        throw error;
      }
    },
    stop,
  };
}

type OnStop = (end: () => void | Promise<void>) => void;

/** Data flows down this function: socket → WAL → tables → queries → campaigns and rules → incidents → pages. */
async function assemble(options: TidewardenOptions, onStop: OnStop): Promise<TidewardenAddresses> {
  const { config, clock, logger, version } = options;
  const registry = new Registry();
  collectProcessMetrics(registry);
  const room = { clock, logger, registry };

  const campaigns = readCampaigns(config.content);
  const runbooks = readRunbooks(config.content);
  const rules = readRules(config.content, runbooks);
  onStop(lockData(config.data));

  const collector = createCollector({
    config: {
      ...config.limits,
      otlpHttp: config.otlp.http,
      otlpGrpc: config.otlp.grpc,
      walDirectory: resolve(config.data, 'wal'),
      maxBodyBytes: config.limits.bodyBytes,
      maxDecompressedBytes: config.limits.decompressedBytes,
      maxBytesInFlight: config.limits.bytesInFlight,
      maxWalBytes: config.limits.walBytes,
      requestTimeoutMs: config.limits.requestMs,
    },
    ...room,
    ...(config.auth.token !== undefined && { authenticate: tokenCheck(config.auth.token) }),
  });
  // The receivers need no store: the WAL holds what comes until there is one.
  const [opened, collecting] = await Promise.allSettled([openStores({ config, ...room }), collector.start()]);
  if (opened.status === 'fulfilled') onStop(() => opened.value.close());
  if (collecting.status === 'fulfilled') onStop(() => collector.stop());
  if (opened.status === 'rejected') throw opened.reason;
  if (collecting.status === 'rejected') throw collecting.reason;
  const stores = opened.value;
  const loader = await startLoader({
    segments: collector.segments,
    clickhouse: stores.clickhouse,
    embedded: stores.embedded,
    seriesPerMetric: config.limits.seriesPerMetric,
    spanMetrics: { ...config.spanMetrics, forgetDays: config.retention.samplesDays },
    deadLetterDirectory: resolve(config.data, 'dead-letter'),
    ...room,
  });
  onStop(() => loader.stop());
  const rollUps = startRollUps({ clickhouse: stores.clickhouse, retention: config.retention, ...room });
  onStop(() => rollUps.stop());
  const edges = startEdgeFill({
    clickhouse: stores.clickhouse,
    spansDays: config.retention.spansDays,
    ...room,
  });
  onStop(() => edges.stop());

  const keeping = startKeeping({
    ...{ clickhouse: stores.clickhouse, policy: config.retention.keep },
    ...{ spansDays: config.retention.spansDays, keptTracesDays: config.retention.keptTracesDays },
    incidents: () => incidentTimes(stores.postgres.incidentEvents),
    pinned: () => stores.postgres.tracePins.traceIds(),
    ...room,
  });
  onStop(() => keeping.stop());

  const queries = await startQueries({
    clickhouse: stores.address,
    keptDays: keptSampleDays(config.retention),
    limits: {
      maxSamples: config.limits.querySamples,
      maxScanned: config.limits.queryScannedSamples,
      timeoutMs: config.limits.queryMs,
      concurrency: config.limits.queryConcurrency,
      // A server may have other writers, of which nobody tells us.
      headBytes: stores.embedded ? config.limits.headBytes : 0,
    },
    ...room,
  });
  onStop(() => queries.stop());
  loader.onLoad((load) => queries.loaded(load));
  const { rules: machine, people } = queries;
  const traces = createTraceQueries({
    clickhouse: stores.address,
    timeoutMs: config.limits.queryMs,
    ...room,
  });
  onStop(() => traces.stop());

  const stream = createChangeStream(clock, version);
  const watch = createCampaignWatch({
    campaigns,
    select: selectSeriesFrom(machine.queryable),
    store: {
      load: (id) => stores.postgres.campaignStates.get(id),
      save: (id, state) => stores.postgres.campaignStates.put(id, state, clock.now()),
    },
    ...room,
  });
  const incidents = createIncidents({ store: stores.postgres.incidentEvents, ids: randomUUID, ...room });
  let webUrl = config.publicUrl ?? '';
  const alerting = createAlerting({
    rules,
    query: ruleQueryFrom(tracePromql(machine.promql)),
    seriesExist: seriesExistIn(machine.queryable),
    store: stores.postgres.alertStates,
    runbookUrl: (id, campaign) => runbookUrl(webUrl, id, campaign),
    incidentOf: incidents.incidentOf,
    defaultIntervalMs: config.rules.intervalMs,
    ...room,
  });
  alerting.onTransition((transition) => incidents.onAlertTransition(transition));
  alerting.onTransition(() => stream.publish({ subject: 'alerts' }));
  incidents.subscribe((event) =>
    stream.publish({ subject: 'incident', id: event.incidentId, sequence: event.sequence }),
  );

  const server = createSurface({
    config,
    version,
    stream,
    stores,
    collector,
    queryable: people.queryable,
    promql: tracePromql(people.promql),
    answerQuery: traceAnswers(people.answer),
    askTraces: traces.ask,
    queryMetrics: async () => (await Promise.all([queries.metrics(), traces.metrics()])).flat(),
    watch,
    alerting,
    incidents,
    campaigns,
    runbooks,
    onLoad: loader.onLoad,
    loaderLagMs: () => Math.max(...SIGNALS.map((signal) => loader.lagMs(signal))),
    webDirectory: join(import.meta.dirname, '../dist/web'),
    ...room,
  });
  const web = await listen(server, config.http);
  onStop(() => {
    stream.close();
    server.close();
    server.closeAllConnections();
  });
  webUrl ||= `http://${formatAddress(web)}`;

  await incidents.start();
  await alerting.start();
  onStop(() => alerting.stop());
  const feedBack = startFeedBack({
    watch,
    refused: () => loader.refused(),
    collector,
    onStep: () => stream.publish({ subject: 'campaigns' }),
    ...room,
  });
  onStop(() => feedBack.stop());
  return { web, otlpHttp: collector.addresses.http, otlpGrpc: collector.addresses.grpc };
}

function runbookUrl(webUrl: string, id: string, campaign: string | null): string {
  const query = campaign === null ? '' : `?${new URLSearchParams({ campaign })}`;
  return `${webUrl.replace(/\/$/, '')}/runbooks/${encodeURIComponent(id)}${query}`;
}
