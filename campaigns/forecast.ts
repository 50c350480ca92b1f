/**
 * The crowd at a venue's gates over every opening hour to come: tickets → people → arrivals → a fluid queue at each
 * gate → density at its front. The high band takes the most people and the slowest lanes; plans are made on that one.
 * Pure: the same tickets, plan and instant give the same forecast.
 */
import type { VenueForecast } from '../model/api/campaign.ts';
import { HOUR_MS, MINUTE_MS } from '../model/units.ts';
import { actBefore, earliestReach } from './act-before.ts';
import type { Band } from './crowd.ts';
import { DENSITY_LEVELS } from './density-level.ts';
import { frontDensityPerM2, longest, type QueueCorner, queueAt } from './fluid-queue.ts';
import { forecastBasis } from './forecast-basis.ts';
import { type ForecastInput, type GateDay, gateDaysAhead } from './gate-day.ts';
import type { Campaign, Venue } from './manifest.ts';
import { stepsBetween } from './window.ts';

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
function describeForecast(
  venue: Venue,
  input: ForecastInput,
  gateDays: readonly GateDay[],
  nowMs: number,
): VenueForecast {
  const page = earliestReach(venue, gateDays, DENSITY_LEVELS.page);
  const sev1 = earliestReach(venue, gateDays, DENSITY_LEVELS.safety);
  const ticketsHeld = sum(input.cohorts.map((cohort) => cohort.sold));
  const ticketsVoided = rounded(sum(input.cohorts.map((cohort) => cohort.voided)), 3);
  const basis = forecastBasis(venue, { ...input, gateDays, ticketsHeld, ticketsVoided });
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
    basis: basis.map((words) => words.en),
    basisZh: basis.map((words) => words.zh),
    computedAtMs: nowMs,
  };
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

/** The densest moment on the high band; where no queue stands anywhere, the busiest. */
function worstMoment(venue: Venue, gateDays: readonly GateDay[]): VenueForecast['peak'] {
  let peak: VenueForecast['peak'] = null;
  for (const each of gateDays) {
    const busiest = each.spans.high.toSorted((a, b) => b.arrivalsPerHour - a.arrivalsPerHour)[0]!;
    const densest = longest(each.courses.high)!;
    if (densest.people === 0 && busiest.arrivalsPerHour === 0) continue;
    const corner = densest.people > 0 ? densest : { atMs: busiest.fromMs, people: 0 };
    const span = each.spans.high.find((one) => corner.atMs <= one.toMs) ?? busiest;
    const arrivalsPerHour = densest.people > 0 ? span.arrivalsPerHour : busiest.arrivalsPerHour;
    const densityFront = frontDensityPerM2(corner.people, each.gate.queueAreaM2, venue.frontFactor);
    const isWorse =
      peak === null ||
      densityFront > peak.densityFront ||
      (densityFront === peak.densityFront && arrivalsPerHour > peak.arrivalsPerHour);
    if (!isWorse) continue;
    peak = {
      atMs: Math.round(corner.atMs),
      gateId: each.gate.id,
      densityFront,
      queue: corner.people,
      waitMinutes: waitMinutes(each, corner),
      arrivalsPerHour,
    };
  }
  return (
    peak && {
      ...peak,
      densityFront: rounded(peak.densityFront, 3),
      queue: rounded(peak.queue, 1),
      waitMinutes: rounded(peak.waitMinutes, 1),
      arrivalsPerHour: rounded(peak.arrivalsPerHour, 1),
    }
  );
}

/** Wait of who joins now: until the opening, then Q / μ. At most until closing, where nobody is admitted. */
function waitMinutes({ day, spans }: GateDay, corner: QueueCorner): number {
  const service = Math.max(...spans.high.map((span) => span.servicePerHour));
  const untilOpen = Math.max(0, day.openMs - corner.atMs) / MINUTE_MS;
  if (service === 0) return Math.max(0, day.closeMs - corner.atMs) / MINUTE_MS;
  return untilOpen + (corner.people / service) * 60;
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
