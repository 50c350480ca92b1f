import { readFileSync } from 'node:fs';
import { arch, cpus, platform, release, totalmem } from 'node:os';
import type { Bench, BenchResult } from './bench.ts';

/** Loaded by name, so that one bench does not pay for the imports of all. */
const BENCHES: Readonly<Record<string, () => Promise<Bench>>> = {
  traces: async () => (await import('./ingest.ts')).traces,
  metrics: async () => (await import('./ingest.ts')).metrics,
  freshness: async () => (await import('./freshness.ts')).freshness,
  idle: async () => (await import('./idle.ts')).idle,
  collector: async () => (await import('./collector.ts')).collector,
  promql: async () => (await import('./promql.ts')).promql,
  'promql-wide': async () => (await import('./promql.ts')).promqlWide,
  'trace-search': async () => (await import('./trace-search.ts')).traceSearch,
  storage: async () => (await import('./storage.ts')).storage,
  waterfall: async () => (await import('./waterfall.ts')).waterfall,
};

function machine(): Record<string, string | number> {
  const memory = /MemAvailable:\s+(\d+)/.exec(
    platform() === 'linux' ? readFileSync('/proc/meminfo', 'utf8') : '',
  );
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    memoryAvailableGiB: memory === null ? 0 : Math.round(Number(memory[1]) / 2 ** 20),
    system: `${platform()} ${release()} ${arch()}`,
    node: process.version,
  };
}

function table(rows: BenchResult['rows']): string {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const cell = (value: string | number | undefined) =>
    typeof value === 'number' ? value.toLocaleString('en', { maximumFractionDigits: 2 }) : (value ?? '');
  const lines = [columns, ...rows.map((row) => columns.map((column) => cell(row[column])))];
  const widths = columns.map((_, index) => Math.max(...lines.map((line) => (line[index] ?? '').length)));
  return lines
    .map((line) =>
      line
        .map((text, index) => text.padEnd(widths[index] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

async function main(args: readonly string[]): Promise<number> {
  const flags = new Set(args.filter((arg) => arg.startsWith('--')));
  const name = args.find((arg) => !arg.startsWith('--'));
  const load = name === undefined ? undefined : BENCHES[name];
  if (name === undefined || load === undefined) {
    process.stderr.write(`usage: npm run bench -- NAME [--quick] [--json]\n`);
    for (const [known, loader] of Object.entries(BENCHES))
      process.stderr.write(`  ${known}: ${(await loader()).about}\n`);
    return 2;
  }
  const bench = await load();
  process.stdout.write(`${bench.name}: ${bench.about}\n${table([machine()])}\n\n`);
  const result = await bench.run({
    quick: flags.has('--quick'),
    say: (line) => process.stderr.write(`${line}\n`),
  });
  process.stdout.write(
    `${table(result.rows)}\n\n${table(result.verdicts.map((verdict) => ({ ...verdict, holds: verdict.holds ? 'yes' : 'NO' })))}\n`,
  );
  if (flags.has('--json'))
    process.stdout.write(`${JSON.stringify({ bench: name, machine: machine(), ...result })}\n`);
  return result.verdicts.every((verdict) => verdict.holds) ? 0 : 1;
}

process.exitCode = await main(process.argv.slice(2));
