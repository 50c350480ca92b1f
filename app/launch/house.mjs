// Plain JavaScript without dependencies: this runs on a fresh clone, before anything is installed, on Node 20.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const NODE_MAJOR_MIN = 24;
/** The embedded Postgres is WebAssembly: compiled by the baseline compiler alone it takes 60 MB less and starts without a peak. */
export const NODE_FLAGS = ['--disable-warning=ExperimentalWarning', '--liftoff-only'];
const WEB_STAMP = join(ROOT, 'dist', 'web', '.source');

/** Prints a line on stderr, so that stdout stays the program's own. */
export const say = (text) => process.stderr.write(`${text}\n`);

/** Stops with a message that says what to do; never a stack trace. */
export function fail(text) {
  say(`\n${text}`);
  process.exit(1);
}

/** Runs `work`, and says that it is still at it every two seconds. */
async function withProgress(what, work) {
  const started = Date.now();
  const seconds = () => `${Math.round((Date.now() - started) / 1000)} s`;
  const rewrite = process.stderr.isTTY;
  if (rewrite) process.stderr.write(`${what} …`);
  else say(`${what} …`);
  const timer = setInterval(
    () => {
      if (rewrite) process.stderr.write(`\r${what} … ${seconds()}`);
      else say(`${what} … ${seconds()}`);
    },
    rewrite ? 1000 : 5000,
  );
  try {
    return await work();
  } finally {
    clearInterval(timer);
    if (rewrite) process.stderr.write(`\r${what} … done in ${seconds()}\n`);
    else say(`${what}: done in ${seconds()}`);
  }
}

/** Runs a command to its end and keeps what it printed; resolves to `{ code, output }`. */
function run(command, args) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
    child.on('error', (error) => resolve({ code: 1, output: `${output}${error.message}` }));
    child.on('close', (code) => resolve({ code: code ?? 1, output }));
  });
}

const lockHash = () =>
  createHash('sha256')
    .update(readFileSync(join(ROOT, 'package-lock.json')))
    .digest('hex');

/** Whether node_modules holds what the lock file says; npm leaves a lock file of its own there when it is done. */
function isInstalled() {
  const installed = join(ROOT, 'node_modules', '.package-lock.json');
  if (!existsSync(installed)) return false;
  const wanted = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')).packages;
  const there = JSON.parse(readFileSync(installed, 'utf8')).packages;
  return Object.entries(wanted).every(
    ([path, entry]) => path === '' || entry.optional === true || there[path]?.version === entry.version,
  );
}

/** Installs exactly what the lock file says, when node_modules does not hold that already. */
export async function ensureInstalled() {
  if (isInstalled()) return;
  const result = await withProgress('Installing packages (about 900 MB, once)', () =>
    run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']),
  );
  if (result.code !== 0) {
    fail(
      `The packages could not be installed. npm said:\n${result.output.trim()}\n\n` +
        'Mend that and run the same command again; nothing is left half done.',
    );
  }
}

/** The Node that runs the product: the one npm's lock file brought, else the machine's own if it is new enough. */
export function findNode() {
  const platform = { linux: 'linux', darwin: 'darwin' }[process.platform];
  const bundled = join(ROOT, 'node_modules', `node-${platform}-${process.arch}`, 'bin', 'node');
  if (existsSync(bundled)) return bundled;
  if (Number(process.versions.node.split('.')[0]) >= NODE_MAJOR_MIN) return process.execPath;
  return fail(
    `Tidewarden needs Node ${NODE_MAJOR_MIN} or newer. npm has none for ${process.platform}-${process.arch} in this project's lock file, ` +
      `and this machine's own is ${process.version}. Install Node ${NODE_MAJOR_MIN} (https://nodejs.org) and run the same command again.`,
  );
}

/** A hash over everything that the built web is made of. */
function webSourceHash() {
  const hash = createHash('sha256').update(lockHash());
  const walk = (folder) => {
    for (const entry of readdirSync(join(ROOT, folder), { withFileTypes: true }).sort((a, b) =>
      a.name < b.name ? -1 : 1,
    )) {
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory()) walk(path);
      else if (!/\.test\.tsx?$|\.md$/.test(entry.name))
        hash.update(path).update(readFileSync(join(ROOT, path)));
    }
  };
  walk('model');
  walk('web');
  return hash.digest('hex');
}

/** Builds the web into dist/web when its sources changed since the last build. */
export async function ensureWebBuilt(node) {
  const wanted = webSourceHash();
  if (existsSync(WEB_STAMP) && readFileSync(WEB_STAMP, 'utf8') === wanted) return;
  const result = await withProgress('Building the web', () =>
    run(node, [
      'node_modules/vite/bin/vite.js',
      'build',
      '--config',
      'web/vite.config.ts',
      '--logLevel',
      'warn',
    ]),
  );
  if (result.code !== 0) {
    rmSync(WEB_STAMP, { force: true });
    fail(`The web could not be built:\n${result.output.trim()}`);
  }
  mkdirSync(dirname(WEB_STAMP), { recursive: true });
  writeFileSync(WEB_STAMP, wanted);
}

/** Makes the empty database that first starts copy; where that fails they make their own. */
export async function ensureDatabaseTemplate(node) {
  if (existsSync(join(ROOT, 'node_modules', '.cache', 'tidewarden'))) return;
  await run(node, [...NODE_FLAGS, 'app/launch/prepare-database.ts']);
}

/**
 * Runs `node args…` in the foreground until it ends and resolves to its exit code. Signals reach the child: from a
 * terminal it gets them itself (same process group); one sent to us alone is passed on.
 */
export function runNode(node, args, env = {}) {
  const bin = join(ROOT, 'node_modules', '.bin');
  const child = spawn(node, args, {
    cwd: ROOT,
    stdio: 'inherit',
    env: { ...process.env, PATH: `${dirname(node)}:${bin}:${process.env.PATH ?? ''}`, ...env },
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      // A Ctrl-C was given to the whole group already; a second copy would look like impatience.
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    });
  }
  return new Promise((resolve) => {
    child.on('error', (error) => fail(`${node} could not be started: ${error.message}`));
    child.on('close', (code, signal) => resolve(signal === null ? (code ?? 1) : 1));
  });
}
