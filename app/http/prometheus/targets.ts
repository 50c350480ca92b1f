import { Router } from 'express';
import type { Labels } from '../../../model/labels.ts';
import type { Clock } from '../../../model/units.ts';
import type { Promql } from '../../../promql/engine.ts';
import type { VectorSample } from '../../../promql/result.ts';
import { QueryFailed } from './api-error.ts';
import { answering } from './respond.ts';

export interface TargetRoutesOptions {
  readonly promql: Promql;
  readonly clock: Clock;
}

/** Who sent within this is listed. */
const LISTED = '1h';
/** Who was silent for longer is down: as long as an instant query looks back. */
const SILENT_MS = 300_000;

/** `targets`, `scrape_pools`, `alertmanagers`. */
export function targetRoutes(options: TargetRoutesOptions): Router {
  const router = Router();
  router.get(
    '/targets',
    answering(async ({ parameters, abort }) => {
      const state = (parameters.text('state') ?? 'any').toLowerCase();
      const pool = parameters.text('scrapePool');
      const shown = state === 'any' || state === 'active' ? await activeTargets(options, abort) : [];
      return {
        activeTargets: shown.filter(({ scrapePool }) => pool === undefined || scrapePool === pool),
        // Nobody's telemetry is dropped for what it is.
        droppedTargets: [],
        droppedTargetCounts: {},
      };
    }),
  );
  router.get(
    '/scrape_pools',
    answering(async ({ abort }) => {
      const pools = (await activeTargets(options, abort)).map(({ scrapePool }) => scrapePool);
      return { scrapePools: [...new Set(pools)] };
    }),
  );
  router.get(
    '/alertmanagers',
    answering(() => ({ activeAlertmanagers: [], droppedAlertmanagers: [] })),
  );
  return router;
}

interface Target {
  readonly labels: Labels;
  readonly scrapePool: string;
  readonly [field: string]: unknown;
}

/**
 * Who sends to us: an OTLP resource has a series `target_info` (unless it says nothing but its name and instance, which no SDK
 * does), a target that somebody scrapes and forwards has `up`. Its pool is its
 * `job`; it is down when it was silent for five minutes, or when its `up` says so.
 */
async function activeTargets({ promql, clock }: TargetRoutesOptions, abort: AbortSignal): Promise<Target[]> {
  const nowMs = clock.now();
  const ask = async (query: string): Promise<readonly VectorSample[]> => {
    const result = await promql.instant(query, nowMs, { abort });
    if (!result.ok) throw new QueryFailed(result.error);
    return result.value.type === 'vector' ? result.value.samples : [];
  };
  const [senders, scraped, ups] = await Promise.all([
    ask(`ts_of_last_over_time(target_info[${LISTED}])`),
    ask(`ts_of_last_over_time(up[${LISTED}])`),
    ask('up'),
  ]);
  const up = new Map(ups.map(({ labels, point }) => [keyOf(labels), point.value]));
  const found = new Map<string, Target>();
  for (const { labels, point } of [...senders, ...scraped]) {
    const key = keyOf(labels);
    const lastMs = (point.value ?? 0) * 1_000;
    const known = found.get(key);
    if (known === undefined || Date.parse(String(known.lastScrape)) < lastMs)
      found.set(key, targetJson(labels, { lastMs, nowMs, up: up.get(key) }));
  }
  return [...found.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, target]) => target);
}

const keyOf = ({ job = '', instance = '' }: Labels): string => JSON.stringify([job, instance]);

function targetJson(
  resource: Labels,
  seen: { readonly lastMs: number; readonly nowMs: number; readonly up: number | undefined },
): Target {
  const { job = '', instance = '' } = resource;
  const silentMs = seen.nowMs - seen.lastMs;
  const lastError =
    silentMs > SILENT_MS
      ? `nothing was received for ${Math.floor(silentMs / 60_000)} min`
      : seen.up === 0
        ? 'its scraper says that it is down'
        : '';
  return {
    discoveredLabels: resource,
    labels: { ...(instance !== '' && { instance }), job },
    scrapePool: job,
    // It is pushed: there is no address to get it from, and nothing to wait for.
    ...{ scrapeUrl: '', globalUrl: '', scrapeInterval: '', scrapeTimeout: '', lastScrapeDuration: 0 },
    lastError,
    lastScrape: new Date(seen.lastMs).toISOString(),
    health: lastError === '' ? 'up' : 'down',
  };
}
