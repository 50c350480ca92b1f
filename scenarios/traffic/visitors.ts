/**
 * Visitors and the staff at the gates. People come in opening hours only: those whose ticket is for that day, and the
 * few with annual passes who come every day, sale or no sale.
 * While the gates are closed, staff try their scanners with a test ticket, marked as test traffic, so that
 * one can see that the gate's telemetry works without anybody being counted.
 */
import { z } from 'zod';
import { localTime } from '../services/calendar.ts';
import type { Crowd, TrafficKind } from './client.ts';

const TICK_MS = 1_000;
const CLICKER_MS = 5_000;
const TEST_SCAN_MS = 20_000;
/** From this queue on phones are searched for, tempers flare, and lanes work at their degraded rate. */
const DEGRADED_QUEUE = 30;
/** Holders of annual passes, all gates together. */
const PASS_HOLDERS_PER_HOUR = 120;
const MEAN_STAY_SECONDS = 4 * 3_600;

const gatesReply = z.object({
  open: z.boolean(),
  occupancy: z.number(),
  gates: z.array(z.object({ id: z.string(), lanes: z.number().int(), queue: z.number() })),
});
const ticketsReply = z.object({ sold: z.number(), held: z.array(z.string()) });

/** Keeps the venue going until the signal ends it. */
export async function runVisitors(crowd: Crowd): Promise<void> {
  const arriving = new Map<string, number>();
  const freeAtMs = new Map<string, number>();
  let clickedAtMs = 0;
  let testedAtMs = 0;
  while (!crowd.signal.aborted) {
    await crowd.pause(TICK_MS);
    const { now } = crowd.running;
    const venue = gatesReply.safeParse((await crowd.client.look('gate', '/gates'))?.body).data;
    if (venue === undefined) continue;
    if (!venue.open) {
      if (venue.occupancy > 0) await crowd.client.look('gate', '/exits', { people: venue.occupancy });
      if (Math.abs(now() - testedAtMs) < TEST_SCAN_MS) continue;
      testedAtMs = now();
      await testScan(crowd, venue.gates);
      continue;
    }
    const today = localTime(now(), crowd.running.settings.campaign.venue.timezone).day;
    const tickets = ticketsReply.safeParse((await crowd.client.look('order', `/tickets?day=${today}`))?.body);
    if (!tickets.success) continue;
    const coming = comingPerSecond(crowd, tickets.data.sold);
    arrive(crowd, coming, arriving);
    if (Math.abs(now() - clickedAtMs) >= CLICKER_MS) {
      clickedAtMs = now();
      await click(crowd, arriving);
      await leave(crowd, venue.occupancy);
    }
    for (const gate of venue.gates)
      scanAt(crowd, gate, nextInQueue(crowd, coming, tickets.data.held), freeAtMs);
  }
}

interface ComingPerSecond {
  readonly withTicket: number;
  readonly withPass: number;
}

/** How many come now, from the tickets of the day and the venue's arrival curve. */
function comingPerSecond({ running }: Crowd, ticketsOfTheDay: number): ComingPerSecond {
  const { venue } = running.settings.campaign;
  const { hour } = localTime(running.now(), venue.timezone);
  const span = venue.arrivals.find(({ fromHour, toHour }) => hour >= fromHour && hour < toHour);
  const perHour =
    span === undefined
      ? 0
      : (ticketsOfTheDay * venue.showUpShare * span.share) / (span.toHour - span.fromHour);
  return { withTicket: perHour / 3_600, withPass: PASS_HOLDERS_PER_HOUR / 3_600 };
}

/** People who join a queue in this second, by gate. */
function arrive({ running }: Crowd, coming: ComingPerSecond, arriving: Map<string, number>): void {
  const { random, settings } = running;
  for (const gate of settings.campaign.venue.gates) {
    const expected = ((coming.withTicket + coming.withPass) * gate.crowdShare * TICK_MS) / 1_000;
    let people = Math.floor(expected);
    if (random.chance(expected - people)) people += 1;
    if (people > 0) arriving.set(gate.id, (arriving.get(gate.id) ?? 0) + people);
  }
}

/** What staff's clickers have counted since the last time. */
async function click(crowd: Crowd, arriving: Map<string, number>): Promise<void> {
  for (const [gateId, people] of arriving) {
    const reply = await crowd.client.look('gate', `/gates/${gateId}/arrivals`, { people });
    if (reply?.status === 202) arriving.delete(gateId);
  }
}

async function leave(crowd: Crowd, occupancy: number): Promise<void> {
  const people = Math.round(
    (occupancy * CLICKER_MS) / 1_000 / MEAN_STAY_SECONDS + crowd.running.random.next() - 0.5,
  );
  if (people > 0) await crowd.client.look('gate', '/exits', { people });
}

/** What the next person in a queue holds up: a ticket or a pass, as many of each as come. */
function nextInQueue({ running }: Crowd, coming: ComingPerSecond, held: string[]): () => string {
  const { random } = running;
  const ticketShare = coming.withTicket / (coming.withTicket + coming.withPass);
  return () => (random.chance(ticketShare) ? held.shift() : undefined) ?? `annual-pass-${random.hexId()}`;
}

/** Each lane takes the next person when the one before is through. */
function scanAt(
  crowd: Crowd,
  gate: { id: string; lanes: number; queue: number },
  nextTicket: () => string,
  freeAtMs: Map<string, number>,
): void {
  const { random, now, settings } = crowd.running;
  const { laneRatePerHour, laneRateDegradedPerHour } = settings.campaign.venue;
  const perHour = gate.queue > DEGRADED_QUEUE ? laneRateDegradedPerHour : laneRatePerHour;
  let waiting = gate.queue;
  for (let lane = 1; lane <= gate.lanes && waiting > 0; lane += 1) {
    const laneId = `${gate.id}-${lane}`;
    if ((freeAtMs.get(laneId) ?? 0) > now()) continue;
    freeAtMs.set(laneId, now() + random.logNormal(3_600_000 / perHour, 0.3));
    waiting -= 1;
    void scan(crowd, gate.id, { ticketId: nextTicket(), laneId }, 'live');
  }
}

function scan(
  crowd: Crowd,
  gateId: string,
  body: { ticketId: string; laneId: string },
  kind: TrafficKind,
): Promise<unknown> {
  const path = `/gates/${gateId}/scans`;
  return crowd.client.tap({
    operation: 'visit',
    service: 'gate',
    path,
    target: '/gates/{id}/scans',
    body,
    kind,
  });
}

async function testScan(crowd: Crowd, gates: readonly { id: string; lanes: number }[]): Promise<void> {
  const { random } = crowd.running;
  const gate = gates[random.integer(0, gates.length - 1)];
  if (gate === undefined) return;
  const laneId = `${gate.id}-${random.integer(1, gate.lanes)}`;
  await scan(crowd, gate.id, { ticketId: 'test-ticket', laneId }, 'test');
}
