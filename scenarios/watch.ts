/** Follows a running scenario on a terminal: the shop's own figures, and the product's alerts as they change. */
import { setTimeout as delay } from 'node:timers/promises';
import { nowPage } from '../model/api/now.ts';
import type { Clock } from '../model/units.ts';
import type { ScenarioName } from './catalogue.ts';
import type { DemoControl } from './demo/control-client.ts';
import type { DemoTally } from './demo/control-protocol.ts';
import { ONE_CENT_TICKETS } from './one-cent-tickets/scenario.ts';

const LOOK_MS = 1_000;
const REPORT_EVERY_MS = 5_000;
const WEB_LIMIT_MS = 5_000;
/** A product that is busy for a moment is no news. */
const SILENT_AFTER_MS = 15_000;

export interface WatchOptions {
  readonly name: ScenarioName;
  readonly startedAtMs: number;
  /** How long; null: until the faults end or the signal comes. */
  readonly forMs: number | null;
  readonly control: DemoControl;
  readonly io: {
    out(line: string): void;
    readonly webUrl: string;
    readonly clock: Clock;
    readonly signal: AbortSignal;
  };
}

/**
 * Prints a line every five seconds and one for every alert that starts or stops firing, and says which expected alert is
 * late. Returns why it stopped. Throws DemoNotRunning when the demo goes away.
 */
export async function watchScenario(options: WatchOptions): Promise<'ended' | 'time' | 'interrupted'> {
  const { io, control, startedAtMs, forMs } = options;
  const alerts = new AlertLog(options);
  let reportedAtMs = 0;
  while (!io.signal.aborted) {
    const status = await control.status();
    const atMs = io.clock.now();
    if (atMs - reportedAtMs >= REPORT_EVERY_MS) {
      reportedAtMs = atMs;
      io.out(`${since(startedAtMs, atMs)}  ${formatTally(status.tally)}`);
    }
    await alerts.look(atMs);
    if (status.running?.name !== options.name) return 'ended';
    if (forMs !== null && atMs - startedAtMs >= forMs) return 'time';
    await delay(LOOK_MS, undefined, { signal: io.signal }).catch(() => {});
  }
  return 'interrupted';
}

/** The product's alerts of the campaign, told as changes. Without a product it says so once and stays silent. */
class AlertLog {
  readonly #options: WatchOptions;
  readonly #firing = new Map<string, number>();
  readonly #late = new Set<string>();
  #answeredAtMs: number;
  #saidSilent = false;

  constructor(options: WatchOptions) {
    this.#options = options;
    this.#answeredAtMs = options.io.clock.now();
  }

  async look(atMs: number): Promise<void> {
    const { io, startedAtMs } = this.#options;
    const firing = await this.#fetchFiring();
    if (firing === null) {
      if (this.#saidSilent || atMs - this.#answeredAtMs < SILENT_AFTER_MS) return;
      this.#saidSilent = true;
      io.out(`${since(startedAtMs, atMs)}  ${io.webUrl} does not say what fires; look there yourself`);
      return;
    }
    this.#answeredAtMs = atMs;
    this.#saidSilent = false;
    for (const [name, severity] of firing) {
      if (this.#firing.has(name)) continue;
      this.#firing.set(name, atMs);
      io.out(`${since(startedAtMs, atMs)}  ALERT ${name} fires (${severity})  ${io.webUrl}/alerts/${name}`);
    }
    for (const name of [...this.#firing.keys()]) {
      if (firing.has(name)) continue;
      this.#firing.delete(name);
      io.out(`${since(startedAtMs, atMs)}  alert ${name} has resolved`);
    }
    this.#sayLate(atMs);
  }

  #sayLate(atMs: number): void {
    const { io, startedAtMs } = this.#options;
    for (const { after, alert, alertState, withinSeconds } of ONE_CENT_TICKETS.expectations) {
      if (after !== 'on' || alert === undefined || alertState !== 'firing') continue;
      if (this.#firing.has(alert) || this.#late.has(alert) || atMs - startedAtMs < withinSeconds * 1_000)
        continue;
      this.#late.add(alert);
      io.out(
        `${since(startedAtMs, atMs)}  LATE: ${alert} should fire by now and does not  ${io.webUrl}/alerts/${alert}`,
      );
    }
  }

  /** Name to severity; null when the product does not answer. */
  async #fetchFiring(): Promise<Map<string, string> | null> {
    try {
      const response = await fetch(`${this.#options.io.webUrl}/api/now`, {
        signal: AbortSignal.timeout(WEB_LIMIT_MS),
      });
      const page = nowPage.parse(await response.json());
      const ours = page.alerts.filter(
        (alert) => alert.state === 'firing' && alert.campaignId === ONE_CENT_TICKETS.campaignId,
      );
      return new Map(
        ours.map((alert) => [alert.name, alert.safety ? `${alert.severity}, safety` : alert.severity]),
      );
    } catch {
      return null;
    }
  }
}

/** The shop's own figures in words. */
export function formatTally(tally: DemoTally | null): string {
  if (tally === null) return 'the order service does not answer at this moment';
  const count = (value: number) => value.toLocaleString('en');
  const lowest = tally.lowestPriceCny === null ? '' : `, lowest price ${tally.lowestPriceCny.toFixed(2)} CNY`;
  return `${count(tally.unitsSold)} units sold, ${count(tally.unitsUnderFloor)} under the floor, ${count(tally.unitsBeyondQuota)} beyond the quota${lowest}`;
}

/** `T+01:05`. */
function since(startMs: number, atMs: number): string {
  const seconds = Math.max(0, Math.round((atMs - startMs) / 1_000));
  return `T+${String(Math.floor(seconds / 60)).padStart(2, '0')}:${String(seconds % 60).padStart(2, '0')}`;
}
