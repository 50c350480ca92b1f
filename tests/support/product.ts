import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';

const ROOT = resolve(import.meta.dirname, '../..');

/** The whole product in a process of its own, on free ports and a data directory of its own. */
export interface Product {
  readonly pid: number;
  readonly web: string;
  readonly otlpHttp: string;
  /** `host:port`. */
  readonly otlpGrpc: string;
  readonly dataDirectory: string;
  /** What it logged so far, as text. */
  log(): string;
  /** Asks it to stop and waits; resolves to its exit code. */
  stop(): Promise<number | null>;
  /** kill -9, and waits until it is gone. */
  kill(): Promise<void>;
}

export interface ProductOptions {
  readonly dataDirectory?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Longest wait for it to be ready. */
  readonly readyMs?: number;
  /** `serve` alone, or `demo` with its services on free ports. */
  readonly command?: 'serve' | 'demo';
}

/** A directory for one test; `remove` deletes it. */
export function temporaryDirectory(name: string): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), `tidewarden-${name}-`));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** Starts `tidewarden serve` or `demo` and waits until it says that it is ready. @throws with its log if it does not. */
export async function startProduct(options: ProductOptions = {}): Promise<Product> {
  const dataDirectory = options.dataDirectory ?? temporaryDirectory('data').path;
  const command = options.command === 'demo' ? ['demo', '--demo.ports', 'free'] : ['serve'];
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', '--liftoff-only', 'app/main.ts', ...command],
    {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        TIDEWARDEN_HTTP: '127.0.0.1:0',
        TIDEWARDEN_OTLP_HTTP: '127.0.0.1:0',
        TIDEWARDEN_OTLP_GRPC: '127.0.0.1:0',
        TIDEWARDEN_DATA: dataDirectory,
        TIDEWARDEN_CONTENT: join(dataDirectory, 'content'),
        ...options.environment,
      },
    },
  );
  let log = '';
  child.stderr.on('data', (chunk) => {
    log += chunk;
  });
  const addresses = await readBanner(child, options.readyMs ?? 30_000, () => log);
  return {
    ...addresses,
    pid: child.pid!,
    dataDirectory,
    log: () => log,
    stop: () => end(child, 'SIGTERM'),
    kill: async () => {
      await end(child, 'SIGKILL');
    },
  };
}

function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(child.exitCode);
  return new Promise((done) => {
    child.once('exit', (code) => done(code));
    child.kill(signal);
  });
}

/** The start-up lines name each address after its label. */
async function readBanner(child: ChildProcess, readyMs: number, log: () => string) {
  const found = new Map<string, string>();
  const timer = setTimeout(() => child.kill('SIGKILL'), readyMs);
  for await (const line of createInterface({ input: child.stdout! })) {
    const match = /^\s*(Web|OTLP\/HTTP|OTLP\/gRPC)\s+(\S+)/.exec(line);
    if (match !== null) found.set(match[1]!, match[2]!);
    if (/^Tidewarden is ready/.test(line)) break;
  }
  clearTimeout(timer);
  child.stdout!.resume();
  if (found.size < 3) throw new Error(`Tidewarden did not become ready within ${readyMs} ms:\n${log()}`);
  return { web: found.get('Web')!, otlpHttp: found.get('OTLP/HTTP')!, otlpGrpc: found.get('OTLP/gRPC')! };
}

/** Asks `probe` again until it returns something; fails after `deadlineMs` with what it last saw. */
export async function until<T>(
  what: string,
  deadlineMs: number,
  probe: () => Promise<T | undefined | false>,
): Promise<T> {
  const end = Date.now() + deadlineMs;
  let last: unknown;
  while (Date.now() < end) {
    try {
      const value = await probe();
      if (value !== undefined && value !== false) return value;
      last = value;
    } catch (error) {
      last = error;
    }
    await new Promise((next) => setTimeout(next, 100));
  }
  throw new Error(
    `${what}: not within ${deadlineMs} ms (last: ${last instanceof Error ? last.message : JSON.stringify(last)})`,
  );
}
