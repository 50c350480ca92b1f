/** `npm run scenario -- list | run NAME [--for 3m] [--end-after] | end NAME | status`. */
import { parseArgs } from 'node:util';
import { TidewardenError } from '../model/errors.ts';
import type { Clock } from '../model/units.ts';
import { CATALOGUE, isScenarioName, SCENARIO_NAMES, type ScenarioName } from './catalogue.ts';
import { type DemoControl, demoControl } from './demo/control-client.ts';
import type { DemoStatus } from './demo/control-protocol.ts';
import { ONE_CENT_TICKETS } from './one-cent-tickets/scenario.ts';
import { formatTally, watchScenario } from './watch.ts';

export interface ScenarioIo {
  /** One line to the terminal. */
  out(line: string): void;
  err(line: string): void;
  /** The product's data directory: the demo leaves its address there. */
  readonly dataDirectory: string;
  /** Where the web is, for links and for the state of alerts; no slash at its end. */
  readonly webUrl: string;
  readonly clock: Clock;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
}

const USAGE = [
  'Usage:',
  '  npm run scenario -- list                      what can be played, and what it teaches',
  '  npm run scenario -- run NAME [--for 3m] [--end-after]',
  '                                                switch its faults on and watch; --for ends the watching after',
  '                                                that time, --end-after switches the faults off with it',
  '  npm run scenario -- end NAME                  switch its faults off',
  '  npm run scenario -- status                    what runs, and what the shop has sold',
];

const DURATION_UNITS_MS = { s: 1_000, m: 60_000, h: 3_600_000 } as const;

/** Runs one command. Returns the exit code: 0 done, 1 refused or no demo there, 2 not understood. */
export async function scenarioCommand(args: readonly string[], io: ScenarioIo): Promise<number> {
  try {
    const parsed = parse(args);
    const control = demoControl(io.dataDirectory);
    if (parsed.command === 'list') list(io);
    else if (parsed.command === 'status') status(await control.status(), io);
    else if (parsed.command === 'end') await end(parsed.name, control, io);
    else await run(parsed, control, io);
    return 0;
  } catch (error) {
    if (!(error instanceof TidewardenError)) throw error;
    io.err(error.message);
    return error.code === 'usage' ? 2 : 1;
  }
}

interface RunCommand {
  readonly command: 'run';
  readonly name: ScenarioName;
  readonly forMs: number | null;
  readonly endAfter: boolean;
}
type Parsed =
  | { command: 'list' }
  | { command: 'status' }
  | { command: 'end'; name: ScenarioName }
  | RunCommand;

function parse(args: readonly string[]): Parsed {
  const { values, positionals } = parseStrictly(args);
  const [command, word, ...rest] = positionals;
  if (rest.length > 0) throw usage(`"${rest.join(' ')}" is too much`);
  if (command !== 'run' && (values.for !== undefined || values['end-after'] === true))
    throw usage('--for and --end-after belong to run');
  if (command === 'list' || command === 'status') {
    if (word !== undefined) throw usage(`${command} takes no name`);
    return { command };
  }
  if (command !== 'run' && command !== 'end') throw usage(`"${command ?? ''}" is no command`);
  if (word === undefined) throw usage(`${command} needs the name of a scenario`);
  if (!isScenarioName(word)) throw usage(`"${word}" is no scenario; there are ${SCENARIO_NAMES.join(', ')}`);
  if (command === 'end') return { command, name: word };
  const forMs = values.for === undefined ? null : parseDuration(values.for);
  return { command, name: word, forMs, endAfter: values['end-after'] ?? false };
}

function parseStrictly(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { for: { type: 'string' }, 'end-after': { type: 'boolean' } },
    });
  } catch (error) {
    throw usage(error instanceof Error ? error.message : String(error));
  }
}

function parseDuration(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(s|m|h)$/.exec(text);
  const unit = match?.[2];
  if (match === null || (unit !== 's' && unit !== 'm' && unit !== 'h'))
    throw usage(`--for takes a time such as 90s, 3m or 1h, not "${text}"`);
  return Number(match[1]) * DURATION_UNITS_MS[unit];
}

const usage = (what: string) => new TidewardenError('usage', [what, '', ...USAGE].join('\n'));

function list(io: ScenarioIo): void {
  for (const name of SCENARIO_NAMES) {
    const entry = CATALOGUE[name];
    io.out(`${name}${entry.runnable ? '' : `  (cannot be run yet: ${entry.reason})`}`);
    io.out(`  ${entry.title}. ${entry.teaches}`);
  }
}

function status(demo: DemoStatus, io: ScenarioIo): void {
  for (const { name, state, port, pid, restarts } of demo.processes)
    io.out(
      `${name.padEnd(9)} ${state.padEnd(10)} ${port === null || port === 0 ? '' : `127.0.0.1:${port} `}pid ${pid ?? '-'}, restarted ${restarts} times`,
    );
  io.out(`telemetry goes to ${demo.otlpEndpoint}`);
  if (demo.running === null) io.out('no scenario runs');
  else {
    const { name, startedAtMs, endsAtMs } = demo.running;
    const since = Math.round((io.clock.now() - startedAtMs) / 1_000);
    io.out(
      `${name}: its faults are on since ${since} s${endsAtMs === null ? '' : ', and end by themselves'}`,
    );
    io.out(`  npm run scenario -- end ${name}   switches them off`);
  }
  io.out(formatTally(demo.tally));
}

async function end(name: ScenarioName, control: DemoControl, io: ScenarioIo): Promise<void> {
  const demo = await control.end(name);
  io.out(`The faults of ${name} are off. ${formatTally(demo.tally)}`);
  for (const { after, what, withinSeconds } of ONE_CENT_TICKETS.expectations)
    if (after === 'off') io.out(`  within ${withinSeconds} s: ${what}`);
}

async function run(
  { name, forMs, endAfter }: RunCommand,
  control: DemoControl,
  io: ScenarioIo,
): Promise<void> {
  // With --end-after the demo itself ends the faults in time, even if this terminal is closed.
  const started = await control.run(name, endAfter && forMs !== null ? forMs / 1_000 : null);
  io.out(`The faults of ${name} are on in the running services: price 0.01, limiter off, quota check off.`);
  io.out('What to look for:');
  for (const expectation of ONE_CENT_TICKETS.expectations) {
    if (expectation.after !== 'on') continue;
    io.out(`  within ${String(expectation.withinSeconds).padStart(3)} s: ${expectation.what}`);
    io.out(`                ${io.webUrl}${expectation.path}`);
  }
  io.out(
    forMs === null
      ? `Ctrl-C stops this display; the faults ${endAfter ? 'end with it' : 'stay on'}.`
      : `This display ends after ${Math.round(forMs / 1_000)} s; the faults ${endAfter ? 'end with it' : 'stay on'}.`,
  );
  io.out('');
  const why = await watchScenario({
    name,
    startedAtMs: started.running?.startedAtMs ?? io.clock.now(),
    forMs,
    control,
    io,
  });
  io.out('');
  if (why === 'ended') io.out(`The faults of ${name} were switched off.`);
  else if (endAfter) await endUnlessEnded(name, control, io);
  else {
    io.out(`The faults of ${name} STAY ON. To switch them off:`);
    io.out(`  npm run scenario -- end ${name}`);
  }
}

async function endUnlessEnded(name: ScenarioName, control: DemoControl, io: ScenarioIo): Promise<void> {
  const { running } = await control.status();
  if (running?.name === name) await end(name, control, io);
  else io.out(`The faults of ${name} are off.`);
}
