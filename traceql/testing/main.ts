/** Runs a file of TraceQL examples: `npm run traceqltest -- FILE`. Lists each failure and ends with `N passed, N failed`. */
import { readFileSync } from 'node:fs';
import { type ExampleResult, runExamples } from './examples.ts';

const [path] = process.argv.slice(2);
if (path === undefined) {
  console.error('usage: npm run traceqltest -- FILE');
  process.exit(2);
}

function read(from: string): readonly ExampleResult[] {
  try {
    return runExamples(readFileSync(from, 'utf8'));
  } catch (error) {
    console.error(`${from} is no file of examples: ${error instanceof Error ? error.message : error}`);
    process.exit(2);
  }
}

const results = read(path);
const failed = results.filter(({ problem }) => problem !== undefined);
for (const { wanted, query, problem } of failed) console.log(`${wanted}: ${query}\n    ${problem}`);
console.log(`${results.length - failed.length} passed, ${failed.length} failed`);
process.exitCode = failed.length > 0 || results.length === 0 ? 1 : 0;
