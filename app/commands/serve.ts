import { setTimeout as delay } from 'node:timers/promises';
import { systemClock } from '../clock.ts';
import { formatAddress } from '../config/addresses.ts';
import type { Config } from '../config/schema.ts';
import { createLogger } from '../logger.ts';
import { startSelfTracing } from '../self-tracing.ts';
import { createTidewarden, type TidewardenAddresses } from '../tidewarden.ts';
import { VERSION } from '../version.ts';
import { configure } from './configure.ts';

/** A stop that takes longer than this is cut off; the WAL keeps what was acknowledged. */
const STOP_MS_MAX = 15_000;

const NEXT_STEPS = `Next: send it OpenTelemetry (see «OTLP/HTTP» above), or see it with real services: npm run demo
Ctrl-C stops it; what it received is kept.`;

/** `tidewarden serve` */
export const run = (args: readonly string[]): Promise<number> =>
  serve(configure(args), { nextSteps: NEXT_STEPS });

/** Runs until a signal asks to stop. `whileRunning` starts what runs beside it and returns how to stop that. */
export async function serve(
  config: Config,
  options: {
    nextSteps: string;
    whileRunning?: (addresses: TidewardenAddresses) => Promise<() => Promise<void>>;
  },
): Promise<number> {
  const startedMs = performance.now();
  const logger = createLogger(config.log.level ?? (process.stderr.isTTY ? 'warn' : 'info'));
  const stopTracing =
    config.tracing.endpoint === undefined
      ? async () => {}
      : startSelfTracing(config.tracing.endpoint, VERSION);
  const tidewarden = createTidewarden({ config, clock: systemClock, logger, version: VERSION });
  const stopAsked = signalled();
  const slow = setInterval(() => process.stdout.write('Starting …\n'), 2_000);
  const addresses = await tidewarden.start().finally(() => clearInterval(slow));

  process.stdout.write(`${banner(config, addresses)}\n`);
  process.stdout.write(`Tidewarden is ready in ${((performance.now() - startedMs) / 1000).toFixed(1)} s.\n`);
  const stopBeside = await options.whileRunning?.(addresses).catch(async (error: unknown) => {
    await tidewarden.stop();
    throw error;
  });
  process.stdout.write(`\n${options.nextSteps}\n`);

  await stopAsked;
  process.stdout.write('\nStopping …\n');
  const stopping = async () => {
    await stopBeside?.();
    // Its last spans may be meant for its own collector.
    await stopTracing();
    await tidewarden.stop();
  };
  const outcome = await Promise.race([
    stopping().then(() => 'stopped' as const),
    delay(STOP_MS_MAX, 'late' as const, { ref: false }),
    impatience(),
  ]);
  process.stdout.write(
    outcome === 'stopped' ? 'Stopped.\n' : 'Stopped without finishing; nothing acknowledged is lost.\n',
  );
  if (outcome !== 'stopped') process.exit(1);
  return 0;
}

function banner(config: Config, addresses: TidewardenAddresses): string {
  const store = (url: string | undefined, name: string) =>
    url === undefined ? `embedded ${name}` : `${name} server`;
  return [
    `  Web        http://${formatAddress(addresses.web)}`,
    `  OTLP/HTTP  http://${formatAddress(addresses.otlpHttp)}`,
    `  OTLP/gRPC  ${formatAddress(addresses.otlpGrpc)}`,
    `  Data       ${config.data} (${store(config.clickhouse.url, 'ClickHouse')}, ${store(config.postgres.url, 'Postgres')})`,
  ].join('\n');
}

/** A second Ctrl-C means it; one that comes at once is the same one, sent by both terminal and npm. */
async function impatience(): Promise<'impatient'> {
  await delay(1_000, undefined, { ref: false });
  await signalled();
  return 'impatient';
}

function signalled(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
}
