/** What a forecast was computed from and what it does not know, in words for the person who must act on it. */

import { frontDensityPerM2 } from './fluid-queue.ts';
import type { ForecastInput, GateDay } from './forecast.ts';
import type { Venue } from './manifest.ts';

/** Above this many persons/m2 people no longer fit: standing crowds turn critical near 7.1 (Fruin; Still). */
const PACKED_PER_M2 = 7;

export interface BasisInput extends ForecastInput {
  readonly gateDays: readonly GateDay[];
  readonly ticketsHeld: number;
  readonly ticketsVoided: number;
}

/** Sentences, the most important first. */
export function forecastBasis(venue: Venue, input: BasisInput): string[] {
  const percent = (share: number) => `${Math.round(share * 100)} %`;
  const { low, middle, high, source } = venue.showUp;
  const basis = [
    ...(input.missing ?? []),
    `${input.ticketsHeld} tickets sold, of them ${input.ticketsVoided} voided or refunded; a voided ticket still brings ${percent(venue.voidedShowUpFactor)} of the people of a valid one, until its holder was told in person.`,
    `Share who show up: ${percent(low)} / ${percent(middle)} / ${percent(high)} (low / middle / high). ${source}`,
    `A lane admits ${venue.laneRatePerHour.clean} an hour when all goes well and ${venue.laneRatePerHour.degraded} with friction; the high band plans on the second.`,
    `The front of a queue is taken at ${venue.frontFactor} times its mean density.`,
  ];
  if (input.plan?.told)
    basis.push(`Assumes that ${percent(input.plan.told)} of all holders were told and stay away.`);
  if (input.plan?.lanes) {
    const lanes = Object.entries(input.plan.lanes).map(([gate, count]) => `${gate} ${count}`);
    basis.push(`Assumes these lanes instead of the plan: ${lanes.join(', ')}.`);
  }
  if (![...(input.measured?.values() ?? [])].some((gate) => gate.arrivalsPerHour !== null)) {
    basis.push(
      'No arrivals are counted at the venue, so the show-up share is a prior. Have staff count who joins the queue.',
    );
  }
  basis.push(...peakSentences(venue, input.gateDays));
  return basis;
}

function peakSentences(venue: Venue, gateDays: readonly GateDay[]): string[] {
  const sentences: string[] = [];
  const densest = Math.max(
    0,
    ...gateDays.flatMap(({ gate, courses }) =>
      courses.high.map((corner) => frontDensityPerM2(corner.people, gate.queueAreaM2, venue.frontFactor)),
    ),
  );
  if (densest > PACKED_PER_M2) {
    sentences.push(
      `Above ${PACKED_PER_M2} persons/m2 a figure means that people do not fit into the queue's area and press into the streets around it.`,
    );
  }
  const left = gateDays.map(({ courses }) => courses.high.at(-1)!.people).reduce((a, b) => Math.max(a, b), 0);
  if (left >= 1) {
    sentences.push(
      `On the high band up to ${Math.round(left)} people still stand at one gate when it closes; the forecast does not carry them to the next day.`,
    );
  }
  return sentences;
}
