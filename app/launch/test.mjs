// `npm test`: type check, lint and format, dead code, unused dependencies, every test. Each step runs even when one
// before it failed, so that one run shows everything; the last line counts the tests.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ensureInstalled, ensureWebBuilt, findNode, ROOT, say } from './house.mjs';

await ensureInstalled();
const node = findNode();
await ensureWebBuilt(node);

const bin = (name) => join(ROOT, 'node_modules', '.bin', name);
const env = {
  ...process.env,
  PATH: `${dirname(node)}:${join(ROOT, 'node_modules', '.bin')}:${process.env.PATH ?? ''}`,
};
let passed = 0;
let failed = 0;

/** Runs one step with its output shown; returns whether it passed. */
function step(name, command, args) {
  say(`\n▶ ${name}`);
  const started = Date.now();
  const result = spawnSync(command, args, { cwd: ROOT, stdio: 'inherit', env });
  const ok = result.status === 0;
  say(`${ok ? '✔' : '✘'} ${name} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
  return ok;
}

const count = (ok) => (ok ? passed++ : failed++);
const only = process.argv.slice(2);
if (only.length === 0) {
  count(step('types: server', bin('tsc'), ['-p', '.']));
  count(step('types: web', bin('tsc'), ['-p', 'web']));
  count(step('lint and format', bin('biome'), ['ci', '--colors=off', '--diagnostic-level=error', '.']));
  count(step('dead code and unused dependencies', bin('knip'), ['--no-progress']));
  count(step('known vulnerabilities', node, ['app/launch/audit.mjs']));
}

const report = join(ROOT, 'dist', 'test-results.json');
rmSync(report, { force: true });
mkdirSync(dirname(report), { recursive: true });
const ok = step('tests', node, [
  'node_modules/vitest/vitest.mjs',
  'run',
  '--reporter=default',
  '--reporter=json',
  `--outputFile.json=${report}`,
  ...only,
]);
const results = existsSync(report)
  ? JSON.parse(readFileSync(report, 'utf8'))
  : { numPassedTests: 0, numFailedTests: 1, numPendingTests: 0 };
passed += results.numPassedTests;
// A file that could not even be loaded has no failed test, and is a failure all the same.
failed += Math.max(results.numFailedTests, ok ? 0 : 1);
const skipped = results.numPendingTests + (results.numTodoTests ?? 0);
process.stdout.write(`\n${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}\n`);
process.exitCode = failed === 0 ? 0 : 1;
