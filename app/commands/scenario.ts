import { scenarioCommand } from '../../scenarios/cli.ts';
import { systemClock } from '../clock.ts';
import { formatAddress } from '../config/addresses.ts';
import { configure } from './configure.ts';

/** `tidewarden scenario …`: everything but the settings' flags is the scenario command's own. */
export function run(args: readonly string[]): Promise<number> {
  const config = configure([]);
  const interrupted = new AbortController();
  process.once('SIGINT', () => interrupted.abort());
  return scenarioCommand(args, {
    out: (line) => process.stdout.write(`${line}\n`),
    err: (line) => process.stderr.write(`${line}\n`),
    dataDirectory: config.data,
    webUrl: config.publicUrl?.replace(/\/$/, '') ?? `http://${formatAddress(config.http)}`,
    clock: systemClock,
    signal: interrupted.signal,
  });
}
