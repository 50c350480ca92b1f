/**
 * Runs every promqltest script of a directory: `npm run promqltest -- DIR [--store memory|clickhouse] [--no-pushdown]`.
 * Lists each failure and ends with `N passed, N failed`; the exit code is 1 if any failed.
 */
import { parseArgs } from 'node:util';
import { memoryScriptStore } from './memory-script-store.ts';
import { runDirectory } from './run-directory.ts';
import type { ScriptStore } from './run-script.ts';

const USAGE = 'usage: npm run promqltest -- DIR [--store memory|clickhouse] [--no-pushdown]';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    store: { type: 'string', default: 'memory' },
    'no-pushdown': { type: 'boolean', default: false },
  },
});
const [directory] = positionals;
const opener = { memory: openMemory, clickhouse: openClickHouse }[values.store];
if (directory === undefined || opener === undefined) {
  console.error(USAGE);
  process.exit(2);
}

interface Opened {
  readonly store: ScriptStore;
  close(): Promise<void>;
}

async function openMemory(): Promise<Opened> {
  return { store: memoryScriptStore(), close: async () => {} };
}

/** The storage room stands below this one, so it is only loaded when it is asked for. */
async function openClickHouse(): Promise<Opened> {
  const path: string = '../../storage/queryable/testing/promql-script-store.ts';
  const { openPromqlScriptStore } = (await import(path)) as {
    openPromqlScriptStore(options: { pushdown: boolean }): Promise<Opened>;
  };
  return openPromqlScriptStore({ pushdown: !values['no-pushdown'] });
}

const opened = await opener();
try {
  const outcomes = await runDirectory(directory, opened.store);
  for (const { file, line, query, problem } of outcomes) {
    if (problem !== undefined) console.log(`${file}:${line}: ${query}\n    ${problem}`);
  }
  const failed = outcomes.filter(({ problem }) => problem !== undefined).length;
  console.log(`${outcomes.length - failed} passed, ${failed} failed`);
  process.exitCode = failed > 0 || outcomes.length === 0 ? 1 : 0;
} finally {
  await opened.close();
}
