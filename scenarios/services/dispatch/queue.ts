/** Printed passes that wait for a rider or are with one. */

export interface Dispatch {
  readonly orderId: string;
  readonly cityCode: string;
  readonly channel: string;
  readonly tier: string;
  readonly queuedAtMs: number;
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

/** First come, first served, city by city. Nothing is kept over a restart. */
export class DispatchQueue {
  readonly #waiting = new Map<string, Dispatch[]>();
  readonly #assigned = new Map<string, Assignment>();
  readonly #riders = new Map<string, Rider>();

  /** False when the queue is full. */
  add(dispatch: Dispatch): boolean {
    const waiting = this.#waiting.get(dispatch.cityCode) ?? [];
    if (waiting.length >= WAITING_MAX) return false;
    waiting.push(dispatch);
    this.#waiting.set(dispatch.cityCode, waiting);
    return true;
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
