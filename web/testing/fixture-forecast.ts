import type { VenueForecast } from '../../model/api/campaign.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const STEP_MS = 10 * 60_000;
/** Harbour Park is in UTC+8. */
const ZONE_MS = 8 * HOUR;

type Band = VenueForecast['expectedPeople'];

const SHARES = { low: 0.4, middle: 0.55, high: 0.72 } as const satisfies Band;
const GATES = [
  { id: 'north', title: { en: 'North gate', zh: '北门' }, lanes: 2, share: 0.6 },
  { id: 'south', title: { en: 'South gate', zh: '南门' }, lanes: 1, share: 0.4 },
] as const;

/** What a caller thinks of doing. */
export interface FixturePlan {
  readonly lanes: Readonly<Record<string, number>>;
  readonly told: number;
}

/** A plausible forecast by the fluid queue, three opening days from tomorrow on. */
export function forecastVenue(nowMs: number, plan: FixturePlan = { lanes: {}, told: 0 }): VenueForecast {
  const gates = GATES.map((gate) => ({ ...gate, lanes: plan.lanes[gate.id] ?? gate.lanes }));
  const midnight = Math.floor((nowMs + ZONE_MS) / DAY) * DAY - ZONE_MS;
  const tickets = 9_561;
  const points: VenueForecast['points'] = [];
  for (let day = 1; day <= 3; day += 1) {
    for (const gate of gates)
      points.push(
        ...gateDay(
          midnight + day * DAY,
          tickets * (1 - plan.told) * [0.5, 0.3, 0.2][day - 1]! * gate.share,
          gate,
        ),
      );
  }
  const worst = points.reduce((best, point) =>
    point.densityFront.high > best.densityFront.high ? point : best,
  );
  const reach = (limit: number): number | null =>
    points.find(({ densityFront }) => densityFront.high >= limit)?.atMs ?? null;
  return {
    venueId: 'harbour-park',
    title: { en: 'Harbour Park', zh: '海湾乐园' },
    gates: gates.map(({ id, title, lanes }) => ({
      id,
      title,
      lanes,
      lanesOpen: id === 'north' ? lanes : null,
    })),
    queueAreaM2: 80,
    ticketsHeld: tickets,
    ticketsVoided: 212,
    expectedPeople: {
      low: tickets * (1 - plan.told) * SHARES.low,
      middle: tickets * (1 - plan.told) * SHARES.middle,
      high: tickets * (1 - plan.told) * SHARES.high,
    },
    points,
    peak: {
      atMs: worst.atMs,
      gateId: worst.gateId,
      densityFront: worst.densityFront.high,
      queue: worst.queue.high,
      waitMinutes: (worst.queue.high / worst.servicePerHour.low) * 60,
      arrivalsPerHour: worst.arrivalsPerHour.high,
    },
    reaches: { page: reach(3), sev1: reach(4) },
    actBefore: {
      notifyMs: midnight + DAY + 6 * HOUR,
      openLanesMs: midnight + DAY + 8 * HOUR,
      stopSaleMs: nowMs - 4 * 60_000,
    },
    basis: [
      'Tickets ever sold per validity day (ticket.sold), refunded ones included at half the show-up share',
      'Show-up share 0.40 to 0.72: nobody has counted arrivals yet, so the prior stands',
      'South gate has not reported its open lanes; one lane is assumed, as in the manifest',
    ],
    basisZh: [
      '各有效日累计售票（ticket.sold），已退款的按到场率的一半计入',
      '到场率 0.40 至 0.72：尚无实际到场计数，沿用先验',
      '南门未上报开放通道数；按清单假设为一条',
    ],
    computedAtMs: nowMs - 4_000,
  };
}

function gateDay(
  dayMs: number,
  tickets: number,
  gate: { readonly id: string; readonly lanes: number },
): VenueForecast['points'] {
  const queue = { low: 0, middle: 0, high: 0 };
  const opens = dayMs + 9 * HOUR;
  const steps = (9 * HOUR) / STEP_MS;
  return Array.from({ length: steps + 1 }, (_, step) => {
    const hours = (step * STEP_MS) / HOUR;
    const shape = Math.exp(-(((hours - 1.2) / 1.5) ** 2)) / 2.1;
    const service: Band = { low: gate.lanes * 120, middle: gate.lanes * 210, high: gate.lanes * 300 };
    const arrivals: Band = {
      low: tickets * SHARES.low * shape,
      middle: tickets * SHARES.middle * shape,
      high: tickets * SHARES.high * shape,
    };
    const rate = { low: service.high, middle: service.middle, high: service.low } as const;
    for (const band of ['low', 'middle', 'high'] as const) {
      queue[band] = Math.max(0, queue[band] + ((arrivals[band] - rate[band]) * STEP_MS) / HOUR);
    }
    const density = (people: number): number => ((people / 80) * 1.5) / 2;
    return {
      atMs: opens + step * STEP_MS,
      gateId: gate.id,
      arrivalsPerHour: arrivals,
      servicePerHour: service,
      queue: { ...queue },
      densityFront: { low: density(queue.low), middle: density(queue.middle), high: density(queue.high) },
    };
  });
}
