/**
 * Starts the whole demo: four services, a crowd, a control port. Also runs alone, beside any OTLP receiver:
 * `node scenarios/demo/main.ts [--free-ports]`, with OTEL_EXPORTER_OTLP_ENDPOINT and TIDEWARDEN_DATA.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Logger } from 'pino';
import { type Clock, durationMs, epochMs } from '../../model/units.ts';
import { type DemoCampaign, libraryCampaign } from './campaign.ts';
import { startControl, tallyOf } from './control.ts';
import type { DemoTally } from './control-protocol.ts';
import {
  DEFAULT_CONTROL_PORT,
  DEFAULT_OTLP_ENDPOINT,
  DEFAULT_PORTS,
  SERVICE_NAMES,
  type ServiceName,
} from './settings.ts';
import { Supervisor } from './supervisor.ts';

export interface DemoOptions {
  /** Base URL of an OTLP/HTTP receiver; everything the demo sends goes there. */
  readonly otlpEndpoint: string;
  readonly campaign: DemoCampaign;
  /** The demo keeps its ledger and its control file in it. */
  readonly dataDirectory: string;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly ports?: Readonly<Partial<Record<ServiceName | 'control', number>>>;
  readonly exportIntervalMs?: number;
  readonly seed?: number;
  readonly trafficScale?: number;
  readonly traffic?: boolean;
}

export interface RunningDemo {
  readonly supervisor: Supervisor;
  readonly controlUrl: string;
  /** What runs where and what to do next, as lines for a terminal. */
  readonly summary: readonly string[];
  /** Ends all processes; resolves when they are gone. */
  stop(): Promise<void>;
}

/** Starts everything; resolves when all services answer. Throws a TidewardenError that says which one did not, and why. */
export async function startDemo(options: DemoOptions): Promise<RunningDemo> {
  const demoDirectory = join(options.dataDirectory, 'demo');
  const supervisor = new Supervisor({
    campaign: options.campaign,
    otlpEndpoint: options.otlpEndpoint,
    dataDirectory: demoDirectory,
    ports: { ...DEFAULT_PORTS, ...options.ports },
    exportIntervalMs: options.exportIntervalMs ?? 5_000,
    seed: options.seed ?? 20_150_211,
    trafficScale: options.trafficScale ?? 1,
    traffic: options.traffic ?? true,
    clock: options.clock,
    logger: options.logger,
  });
  // The control port first: when another demo runs already, this is where one finds out.
  const control = await startControl({
    supervisor,
    port: options.ports?.control ?? DEFAULT_CONTROL_PORT,
    otlpEndpoint: options.otlpEndpoint,
    dataDirectory: options.dataDirectory,
  });
  try {
    await supervisor.start();
  } catch (error) {
    await control.stop();
    throw error;
  }
  return {
    supervisor,
    controlUrl: control.url,
    summary: summarise(supervisor, control.url, options, await tallyOf(supervisor)),
    stop: async () => {
      // Together: Ctrl-C reaches the children too, and a supervisor that still cares would start them again.
      await Promise.all([supervisor.stop(), control.stop()]);
    },
  };
}

function summarise(
  supervisor: Supervisor,
  controlUrl: string,
  options: DemoOptions,
  tally: DemoTally | null,
): string[] {
  const { venue, offer, id } = options.campaign;
  const lanes = venue.gates.reduce((sum, gate) => sum + gate.lanes, 0);
  const areaM2 = venue.gates.reduce((sum, gate) => sum + gate.queueAreaM2, 0);
  return [
    `The demo sells ${offer.id} for the campaign ${id} and sends its telemetry to ${options.otlpEndpoint}`,
    ...SERVICE_NAMES.map(
      (name) => `  ${name.padEnd(8)} http://127.0.0.1:${supervisor.ports[name]}  /healthz says how it is`,
    ),
    `  control  ${controlUrl}  for the command below`,
    `Shoppers place about 0.5 orders a second at ${offer.listPriceCny} CNY until the quota of ${offer.quotaUnits} units is sold;`,
    `riders, callers and staff at ${venue.id} (${lanes} lanes, ${areaM2} m2 of queue, ${venue.opensAtHour}:00 to ${venue.closesAtHour}:00 ${venue.timezone}) are at work.`,
    ...(tally !== null && tally.unitsSold >= offer.quotaUnits
      ? [
          `The quota was sold before this start (${tally.unitsSold} units), so most shoppers leave again: a normal state.`,
          `Another data directory (TIDEWARDEN_DATA) begins a new sale; the faults work either way.`,
        ]
      : []),
    'Next, in another terminal, break it and watch what happens:',
    `  npm run scenario -- run one-cent-tickets`,
  ];
}

if (import.meta.main) {
  const { pino } = await import('pino');
  const clock: Clock = { now: () => epochMs(Date.now()), monotonic: () => durationMs(performance.now()) };
  const logger = pino({ level: 'warn' }, process.stderr);
  const { values } = parseArgs({ options: { 'free-ports': { type: 'boolean' } } });
  const free = { order: 0, dispatch: 0, support: 0, gate: 0, control: 0 };
  try {
    const demo = await startDemo({
      otlpEndpoint: process.env.OTEL_EXPORTER_OTLP_ENDPOINT ?? DEFAULT_OTLP_ENDPOINT,
      campaign: await libraryCampaign(),
      dataDirectory: process.env.TIDEWARDEN_DATA ?? './data',
      logger,
      clock,
      ...(values['free-ports'] === true ? { ports: free } : {}),
    });
    process.stdout.write(`${demo.summary.join('\n')}\nCtrl-C ends the demo.\n`);
    const end = () => void demo.stop().then(() => process.exit(0));
    process.once('SIGINT', end);
    process.once('SIGTERM', end);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}
