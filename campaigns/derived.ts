/** The figures that the product feeds back as telemetry, for dashboards and rules. */
import type { DerivedMetric } from '../model/series.ts';
import type { VenueMeasurement } from './collect.ts';
import { BANDS } from './crowd.ts';
import { DENSITY_LEVELS } from './density-level.ts';
import { frontDensityPerM2, secondsToDensity } from './fluid-queue.ts';
import type { GateFigures } from './forecast.ts';
import { laneRatePerHour } from './gate-day.ts';
import type { Campaign, Venue } from './manifest.ts';
import { offerFigures } from './unit-counts.ts';
import type { CampaignState } from './watch-state.ts';

type Point = DerivedMetric['points'][number];
type Definition = Omit<DerivedMetric, 'points' | 'name'>;

/** Every derived metric by its name. The unit `s` becomes `…_seconds` in PromQL; states are sent without a unit. */
const DERIVED_METRICS = {
  'campaign.units.sold': {
    kind: 'counter',
    unit: '{unit}',
    description: 'Units charged since the campaign began',
  },
  'campaign.units.under_floor': {
    kind: 'counter',
    unit: '{unit}',
    description: "Units charged under the campaign's price floor, at least",
  },
  'campaign.units.beyond_quota': {
    kind: 'counter',
    unit: '{unit}',
    description: "Units beyond the offer's quota",
  },
  'campaign.units.price_unknown': {
    kind: 'counter',
    unit: '{unit}',
    description: 'Units whose price was folded away and may be under the floor',
  },
  'campaign.telemetry.age': {
    kind: 'gauge',
    unit: 's',
    description: 'Time since the last sample of a sales counter; absent: there never was one',
  },
  'campaign.telemetry.expected': {
    kind: 'gauge',
    unit: '',
    description: '1 while a live campaign should report its sales, else 0',
  },
  'venue.tickets.held': {
    kind: 'gauge',
    unit: '{ticket}',
    description: 'Tickets ever sold for the venue, voided ones included: their holders come all the same',
  },
  'venue.tickets.voided': { kind: 'gauge', unit: '{ticket}', description: 'Tickets voided or refunded' },
  'venue.forecast.density': {
    kind: 'gauge',
    unit: '',
    description: "Highest density at the queue's front over all coming opening hours, persons/m2",
  },
  'venue.forecast.people': {
    kind: 'gauge',
    unit: '{person}',
    description: 'People expected at the gate over all coming opening hours',
  },
  'venue.forecast.reach': {
    kind: 'gauge',
    unit: '',
    description: 'Seconds until the high band passes 3 persons/m2; absent: it never does',
  },
  'venue.queue.density': {
    kind: 'gauge',
    unit: '',
    description:
      'Density at the front of the measured queue, persons/m2, now and after 20 and 60 minutes if arrivals and service stay',
  },
  'venue.queue.reach': {
    kind: 'gauge',
    unit: '',
    description:
      'Seconds until the measured queue passes 3 persons/m2 at its front if it goes on as now; absent: never',
  },
} as const satisfies Record<string, Definition>;
export type DerivedName = keyof typeof DERIVED_METRICS;

/** Points by metric, gathered over all campaigns of a step. */
export type DerivedPoints = Map<DerivedName, Point[]>;

export function addPoint(
  points: DerivedPoints,
  name: DerivedName,
  attributes: Point['attributes'],
  value: number,
): void {
  const list = points.get(name) ?? [];
  list.push({ attributes, value });
  points.set(name, list);
}

export function derivedMetrics(points: DerivedPoints): DerivedMetric[] {
  return [...points].map(([name, list]) => ({ name, ...DERIVED_METRICS[name], points: list }));
}

/**
 * The counters of a campaign's offers. `resumed` sends them as they were last sent (or zero) once more, so that what
 * was counted while nobody sent them shows as growth between two samples and not as a series that begins high.
 * Returns whether any value is another than the one sent before.
 */
export function addUnitCounters(
  points: DerivedPoints,
  campaign: Campaign,
  state: CampaignState,
  resumed: boolean,
): boolean {
  let changed = false;
  for (const offer of campaign.offers) {
    const figures = offerFigures(state.units, offer);
    const attributes = { 'campaign.id': campaign.id, 'offer.id': offer.id };
    const values = {
      'campaign.units.sold': figures.unitsSold,
      'campaign.units.under_floor': figures.unitsUnderFloor,
      'campaign.units.beyond_quota': figures.unitsBeyondQuota,
      'campaign.units.price_unknown': figures.unitsPriceUnknown,
    } as const;
    for (const [name, counted] of Object.entries(values) as [keyof typeof values, number][]) {
      const key = `${name} ${offer.id}`;
      const before = state.emitted[key] ?? 0;
      const value = resumed ? before : Math.max(before, counted);
      changed ||= state.emitted[key] !== value;
      state.emitted[key] = value;
      addPoint(points, name, attributes, value);
    }
  }
  return changed;
}

export interface VenueFigures {
  readonly held: number;
  readonly voided: number;
  readonly gates: readonly GateFigures[];
}

export function addVenueGauges(
  points: DerivedPoints,
  campaign: Campaign,
  venue: Venue,
  figures: VenueFigures,
  nowMs: number,
): void {
  const ofVenue = { 'campaign.id': campaign.id, 'venue.id': venue.id };
  addPoint(points, 'venue.tickets.held', ofVenue, figures.held);
  addPoint(points, 'venue.tickets.voided', ofVenue, figures.voided);
  for (const gate of figures.gates) {
    const ofGate = { ...ofVenue, 'gate.id': gate.gateId };
    for (const band of BANDS) {
      addPoint(points, 'venue.forecast.density', { ...ofGate, band }, gate.densityFront[band]);
      addPoint(points, 'venue.forecast.people', { ...ofGate, band }, gate.people[band]);
    }
    if (gate.reachMs !== null) {
      addPoint(points, 'venue.forecast.reach', ofGate, Math.max(0, (gate.reachMs - nowMs) / 1_000));
    }
  }
}

/** Horizons of the alarm for now: a page within the hour, SEV1 within 20 minutes (set). */
const HORIZONS_MINUTES = { now: 0, '20m': 20, '60m': 60 } as const;

/** Where the queues that are measured now are going; needs no ticket sold. */
export function addQueueGauges(
  points: DerivedPoints,
  campaign: Campaign,
  venue: Venue,
  measured: ReadonlyMap<string, VenueMeasurement>,
): void {
  for (const gate of venue.gates) {
    const now = measured.get(gate.id);
    if (now === undefined || now.queuePeople === null || now.arrivalsPerHour === null) continue;
    // Scans show what lanes really admit only while somebody waits for them.
    const busy = now.queuePeople > 0 && now.scansPerHour !== null;
    const servicePerHour = busy
      ? now.scansPerHour!
      : (now.lanesOpen ?? gate.lanes) * laneRatePerHour(venue, 'middle');
    const attributes = { 'campaign.id': campaign.id, 'venue.id': venue.id, 'gate.id': gate.id };
    for (const [horizon, minutes] of Object.entries(HORIZONS_MINUTES)) {
      const growth = Math.max(0, now.arrivalsPerHour - servicePerHour) * (minutes / 60);
      const density = frontDensityPerM2(now.queuePeople + growth, gate.queueAreaM2, venue.frontFactor);
      addPoint(points, 'venue.queue.density', { ...attributes, horizon }, density);
    }
    const seconds = secondsToDensity(DENSITY_LEVELS.page, {
      queuePeople: now.queuePeople,
      arrivalsPerHour: now.arrivalsPerHour,
      servicePerHour,
      areaM2: gate.queueAreaM2,
      frontFactor: venue.frontFactor,
    });
    if (seconds !== null) addPoint(points, 'venue.queue.reach', attributes, seconds);
  }
}
