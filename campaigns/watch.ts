/**
 * Keeps every campaign's figures up to date: takes new samples, counts exactly, forecasts, and says what to feed back
 * as telemetry. `app/` calls `step` every few seconds and gives it the store, the clock and a place for its state.
 */
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { DerivedMetric } from '../model/series.ts';
import { type Clock, HOUR_MS, MINUTE_MS } from '../model/units.ts';
import {
  campaignMatchers,
  measureGates,
  nextSliceMs,
  type SelectSeries,
  SLICE_MS,
  spanToAsk,
  takeSlice,
  type VenueMeasurement,
} from './collect.ts';
import type { CrowdPlan } from './crowd.ts';
import {
  addPoint,
  addQueueGauges,
  addUnitCounters,
  addVenueGauges,
  type DerivedPoints,
  derivedMetrics,
} from './derived.ts';
import { gateFigures } from './forecast.ts';
import { gateDaysAhead } from './gate-day.ts';
import type { Campaign } from './manifest.ts';
import { watchMetrics } from './watch-metrics.ts';
import {
  type CampaignState,
  type CampaignStateStore,
  newCampaignState,
  parseCampaignState,
} from './watch-state.ts';
import {
  detailOf,
  forecastInput,
  summaryOf,
  type WatchedDetail,
  type WatchedSummary,
} from './watch-views.ts';
import { campaignPhaseAt, campaignWindow, countedFromMs } from './window.ts';

export type { WatchedSummary } from './watch-views.ts';

export interface CampaignWatchOptions {
  readonly campaigns: readonly Campaign[];
  readonly select: SelectSeries;
  readonly store: CampaignStateStore;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly registry: Registry;
}

export interface CampaignWatch {
  /**
   * Takes what is new and returns the figures to feed back. A campaign whose samples cannot be read is logged, keeps
   * what it knew, and is tried again by the next step; it never makes the others fail. Steps do not overlap.
   */
  step(abort?: AbortSignal): Promise<{ derived: DerivedMetric[]; campaigns: WatchedSummary[] }>;
  summaries(): WatchedSummary[];
  /** Null for a campaign that is not there. `plans` by venue id: what-if figures instead of the manifest's. */
  detail(campaignId: string, plans?: Readonly<Record<string, CrowdPlan>>): WatchedDetail | null;
  /** Forgets what was counted of a campaign; the next step counts it again from the stored samples. */
  recount(campaignId: string): void;
  /** Takes other manifests from the next step on. What was counted stays, unless a fixed window begins elsewhere. */
  replaceCampaigns(campaigns: readonly Campaign[]): void;
}

/** Beyond this age the counters are no longer sent: missing is not zero. */
const SALES_SILENT_MS = 5 * MINUTE_MS;
/** A demo's rolling window never ends; an hour after its services stopped nobody waits for them. */
const ROLLING_EXPECTED_MS = HOUR_MS;
const RESUME_AFTER_MS = MINUTE_MS;
const DEEP_EVERY_MS = 5 * MINUTE_MS;
const SAVE_EVERY_MS = MINUTE_MS;

/** What is known of a campaign in this process. */
interface Watched {
  campaign: Campaign;
  state: CampaignState | null;
  measured: Map<string, Map<string, VenueMeasurement>>;
  /** On the monotonic clock, so that a wall clock that jumps makes nothing look old or new. */
  seen: { sampleMs: number; atMs: number } | null;
  countersSentAtMs: number | null;
  askedDeepAtMs: number | null;
  savedAtMs: number | null;
  recountAsked: boolean;
}

export function createCampaignWatch(options: CampaignWatchOptions): CampaignWatch {
  const { select, store, clock, logger } = options;
  const metrics = watchMetrics(options.registry);
  let watched = options.campaigns.map(newWatched);
  let running: Promise<{ derived: DerivedMetric[]; campaigns: WatchedSummary[] }> | null = null;

  async function stateOf(each: Watched): Promise<CampaignState> {
    const fromMs = countedFromMs(each.campaign, clock.now());
    if (each.state === null)
      each.state = parseCampaignState(await store.load(each.campaign.id)) ?? newCampaignState(fromMs);
    const moved = !('rolling' in each.campaign.window) && each.state.fromMs !== fromMs;
    if (each.recountAsked || moved) {
      each.state = { ...newCampaignState(fromMs), emitted: each.state.emitted };
      each.recountAsked = false;
    }
    return each.state;
  }

  async function collect(each: Watched, abort?: AbortSignal): Promise<CampaignState> {
    const state = await stateOf(each);
    const monotonicMs = clock.monotonic();
    const isDeep = each.askedDeepAtMs === null || monotonicMs - each.askedDeepAtMs >= DEEP_EVERY_MS;
    const [fromMs, toMs] = spanToAsk(state, clock.now(), isDeep ? HOUR_MS : undefined);
    let counted = false;
    let sliceMs: number = SLICE_MS;
    for (let startMs = fromMs; startMs < toMs; ) {
      const endMs = Math.min(toMs, startMs + sliceMs);
      const nowMs = clock.now();
      const series = await select(campaignMatchers(each.campaign), startMs, endMs, abort);
      const samples = series.reduce((sum, { values }) => sum + values.length, 0);
      counted = takeSlice(each.campaign, state, series, nowMs) || counted;
      state.untilMs = Math.max(state.fromMs, Math.min(endMs, nowMs));
      metrics.samples.inc(samples);
      each.measured = new Map(
        each.campaign.venues.map((venue) => [venue.id, measureGates(each.campaign, venue, series, nowMs)]),
      );
      startMs = endMs;
      sliceMs = nextSliceMs(sliceMs, samples);
    }
    if (isDeep) each.askedDeepAtMs = monotonicMs;
    noteLastSample(each, state);
    if (counted || monotonicMs - (each.savedAtMs ?? 0) >= SAVE_EVERY_MS) each.savedAtMs = null;
    return state;
  }

  function noteLastSample(each: Watched, state: CampaignState): void {
    if (state.lastSampleMs === null || each.seen?.sampleMs === state.lastSampleMs) return;
    // On the first look after a start only the wall clock can tell how old the newest sample is.
    const ageMs = each.seen === null ? Math.max(0, clock.now() - state.lastSampleMs) : 0;
    each.seen = { sampleMs: state.lastSampleMs, atMs: clock.monotonic() - ageMs };
  }

  async function save(each: Watched, state: CampaignState): Promise<void> {
    if (each.savedAtMs !== null) return;
    await store.save(each.campaign.id, state);
    each.savedAtMs = clock.monotonic();
  }

  function derive(each: Watched, state: CampaignState, points: DerivedPoints): void {
    const { campaign } = each;
    const nowMs = clock.now();
    const monotonicMs = clock.monotonic();
    const ageMs = each.seen === null ? null : monotonicMs - each.seen.atMs;
    const attributes = { 'campaign.id': campaign.id };
    if (ageMs !== null || isExpected(campaign, ageMs, nowMs)) {
      const sinceStartMs = nowMs - campaignWindow(campaign, nowMs).startMs;
      addPoint(points, 'campaign.telemetry.age', attributes, (ageMs ?? sinceStartMs) / 1_000);
      addPoint(points, 'campaign.telemetry.expected', attributes, isExpected(campaign, ageMs, nowMs) ? 1 : 0);
    }
    if (ageMs !== null && ageMs <= SALES_SILENT_MS) {
      const resumed = each.countersSentAtMs === null || monotonicMs - each.countersSentAtMs > RESUME_AFTER_MS;
      if (addUnitCounters(points, campaign, state, resumed)) each.savedAtMs = null;
      each.countersSentAtMs = monotonicMs;
    }
    for (const venue of campaign.venues) {
      addQueueGauges(points, campaign, venue, each.measured.get(venue.id) ?? new Map());
    }
    deriveCrowd(each, state, points);
  }

  /** Sold tickets bring people whether or not their shop still reports. */
  function deriveCrowd(each: Watched, state: CampaignState, points: DerivedPoints): void {
    const nowMs = clock.now();
    for (const venue of each.campaign.venues) {
      const input = forecastInput(each, venue, state);
      const held = input.cohorts.reduce((sum, cohort) => sum + cohort.sold, 0);
      const voided = input.cohorts.reduce((sum, cohort) => sum + cohort.voided, 0);
      if (state.lastSampleMs === null && held === 0) continue;
      const gates = gateFigures(venue, gateDaysAhead(each.campaign, venue, input, nowMs));
      addVenueGauges(points, each.campaign, venue, { held, voided, gates }, nowMs);
    }
  }

  async function stepAll(abort?: AbortSignal) {
    const end = metrics.duration.startTimer();
    const points: DerivedPoints = new Map();
    for (const each of watched) {
      try {
        const isOver = campaignPhaseAt(each.campaign, clock.now()) === 'ended' && each.state !== null;
        // A campaign that is over is no longer asked for, but goes on saying so: an alert resolves on an answer.
        const state = isOver ? each.state! : await collect(each, abort);
        derive(each, state, points);
        await save(each, state);
      } catch (error) {
        if (abort?.aborted) throw error;
        metrics.failures.inc();
        logger.warn(
          { err: error, campaign: each.campaign.id },
          'a campaign could not be brought up to date; trying again',
        );
        // Sales figures are not sent while they cannot be read; the crowd's forecast goes on from what was counted.
        if (each.state !== null) deriveCrowd(each, each.state, points);
      }
    }
    end();
    return { derived: derivedMetrics(points), campaigns: summaries() };
  }

  const summaries = () => watched.map((each) => summaryOf(each, clock.now()));

  return {
    step(abort) {
      running ??= stepAll(abort).finally(() => {
        running = null;
      });
      return running;
    },
    summaries,
    detail(campaignId, plans) {
      const each = watched.find(({ campaign }) => campaign.id === campaignId);
      return each === undefined ? null : detailOf(each, clock.now(), plans ?? {});
    },
    recount(campaignId) {
      const each = watched.find(({ campaign }) => campaign.id === campaignId);
      if (each !== undefined) each.recountAsked = true;
    },
    replaceCampaigns(campaigns) {
      watched = campaigns.map((campaign) => {
        const known = watched.find((each) => each.campaign.id === campaign.id);
        if (known === undefined) return newWatched(campaign);
        known.campaign = campaign;
        return known;
      });
    },
  };
}

function newWatched(campaign: Campaign): Watched {
  return {
    campaign,
    state: null,
    measured: new Map(),
    seen: null,
    countersSentAtMs: null,
    askedDeepAtMs: null,
    savedAtMs: null,
    recountAsked: false,
  };
}

/** Whether silence of a campaign's sales is worth an alarm. */
function isExpected(campaign: Campaign, ageMs: number | null, nowMs: number): boolean {
  if (campaignPhaseAt(campaign, nowMs) !== 'live') return false;
  return !('rolling' in campaign.window) || (ageMs !== null && ageMs < ROLLING_EXPECTED_MS);
}
