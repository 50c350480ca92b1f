/**
 * The crowd at a venue's gates over every opening hour to come: tickets → people → arrivals → a fluid queue at each
 * gate → density at its front. The high band takes the most people and the slowest lanes; plans are made on that one.
 * Pure: the same tickets, plan and instant give the same forecast.
 */
import type { VenueForecast } from '../model/api/campaign.ts';
import { HOUR_MS, MINUTE_MS } from '../model/units.ts';
import { BANDS, type Band, type CrowdPlan, crowdByDay, type TicketCohort } from './crowd.ts';
import {
  firstReachMs,
  fluidQueue,
  frontDensityPerM2,
  longest,
  peopleAtDensity,
  type QueueCorner,
  type QueueSpan,
  queueAt,
} from './fluid-queue.ts';
import { forecastBasis } from './forecast-basis.ts';
import type { Campaign, Gate, Venue } from './manifest.ts';
import { type OpenDay, openDay, stepsBetween, venueTimeZone } from './window.ts';
import { addDays, localDateAt, parseLocalTime, zonedInstant } from './zone-time.ts';

/**
 * Density at the front, persons/m2, from which a level begins. Set, within Fruin's queueing levels of service and
 * Still's figures for standing crowds: shoulders touch near 3.6, flow falls beyond 3, 5 is too late to begin.
 */
export const DENSITY_LEVELS = { information: 1.1, warning: 2, page: 3, safety: 4 } as const;
export type DensityLevel = 'good' | keyof typeof DENSITY_LEVELS;

export function densityLevel(perM2: number): DensityLevel {
  if (perM2 >= DENSITY_LEVELS.safety) return 'safety';
  if (perM2 >= DENSITY_LEVELS.page) return 'page';
  if (perM2 >= DENSITY_LEVELS.warning) return 'warning';
  return perM2 >= DENSITY_LEVELS.information ? 'information' : 'good';
}

/** What was measured at one gate; null where nothing was reported lately. */
export interface GateMeasurement {
  readonly queuePeople: number | null;
  readonly lanesOpen: number | null;
  readonly arrivalsPerHour: number | null;
}

export interface ForecastInput {
  readonly cohorts: readonly TicketCohort[];
  /** By gate id. */
  readonly measured?: ReadonlyMap<string, GateMeasurement>;
  readonly plan?: CrowdPlan;
  /** What is known to be missing, in words, for the forecast's basis. */
  readonly missing?: readonly string[];
}

/** One gate on one day: its spans and the queue's course on each band. */
export interface GateDay {
  readonly gate: Gate;
  readonly day: OpenDay;
  readonly spans: Readonly<Record<Band, readonly QueueSpan[]>>;
  readonly courses: Readonly<Record<Band, readonly QueueCorner[]>>;
}

/** Persons per hour that one lane admits on a band: all well, between the two, and with friction. */
export function laneRatePerHour(venue: Venue, band: Band): number {
  const { clean, degraded } = venue.laneRatePerHour;
  return { low: clean, middle: (clean + degraded) / 2, high: degraded }[band];
}

/** What the forecast says of one gate over all days to come, for metrics and alerts. */
export interface GateFigures {
  readonly gateId: string;
  readonly people: Readonly<Record<Band, number>>;
  /** The highest density at the front. */
  readonly densityFront: Readonly<Record<Band, number>>;
  /** When the high band first passes 3 persons/m2; null: never. */
  readonly reachMs: number | null;
}

/** The forecast of one venue at `nowMs`, exactly as the API gives it. */
export function forecastVenue(
  campaign: Campaign,
  venue: Venue,
  input: ForecastInput,
  nowMs: number,
): VenueForecast {
  return describeForecast(venue, input, gateDaysAhead(campaign, venue, input, nowMs), nowMs);
}

/** Every gate on every validity day that is not over, the earliest day first. */
export function gateDaysAhead(
  campaign: Campaign,
  venue: Venue,
  input: ForecastInput,
  nowMs: number,
): GateDay[] {
  const crowd = crowdByDay(venue, input.cohorts, input.plan);
  const yesterday = addDays(localDateAt(nowMs, venueTimeZone(campaign, venue)), -1);
  return [...crowd.keys()]
    .filter((date) => date >= yesterday)
    .sort()
    .map((date) => openDay(campaign, venue, date))
    .filter((day) => day.closeMs > nowMs)
    .flatMap((day) =>
      venue.gates.map((gate) => gateDay(campaign, venue, gate, day, crowd.get(day.date)!, input, nowMs)),
    );
}

export function gateFigures(venue: Venue, gateDays: readonly GateDay[]): GateFigures[] {
  return venue.gates.map((gate) => {
    const days = gateDays.filter((each) => each.gate.id === gate.id);
    const front = (people: number) => frontDensityPerM2(people, gate.queueAreaM2, venue.frontFactor);
    return {
      gateId: gate.id,
      people: sumBands(days.map(peopleToCome)),
      densityFront: eachBand((band) =>
        rounded(Math.max(0, ...days.map(({ courses }) => front(longest(courses[band])?.people ?? 0))), 3),
      ),
      reachMs: earliestReach(venue, days, DENSITY_LEVELS.page)?.atMs ?? null,
    };
  });
}

/** The API's view of gate days that were computed from `input`. */
export function describeForecast(
  venue: Venue,
  input: ForecastInput,
  gateDays: readonly GateDay[],
  nowMs: number,
): VenueForecast {
  const page = earliestReach(venue, gateDays, DENSITY_LEVELS.page);
  const sev1 = earliestReach(venue, gateDays, DENSITY_LEVELS.safety);
  const ticketsHeld = sum(input.cohorts.map((cohort) => cohort.sold));
  const ticketsVoided = rounded(sum(input.cohorts.map((cohort) => cohort.voided)), 3);
  return {
    venueId: venue.id,
    title: venue.title,
    gates: venue.gates.map(({ id, title, lanes }) => ({
      id,
      title,
      lanes: input.plan?.lanes?.[id] ?? lanes,
      lanesOpen: input.measured?.get(id)?.lanesOpen ?? null,
    })),
    queueAreaM2: sum(venue.gates.map((gate) => gate.queueAreaM2)),
    ticketsHeld,
    ticketsVoided,
    expectedPeople: sumBands(gateDays.map(peopleToCome)),
    points: forecastPoints(venue, gateDays),
    peak: worstMoment(venue, gateDays),
    reaches: { page: page?.atMs ?? null, sev1: sev1?.atMs ?? null },
    actBefore: page === null ? null : actBefore(venue, gateDays, page, nowMs),
    basis: forecastBasis(venue, { ...input, gateDays, ticketsHeld, ticketsVoided }),
    computedAtMs: nowMs,
  };
}

function gateDay(
  campaign: Campaign,
  venue: Venue,
  gate: Gate,
  day: OpenDay,
  people: Readonly<Record<Band, number>>,
  input: ForecastInput,
  nowMs: number,
): GateDay {
  const spans = {} as Record<Band, QueueSpan[]>;
  const courses = {} as Record<Band, QueueCorner[]>;
  const measured = nowMs > day.queueFromMs ? input.measured?.get(gate.id) : undefined;
  for (const band of BANDS) {
    const lanes = input.plan?.lanes?.[gate.id] ?? gate.lanes;
    const whole = daySpans(campaign, venue, day, {
      people: people[band] * gate.crowdShare,
      servicePerHour: lanes * laneRatePerHour(venue, band),
    });
    // On the day itself only what is still to come is forecast, from the queue that was measured or else computed.
    const ahead = spansFrom(whole, nowMs);
    const lanesNow = measured?.lanesOpen ?? null;
    spans[band] =
      lanesNow === null || input.plan?.lanes !== undefined
        ? ahead
        : ahead.map((span) =>
            span.servicePerHour > 0
              ? { ...span, servicePerHour: lanesNow * laneRatePerHour(venue, band) }
              : span,
          );
    const standing = measured?.queuePeople ?? queueAt(fluidQueue(whole), nowMs);
    courses[band] = fluidQueue(spans[band], nowMs > day.queueFromMs ? standing : 0);
  }
  return { gate, day, spans, courses };
}

/** A day cut at the opening and at every edge of an arrival span. Nobody is admitted before the opening. */
function daySpans(
  campaign: Campaign,
  venue: Venue,
  day: OpenDay,
  flow: { people: number; servicePerHour: number },
): QueueSpan[] {
  const zone = venueTimeZone(campaign, venue);
  const at = (text: string) => zonedInstant(day.date, parseLocalTime(text) ?? 0, zone);
  const arrivals = venue.arrivals.map((span) => ({
    fromMs: at(span.from),
    toMs: at(span.to),
    share: span.share,
  }));
  const edges = [
    day.queueFromMs,
    day.openMs,
    day.closeMs,
    ...arrivals.flatMap(({ fromMs, toMs }) => [fromMs, toMs]),
  ];
  const cuts = [...new Set(edges)].filter((edge) => edge <= day.closeMs).sort((a, b) => a - b);
  const spans: QueueSpan[] = [];
  for (let i = 1; i < cuts.length; i++) {
    const fromMs = cuts[i - 1]!;
    const toMs = cuts[i]!;
    const arriving = arrivals.find((span) => span.fromMs <= fromMs && toMs <= span.toMs);
    spans.push({
      fromMs,
      toMs,
      arrivalsPerHour:
        arriving === undefined
          ? 0
          : (flow.people * arriving.share * HOUR_MS) / (arriving.toMs - arriving.fromMs),
      servicePerHour: fromMs >= day.openMs ? flow.servicePerHour : 0,
    });
  }
  return spans;
}

function spansFrom(spans: readonly QueueSpan[], nowMs: number): QueueSpan[] {
  return spans
    .filter((span) => span.toMs > nowMs)
    .map((span) => (span.fromMs < nowMs ? { ...span, fromMs: nowMs } : span));
}

const STEPS_MINUTES = [15, 30, 60] as const;
const POINTS_MAX = 3_000;

function forecastPoints(venue: Venue, gateDays: readonly GateDay[]): VenueForecast['points'] {
  const minutes = sum(
    gateDays.map(({ spans }) => (spans.high.at(-1)!.toMs - spans.high[0]!.fromMs) / MINUTE_MS),
  );
  const step = STEPS_MINUTES.find((each) => minutes / each <= POINTS_MAX) ?? 60;
  return gateDays.flatMap((each) =>
    stepsBetween(each.spans.high[0]!.fromMs, each.spans.high.at(-1)!.toMs, step).map((atMs) => {
      const rates = eachBand(
        (band) => each.spans[band].find((span) => atMs < span.toMs) ?? each.spans[band].at(-1)!,
      );
      const queue = eachBand((band) => rounded(queueAt(each.courses[band], atMs), 1));
      return {
        atMs,
        gateId: each.gate.id,
        arrivalsPerHour: eachBand((band) => rounded(rates[band].arrivalsPerHour, 1)),
        servicePerHour: eachBand((band) => rates[band].servicePerHour),
        queue,
        densityFront: eachBand((band) =>
          rounded(
            frontDensityPerM2(queueAt(each.courses[band], atMs), each.gate.queueAreaM2, venue.frontFactor),
            3,
          ),
        ),
      };
    }),
  );
}

function worstMoment(venue: Venue, gateDays: readonly GateDay[]): VenueForecast['peak'] {
  let peak: VenueForecast['peak'] = null;
  for (const each of gateDays) {
    const corner = longest(each.courses.high);
    if (corner === null || each.spans.high.every((span) => span.arrivalsPerHour === 0 && corner.people === 0))
      continue;
    const densityFront = frontDensityPerM2(corner.people, each.gate.queueAreaM2, venue.frontFactor);
    if (peak !== null && densityFront <= peak.densityFront) continue;
    const span = each.spans.high.find((one) => corner.atMs <= one.toMs) ?? each.spans.high.at(-1)!;
    peak = {
      atMs: Math.round(corner.atMs),
      gateId: each.gate.id,
      densityFront: rounded(densityFront, 3),
      queue: rounded(corner.people, 1),
      waitMinutes: rounded(waitMinutes(each, corner), 1),
      arrivalsPerHour: rounded(span.arrivalsPerHour, 1),
    };
  }
  return peak;
}

/** Wait of who joins now: until the opening, then Q / μ. At most until closing, where nobody is admitted. */
function waitMinutes({ day, spans }: GateDay, corner: QueueCorner): number {
  const service = Math.max(...spans.high.map((span) => span.servicePerHour));
  const untilOpen = Math.max(0, day.openMs - corner.atMs) / MINUTE_MS;
  if (service === 0) return Math.max(0, day.closeMs - corner.atMs) / MINUTE_MS;
  return untilOpen + (corner.people / service) * 60;
}

interface Reach {
  readonly atMs: number;
  readonly gateDay: GateDay;
}

function earliestReach(venue: Venue, gateDays: readonly GateDay[], densityPerM2: number): Reach | null {
  let earliest: Reach | null = null;
  for (const each of gateDays) {
    const people = peopleAtDensity(densityPerM2, each.gate.queueAreaM2, venue.frontFactor);
    const atMs = firstReachMs(each.courses.high, people);
    if (atMs !== null && (earliest === null || atMs < earliest.atMs))
      earliest = { atMs: Math.round(atMs), gateDay: each };
  }
  return earliest;
}

/**
 * The last moments that still help against the first gate to pass 3 persons/m2: a notice must reach people before
 * they leave; lanes must work while the queue is still short enough for them; a ticket bought later than the travel
 * time before the crossing no longer joins that queue. Moments already past mean: at once.
 */
function actBefore(
  venue: Venue,
  gateDays: readonly GateDay[],
  reach: Reach,
  nowMs: number,
): NonNullable<VenueForecast['actBefore']> {
  const { notice, lanes, travel } = venue.leadMinutes;
  const pages = gateDays.filter((each) => earliestReach(venue, [each], DENSITY_LEVELS.page) !== null);
  const lanesMs = Math.min(
    ...pages.map((each) => lastLanesMs(venue, each, nowMs) ?? Number.POSITIVE_INFINITY),
  );
  return {
    notifyMs: reach.atMs - notice * MINUTE_MS,
    openLanesMs: (Number.isFinite(lanesMs) ? Math.min(lanesMs, reach.atMs) : reach.atMs) - lanes * MINUTE_MS,
    stopSaleMs: reach.atMs - travel * MINUTE_MS,
  };
}

/**
 * The last quarter hour at which opening every lane of a gate keeps its front below 3 persons/m2 for the rest of the
 * day on the high band; null where that is never enough.
 */
export function lastLanesMs(
  venue: Venue,
  { gate, day, spans, courses }: GateDay,
  nowMs: number,
): number | null {
  const servicePerHour = (gate.lanesMax ?? gate.lanes) * laneRatePerHour(venue, 'high');
  const limit = peopleAtDensity(DENSITY_LEVELS.page, gate.queueAreaM2, venue.frontFactor);
  let last: number | null = null;
  for (const atMs of stepsBetween(Math.max(day.openMs, nowMs), day.closeMs, 15)) {
    if ((firstReachMs(courses.high, limit) ?? Number.POSITIVE_INFINITY) <= atMs) break;
    const after = spansFrom(spans.high, atMs).map((span) => ({ ...span, servicePerHour }));
    if (firstReachMs(fluidQueue(after, queueAt(courses.high, atMs)), limit) === null) last = atMs;
  }
  return last;
}

function peopleToCome({ spans }: GateDay): Record<Band, number> {
  return eachBand((band) =>
    sum(spans[band].map((span) => (span.arrivalsPerHour * (span.toMs - span.fromMs)) / HOUR_MS)),
  );
}

function sumBands(all: readonly Record<Band, number>[]): Record<Band, number> {
  return eachBand((band) => rounded(sum(all.map((each) => each[band])), 1));
}

const eachBand = <T>(of: (band: Band) => T): Record<Band, T> => ({
  low: of('low'),
  middle: of('middle'),
  high: of('high'),
});
const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
const rounded = (value: number, digits: number) => Number(value.toFixed(digits));
