import type { VenueForecast } from '../../../../model/api/campaign.ts';

export type ForecastPoint = VenueForecast['points'][number];

export interface Band {
  readonly low: number;
  readonly middle: number;
  readonly high: number;
}

/** One gate on one opening day. */
export interface GateDay {
  readonly gateId: string;
  readonly points: readonly ForecastPoint[];
  /** People who come over the day: the arrivals per hour, summed over the steps. */
  readonly people: Band;
  /** The step with the highest density on the high band. */
  readonly worst: ForecastPoint | null;
}

export interface ForecastDay {
  /** YYYY-MM-DD in the venue's zone. */
  readonly day: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly gates: readonly GateDay[];
  readonly densityMax: number;
}

const HOUR_MS = 3_600_000;

/** Whether not one ticket was reported for the venue: its forecast knows nothing, which is not that nobody comes. */
export const isBlind = ({ ticketsHeld, points }: Pick<VenueForecast, 'ticketsHeld' | 'points'>): boolean =>
  ticketsHeld === 0 && points.length === 0;

/** The forecast's points by opening day in `timeZone` and by gate, both in their own order. */
export function forecastDays(venue: VenueForecast, timeZone: string): readonly ForecastDay[] {
  const dayOf = new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' });
  const byDay = Map.groupBy(venue.points, ({ atMs }) => dayOf.format(atMs));
  return [...byDay].map(([day, points]) => {
    const gates = venue.gates.map(({ id }) =>
      gateDay(
        id,
        points.filter(({ gateId }) => gateId === id),
      ),
    );
    const times = points.map(({ atMs }) => atMs);
    return {
      day,
      startMs: Math.min(...times),
      endMs: Math.max(...times),
      gates,
      densityMax: Math.max(0, ...points.map(({ densityFront }) => densityFront.high)),
    };
  });
}

function gateDay(gateId: string, points: readonly ForecastPoint[]): GateDay {
  const stepHours = stepOf(points) / HOUR_MS;
  const sum = (band: keyof Band): number =>
    points.reduce((total, { arrivalsPerHour }) => total + arrivalsPerHour[band] * stepHours, 0);
  const worst = points.reduce<ForecastPoint | null>(
    (best, point) => (best === null || point.densityFront.high > best.densityFront.high ? point : best),
    null,
  );
  return { gateId, points, people: { low: sum('low'), middle: sum('middle'), high: sum('high') }, worst };
}

/** The time between two points (ms): the smallest distance, since a day's last step may stand alone. */
function stepOf(points: readonly ForecastPoint[]): number {
  let step = Number.POSITIVE_INFINITY;
  for (let index = 1; index < points.length; index += 1) {
    const distance = (points[index]?.atMs ?? 0) - (points[index - 1]?.atMs ?? 0);
    if (distance > 0) step = Math.min(step, distance);
  }
  return Number.isFinite(step) ? step : 0;
}
