/** One gate on one day: who arrives when, what its lanes admit, and the queue that follows, on each band. */
import { HOUR_MS } from '../model/units.ts';
import { BANDS, type Band, type CrowdPlan, crowdByDay, type TicketCohort } from './crowd.ts';
import { fluidQueue, type QueueCorner, type QueueSpan, queueAt } from './fluid-queue.ts';
import type { Words } from './forecast-basis.ts';
import type { Campaign, Gate, Venue } from './manifest.ts';
import { type OpenDay, openDay, venueTimeZone } from './window.ts';
import { addDays, localDateAt } from './zone-time.ts';

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
  /** What is known to be missing, for the forecast's basis. */
  readonly missing?: readonly Words[];
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
      venue.gates.map((gate) => gateDay(venue, gate, day, crowd.get(day.date)!, input, nowMs)),
    );
}

function gateDay(
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
    const whole = daySpans(day, {
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
function daySpans(day: OpenDay, flow: { people: number; servicePerHour: number }): QueueSpan[] {
  const { arrivals } = day;
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

/** The part of the spans that is still to come. */
export function spansFrom(spans: readonly QueueSpan[], nowMs: number): QueueSpan[] {
  return spans
    .filter((span) => span.toMs > nowMs)
    .map((span) => (span.fromMs < nowMs ? { ...span, fromMs: nowMs } : span));
}
