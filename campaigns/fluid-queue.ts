/**
 * A queue as a fluid: people flow in at a rate, out at a rate, and what is left stands. dQ/dt = λ − μ, never below zero.
 * With rates constant over spans the queue is exact at every instant, without time steps.
 * (Textbook fluid approximation; G. F. Newell, Applications of Queueing Theory.)
 */
import { HOUR_MS } from '../model/units.ts';

/** A span over which both rates are constant. Persons per hour. Spans follow each other without gaps. */
export interface QueueSpan {
  readonly fromMs: number;
  readonly toMs: number;
  readonly arrivalsPerHour: number;
  readonly servicePerHour: number;
}

/** A corner of the queue's course; between two of them it runs straight. */
export interface QueueCorner {
  readonly atMs: number;
  readonly people: number;
}

/** The queue's course over the spans, from `people` standing at the start of the first one. */
export function fluidQueue(spans: readonly QueueSpan[], people = 0): QueueCorner[] {
  const first = spans[0];
  if (first === undefined) return [];
  const corners: QueueCorner[] = [{ atMs: first.fromMs, people }];
  let queue = people;
  for (const span of spans) {
    const hours = (span.toMs - span.fromMs) / HOUR_MS;
    const growthPerHour = span.arrivalsPerHour - span.servicePerHour;
    const end = queue + growthPerHour * hours;
    if (end < 0 && queue > 0) {
      corners.push({ atMs: span.fromMs + (queue / -growthPerHour) * HOUR_MS, people: 0 });
    }
    queue = Math.max(0, end);
    corners.push({ atMs: span.toMs, people: queue });
  }
  return corners;
}

/** People standing at an instant; 0 outside the course. */
export function queueAt(course: readonly QueueCorner[], atMs: number): number {
  for (let i = 1; i < course.length; i++) {
    const before = course[i - 1]!;
    const after = course[i]!;
    if (atMs < before.atMs || atMs > after.atMs) continue;
    if (after.atMs === before.atMs) return after.people;
    const part = (atMs - before.atMs) / (after.atMs - before.atMs);
    return before.people + part * (after.people - before.people);
  }
  return 0;
}

/** The first instant at which so many people stand; null where the course never gets there. */
export function firstReachMs(course: readonly QueueCorner[], people: number): number | null {
  const start = course[0];
  if (start === undefined) return null;
  if (start.people >= people) return start.atMs;
  for (let i = 1; i < course.length; i++) {
    const before = course[i - 1]!;
    const after = course[i]!;
    if (after.people < people) continue;
    const part = (people - before.people) / (after.people - before.people);
    return before.atMs + part * (after.atMs - before.atMs);
  }
  return null;
}

/** The corner with the most people, the earliest of equals; null of an empty course. */
export function longest(course: readonly QueueCorner[]): QueueCorner | null {
  let worst: QueueCorner | null = null;
  for (const corner of course) if (worst === null || corner.people > worst.people) worst = corner;
  return worst;
}

/** People on a queue's area at which its front reaches a density. The front is `frontFactor` times the mean. */
export function peopleAtDensity(densityPerM2: number, areaM2: number, frontFactor: number): number {
  return (densityPerM2 * areaM2) / frontFactor;
}

/** Density at the front of a queue of so many people. */
export function frontDensityPerM2(people: number, areaM2: number, frontFactor: number): number {
  return (people * frontFactor) / areaM2;
}

export interface QueueNow {
  readonly queuePeople: number;
  readonly arrivalsPerHour: number;
  readonly servicePerHour: number;
  readonly areaM2: number;
  readonly frontFactor: number;
}

/**
 * Seconds until the front of a queue measured now reaches a density, if both rates stay:
 * t* = (ρ·A/front − Q) / (λ − μ). 0 when it is there already; null when it never gets there.
 */
export function secondsToDensity(densityPerM2: number, now: QueueNow): number | null {
  const missing = peopleAtDensity(densityPerM2, now.areaM2, now.frontFactor) - now.queuePeople;
  if (missing <= 0) return 0;
  const growthPerHour = now.arrivalsPerHour - now.servicePerHour;
  return growthPerHour > 0 ? (missing / growthPerHour) * 3_600 : null;
}
