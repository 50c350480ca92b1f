/** Printed passes that wait for a rider or are with one. */
import type { DispatchJournal, QueuedPass } from './journal.ts';

export interface Dispatch extends Readonly<Omit<QueuedPass, 'carrier'>> {
  /** The order's trace and baggage, as headers; replaced as the work goes on, so that spans follow each other. */
  carrier: Record<string, string>;
}

export interface Assignment {
  readonly dispatch: Dispatch;
  readonly riderId: string;
  readonly assignedAtMs: number;
  pickedUpAtMs: number | null;
}

interface Rider {
  readonly cityCode: string;
  seenAtMs: number;
}

const WAITING_MAX = 50_000;
const RIDER_GONE_MS = 30_000;
const STALLED_MS = 300_000;

/**
 * First come, first served, city by city. After a restart every pass that was not delivered waits again: who carried it
 * is not known any more.
 */
export class DispatchQueue {
  readonly #waiting = new Map<string, Dispatch[]>();
  readonly #assigned = new Map<string, Assignment>();
  readonly #riders = new Map<string, Rider>();
  readonly #journal: DispatchJournal;

  constructor(journal: DispatchJournal) {
    this.#journal = journal;
    for (const pass of journal.open()) this.#wait(pass);
  }

  /** False when the queue is full. */
  add(dispatch: Dispatch): boolean {
    if ((this.#waiting.get(dispatch.cityCode)?.length ?? 0) >= WAITING_MAX) return false;
    this.#journal.queued(dispatch);
    this.#wait(dispatch);
    return true;
  }

  #wait(dispatch: Dispatch): void {
    const waiting = this.#waiting.get(dispatch.cityCode) ?? [];
    waiting.push(dispatch);
    this.#waiting.set(dispatch.cityCode, waiting);
  }

  /** The oldest pass of the rider's city; undefined when none waits or the rider still has one. */
  assign(riderId: string, cityCode: string, nowMs: number): Assignment | undefined {
    this.#riders.set(riderId, { cityCode, seenAtMs: nowMs });
    if (this.#assigned.has(riderId)) return this.#assigned.get(riderId);
    const dispatch = this.#waiting.get(cityCode)?.shift();
    if (dispatch === undefined) return undefined;
    const assignment: Assignment = { dispatch, riderId, assignedAtMs: nowMs, pickedUpAtMs: null };
    this.#assigned.set(riderId, assignment);
    return assignment;
  }

  /** What the rider carries now, and a sign of life. */
  of(riderId: string, nowMs: number): Assignment | undefined {
    const rider = this.#riders.get(riderId);
    if (rider !== undefined) rider.seenAtMs = nowMs;
    return this.#assigned.get(riderId);
  }

  finish(riderId: string): void {
    const assignment = this.#assigned.get(riderId);
    if (assignment !== undefined) this.#journal.delivered(assignment.dispatch.orderId);
    this.#assigned.delete(riderId);
  }

  /** The state of a city for its gauges. A rider unheard of for 30 s and without a pass is not online. */
  city(cityCode: string, nowMs: number) {
    const waiting = this.#waiting.get(cityCode) ?? [];
    let online = 0;
    let idle = 0;
    for (const [riderId, rider] of this.#riders) {
      if (rider.cityCode !== cityCode) continue;
      const busy = this.#assigned.has(riderId);
      if (!busy && nowMs - rider.seenAtMs > RIDER_GONE_MS) continue;
      online += 1;
      if (!busy) idle += 1;
    }
    const stalled = [...this.#assigned.values()].filter(
      ({ dispatch, assignedAtMs }) => dispatch.cityCode === cityCode && nowMs - assignedAtMs > STALLED_MS,
    ).length;
    return {
      unassigned: waiting.length,
      oldestSeconds: waiting[0] === undefined ? 0 : Math.max(0, nowMs - waiting[0].queuedAtMs) / 1_000,
      online,
      idle,
      stalled,
    };
  }
}
