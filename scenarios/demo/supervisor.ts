/** Keeps the demo's processes alive and holds the one truth about which faults are on. */
import { createServer } from 'node:net';
import type { Logger } from 'pino';
import { type Clock, type EpochMs, epochMs } from '../../model/units.ts';
import { CATALOGUE, type ScenarioName } from '../catalogue.ts';
import { ONE_CENT_TICKETS } from '../one-cent-tickets/scenario.ts';
import type { DemoCampaign } from './campaign.ts';
import { ScenarioRefused } from './control-protocol.ts';
import { type FaultSwitches, NO_FAULTS } from './faults.ts';
import { ManagedProcess, type ProcessStatus } from './managed-process.ts';
import {
  defaultSettings,
  type ProcessSettings,
  SERVICE_NAMES,
  type ServiceName,
  urlsOf,
} from './settings.ts';

export interface SupervisorOptions {
  readonly campaign: DemoCampaign;
  readonly otlpEndpoint: string;
  /** The order service's ledger lives here. */
  readonly dataDirectory: string | null;
  /** 0 takes a free port. */
  readonly ports: Readonly<Record<ServiceName, number>>;
  readonly exportIntervalMs: number;
  readonly seed: number;
  readonly trafficScale: number;
  /** Whether shoppers, riders, callers and visitors come at all. */
  readonly traffic: boolean;
  readonly clock: Clock;
  readonly logger: Logger;
}

export interface RunningScenario {
  readonly name: ScenarioName;
  readonly startedAtMs: EpochMs;
  /** When the faults end by themselves; null: not before somebody ends them. */
  readonly endsAtMs: EpochMs | null;
}

export class Supervisor {
  readonly #options: SupervisorOptions;
  readonly #processes = new Map<string, ManagedProcess>();
  #ports: Record<ServiceName, number>;
  #running: RunningScenario | null = null;
  #endTimer: NodeJS.Timeout | null = null;

  constructor(options: SupervisorOptions) {
    this.#options = options;
    this.#ports = { ...options.ports };
  }

  /** Starts every service, then the crowd. When one cannot start, the others are ended before this throws. */
  async start(): Promise<void> {
    try {
      // Services call each other by address, so all addresses must be known before the first one starts.
      for (const name of SERVICE_NAMES) if (this.#ports[name] === 0) this.#ports[name] = await freePort();
      await Promise.all(
        SERVICE_NAMES.map((name) =>
          this.#launch(
            name,
            new URL(`../services/${name}/main.ts`, import.meta.url),
            this.#settings(this.#ports[name]),
          ),
        ),
      );
      if (this.#options.traffic)
        await this.#launch('traffic', new URL('../traffic/main.ts', import.meta.url), this.#settings(0));
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  async stop(): Promise<void> {
    if (this.#endTimer !== null) clearTimeout(this.#endTimer);
    const last = [...this.#processes.values()].reverse();
    await Promise.all(last.map((managed) => managed.stop()));
  }

  get ports(): Readonly<Record<ServiceName, number>> {
    return this.#ports;
  }

  get campaign(): DemoCampaign {
    return this.#options.campaign;
  }

  get running(): RunningScenario | null {
    return this.#running;
  }

  get processes(): ProcessStatus[] {
    return [...this.#processes.values()].map((managed) => managed.status);
  }

  /**
   * Switches a scenario's faults on in the running services; ends by itself after `forMs` when given. Running one that
   * runs already is a ScenarioRefused, so is one without an implementation.
   */
  run(name: ScenarioName, forMs: number | null): RunningScenario {
    const entry = CATALOGUE[name];
    if (!entry.runnable)
      throw new ScenarioRefused('not_runnable', `${name} cannot be run yet: ${entry.reason}`);
    if (this.#running !== null)
      throw new ScenarioRefused('already_running', `${this.#running.name} runs already; end it first`);
    const nowMs = this.#options.clock.now();
    const endsAtMs = forMs === null ? null : epochMs(nowMs + forMs);
    this.#running = { name, startedAtMs: nowMs, endsAtMs };
    this.#applyFaults();
    if (forMs !== null) this.#endTimer = setTimeout(() => this.end(name), forMs).unref();
    this.#options.logger.warn({ scenario: name }, `the faults of ${name} are on`);
    return this.#running;
  }

  /** Switches the faults off; a scenario that does not run is a ScenarioRefused. */
  end(name: ScenarioName): void {
    if (this.#running?.name !== name)
      throw new ScenarioRefused('not_running', `${name} does not run, so there is nothing to end`);
    if (this.#endTimer !== null) clearTimeout(this.#endTimer);
    this.#endTimer = null;
    this.#running = null;
    this.#applyFaults();
    this.#options.logger.warn({ scenario: name }, `the faults of ${name} are off`);
  }

  #faults(): FaultSwitches {
    return this.#running === null ? NO_FAULTS : ONE_CENT_TICKETS.faults;
  }

  #applyFaults(): void {
    for (const managed of this.#processes.values()) managed.applyFaults();
  }

  #launch(name: string, file: URL, settings: ProcessSettings): Promise<number> {
    const managed = new ManagedProcess({
      name,
      file,
      settings,
      faults: () => this.#faults(),
      logger: this.#options.logger,
    });
    this.#processes.set(name, managed);
    return managed.start();
  }

  #settings(port: number): ProcessSettings {
    const { campaign, otlpEndpoint, exportIntervalMs, dataDirectory, seed, trafficScale } = this.#options;
    return {
      ...defaultSettings(campaign, otlpEndpoint),
      port,
      exportIntervalMs,
      dataDirectory,
      seed,
      trafficScale,
      urls: urlsOf(this.#ports),
    };
  }
}

/** A port of loopback that nobody listens on at this moment. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
