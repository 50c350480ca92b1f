/** Takes a campaign's new samples into its state. */
import type { LabelMatcher } from '../model/labels.ts';
import { METRIC_NAME } from '../model/labels.ts';
import type { FloatSeries } from '../model/series.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../model/units.ts';
import type { GateMeasurement } from './gate-day.ts';
import { takeIncrements } from './increments.ts';
import type { Campaign, Venue } from './manifest.ts';
import { addPlaced } from './placed-per-minute.ts';
import { addTicketsSold, addTicketsVoided } from './ticket-counts.ts';
import { addUnits } from './unit-counts.ts';
import type { CampaignState } from './watch-state.ts';

/** Series whose labels fit all matchers, with their samples from `startMs` to `endMs`, both inclusive. */
export type SelectSeries = (
  matchers: readonly LabelMatcher[],
  startMs: number,
  endMs: number,
  abort?: AbortSignal,
) => Promise<readonly FloatSeries[]>;

/** How far before the counted time a series is looked for, to know what it stood at. */
const BASELINE_MS = HOUR_MS;
/** Telemetry that comes late (and what a measurement of now needs), and services whose clocks are ahead. */
const LATE_MS = 5 * MINUTE_MS;
const AHEAD_MS = 2 * MINUTE_MS;

/** What is asked of the store for one campaign: all it counts and measures, but no test traffic. */
export function campaignMatchers(campaign: Campaign): LabelMatcher[] {
  const { names } = campaign;
  const metrics = [
    names.orderUnits,
    names.unitPriceMin,
    names.orderPlaced,
    names.ticketSold,
    names.ticketRefunded,
    names.lanesOpen,
    names.arrivals,
    names.queueLength,
    names.gateScans,
  ];
  return [
    { name: METRIC_NAME, operator: '=~', value: metrics.join('|') },
    { name: 'campaign_id', operator: '=', value: campaign.id },
    { name: 'traffic_kind', operator: '!~', value: 'test|synthetic' },
  ];
}

/** What has to be asked for, in slices. */
export function spanToAsk(
  state: CampaignState,
  nowMs: number,
  lateMs: number = LATE_MS,
): readonly [fromMs: number, toMs: number] {
  const isNew = state.untilMs === state.fromMs;
  // A clock that was ahead must not hide what comes in after it was put right.
  return [Math.min(state.untilMs, nowMs) - (isNew ? BASELINE_MS : lateMs), nowMs + AHEAD_MS];
}

/** The length of the first slice. A look back over an hour fits into one, so that gates are measured on all of it. */
export const SLICE_MS = 2 * HOUR_MS;
const SLICE_MAX_MS = DAY_MS;
const FEW_SAMPLES = 100_000;

/** The next slice's length: days without sales are passed over quickly, and no answer holds too many samples. */
export function nextSliceMs(sliceMs: number, samples: number): number {
  return samples < FEW_SAMPLES ? Math.min(SLICE_MAX_MS, sliceMs * 2) : Math.max(SLICE_MS, sliceMs / 2);
}

/** Adds a slice's samples to the state. Returns whether anything was counted. */
export function takeSlice(
  campaign: Campaign,
  state: CampaignState,
  series: readonly FloatSeries[],
  nowMs: number,
): boolean {
  const { names } = campaign;
  const live = series.filter(({ labels }) => !['test', 'synthetic'].includes(labels.traffic_kind ?? ''));
  const named = (name: string) => live.filter(({ labels }) => labels[METRIC_NAME] === name);
  const take = (name: string, zeros = false) =>
    takeIncrements(state.positions, named(name), state.fromMs, zeros);
  const units = take(names.orderUnits);
  const placed = take(names.orderPlaced, true);
  const sold = take(names.ticketSold);
  const voided = take(names.ticketRefunded);
  addUnits(state.units, units, named(names.unitPriceMin), campaign);
  addPlaced(state.placed, placed, nowMs);
  addTicketsSold(state.tickets, sold, campaign);
  addTicketsVoided(state.tickets, voided, campaign);
  for (const { timestampsMs } of [...named(names.orderUnits), ...named(names.orderPlaced)]) {
    const newestMs = timestampsMs.at(-1);
    if (newestMs !== undefined && newestMs > Math.max(state.fromMs, state.lastSampleMs ?? 0))
      state.lastSampleMs = newestMs;
  }
  return [units, placed, sold, voided].some((all) => all.some(({ amount }) => amount > 0));
}

/** Measurements older than this say nothing about now. */
const MEASURED_MS = 2 * MINUTE_MS;
const RATE_MS = 5 * MINUTE_MS;

export interface VenueMeasurement extends GateMeasurement {
  /** Admitted an hour by the gate's scans; null where none are reported. */
  readonly scansPerHour: number | null;
}

/** What a venue's gates report now, by gate id. `series` hold the last five minutes. */
export function measureGates(
  campaign: Campaign,
  venue: Venue,
  series: readonly FloatSeries[],
  nowMs: number,
): Map<string, VenueMeasurement> {
  const { names } = campaign;
  const ofGate = (name: string, gateId: string) =>
    series.filter(
      ({ labels }) =>
        labels[METRIC_NAME] === name &&
        labels[names.venueLabel] === venue.id &&
        (labels[names.gateLabel] === gateId ||
          (labels[names.gateLabel] === undefined && venue.gates.length === 1)),
    );
  return new Map(
    venue.gates.map(({ id }) => [
      id,
      {
        lanesOpen: latestSum(ofGate(names.lanesOpen, id), nowMs),
        queuePeople: latestSum(ofGate(names.queueLength, id), nowMs),
        arrivalsPerHour: ratePerHour(ofGate(names.arrivals, id), nowMs),
        scansPerHour: ratePerHour(
          ofGate(names.gateScans, id).filter(({ labels }) => (labels.outcome ?? 'accepted') === 'accepted'),
          nowMs,
        ),
      },
    ]),
  );
}

/** Zones add up; where several sources report the same zone, the largest is believed. */
function latestSum(series: readonly FloatSeries[], nowMs: number): number | null {
  const byZone = new Map<string, number>();
  for (const { labels, timestampsMs, values } of series) {
    const last = values.at(-1);
    if (last === undefined || !Number.isFinite(last) || timestampsMs.at(-1)! < nowMs - MEASURED_MS) continue;
    const zone = labels.zone ?? '';
    byZone.set(zone, Math.max(byZone.get(zone) ?? 0, last));
  }
  return byZone.size === 0 ? null : [...byZone.values()].reduce((sum, value) => sum + value, 0);
}

/** Growth over the samples of the last five minutes; several sources count the same people, so the largest is taken. */
function ratePerHour(series: readonly FloatSeries[], nowMs: number): number | null {
  const bySource = new Map<string, number>();
  let seen = false;
  for (const one of series) {
    const first = one.timestampsMs.findIndex((atMs) => atMs >= nowMs - RATE_MS);
    const last = one.timestampsMs.length - 1;
    if (first === -1 || one.timestampsMs[last]! < nowMs - MEASURED_MS || last === first) continue;
    seen = true;
    const grown = takeIncrements({}, [one], one.timestampsMs[first]!).reduce(
      (sum, { amount }) => sum + amount,
      0,
    );
    const hours = (one.timestampsMs[last]! - one.timestampsMs[first]!) / HOUR_MS;
    const source = one.labels.source ?? '';
    bySource.set(source, (bySource.get(source) ?? 0) + grown / hours);
  }
  return seen ? Math.max(...bySource.values()) : null;
}
