/**
 * The engine's process: one data directory, opened by chdb, behind HTTP on loopback. It is started by `supervisor.ts`, gets its
 * configuration as the first message, and ends when its parent does.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { mendDeduplicationLogs } from './deduplication-log.ts';
import { Executor } from './executor.ts';
import { createEngineServer } from './http-server.ts';
import { loadNative } from './native.ts';
import { waitForPrevious } from './previous.ts';
import { CONNECTION_SETTINGS, ENGINE_CONFIG } from './settings.ts';
import { Slots } from './slots.ts';

const configuration = z.object({
  dataDirectory: z.string(),
  port: z.number().int(),
  username: z.string(),
  password: z.string(),
  readers: z.number().int(),
  maxMemoryBytes: z.number().int(),
});
type Configuration = z.infer<typeof configuration>;

/** What the process tells its parent. */
export type EngineMessage =
  | { readonly type: 'ready'; readonly port: number; readonly mended: number }
  | { readonly type: 'failed'; readonly reason: string; readonly code: string | null };

function tell(message: EngineMessage): void {
  process.send?.(message);
}

function fail(error: unknown): void {
  const code = (error as NodeJS.ErrnoException).code ?? null;
  tell({ type: 'failed', reason: error instanceof Error ? error.message : String(error), code });
  setTimeout(() => process.exit(1), 20);
}

async function serve(options: Configuration): Promise<void> {
  const store = join(options.dataDirectory, 'clickhouse');
  mkdirSync(store, { recursive: true });
  await waitForPrevious(store);
  const mended = mendDeduplicationLogs(store);
  const configFile = join(options.dataDirectory, 'clickhouse.xml');
  writeFileSync(configFile, ENGINE_CONFIG(options.maxMemoryBytes));
  const executor = new Executor(loadNative(), store, [`--config-file=${configFile}`, ...CONNECTION_SETTINGS]);
  await executor.control('SELECT 1');
  const server = createEngineServer({
    executor,
    username: options.username,
    password: options.password,
    lanes: {
      rules: new Slots(2, 512),
      read: new Slots(options.readers, 512),
      write: new Slots(1, 512),
      load: new Slots(2, 64),
    },
    maxBodyBytes: 256 * 1024 * 1024,
    onFatal: fail,
  });
  server.on('error', fail);
  server.listen(options.port, '127.0.0.1', () => {
    const address = server.address();
    tell({ type: 'ready', port: typeof address === 'object' && address !== null ? address.port : 0, mended });
  });
}

// Not process.exit: that would wait for whatever runs inside ClickHouse, and the next engine waits for this one. What is in the
// store was synced before it was acknowledged, so there is nothing to finish.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
// The parent decides when to stop: it still needs the engine while it drains, after a Ctrl-C that reaches both.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => process.exit(0));
process.once('message', (message) => {
  serve(configuration.parse(message)).catch(fail);
});
