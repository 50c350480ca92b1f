import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { eventually, testClock } from '../testing/demo.ts';
import { type OtlpSink, startOtlpSink } from '../testing/otlp-sink.ts';
import { libraryCampaign } from './campaign.ts';
import { demoControl } from './control-client.ts';
import { startDemo } from './main.ts';
import type { ServiceName } from './settings.ts';

describe('a demo started by hand', () => {
  let sink: OtlpSink;
  let dataDirectory: string;
  let parent: ChildProcess;

  /** The demo as its own process, in a process group of its own, as a terminal starts it. */
  beforeEach(async () => {
    sink = await startOtlpSink();
    dataDirectory = await mkdtemp(join(tmpdir(), 'demo-life-'));
    parent = spawn(process.execPath, [fileURLToPath(new URL('./main.ts', import.meta.url)), '--free-ports'], {
      detached: true,
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, OTEL_EXPORTER_OTLP_ENDPOINT: sink.url, TIDEWARDEN_DATA: dataDirectory },
    });
  });
  afterEach(async () => {
    if (parent.exitCode === null && parent.signalCode === null) parent.kill('SIGKILL');
    await sink.stop();
    await rm(dataDirectory, { recursive: true });
  });

  async function childPids(): Promise<number[]> {
    const running = async () => {
      const found = await demoControl(dataDirectory)
        .status()
        .catch(() => null);
      return found?.processes.length === 5 && found.processes.every(({ state }) => state === 'running')
        ? found
        : null;
    };
    // Six processes start, on a machine that may be busy with other tests.
    const status = await eventually('all processes run', running, 50_000);
    return status.processes.flatMap(({ pid }) => (pid === null ? [] : [pid]));
  }

  function lives(pid: number): boolean {
    try {
      process.kill(pid, 0);
      return true;
    } catch {
      return false;
    }
  }

  test('a killed demo leaves no process behind', async () => {
    const pids = await childPids();
    expect(pids).toHaveLength(5);
    parent.kill('SIGKILL');
    await eventually('all children are gone', () => pids.every((pid) => !lives(pid)));
  });

  test('Ctrl-C ends everything cleanly, and what was buffered is sent', async () => {
    const pids = await childPids();
    const exited = new Promise((resolve) => parent.once('exit', (code) => resolve(code)));
    // A terminal sends the signal to the whole group: parent and children at once.
    process.kill(-(parent.pid ?? 0), 'SIGINT');
    expect(await exited).toBe(0);
    expect(pids.filter(lives)).toEqual([]);
    // No export interval has passed yet: the metrics can only come from the flush at the end.
    expect(sink.metrics.has('order offer.quota')).toBe(true);
    await expect(demoControl(dataDirectory).status()).rejects.toThrow('npm run demo');
  });
});

describe('a port that is taken', () => {
  let taken: Server;
  let port: number;
  let dataDirectory: string;
  beforeEach(async () => {
    dataDirectory = await mkdtemp(join(tmpdir(), 'demo-port-'));
    taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const address = taken.address();
    port = typeof address === 'object' && address !== null ? address.port : 0;
  });
  afterEach(async () => {
    taken.close();
    await rm(dataDirectory, { recursive: true });
  });

  const start = async (service: ServiceName | 'control') =>
    startDemo({
      otlpEndpoint: 'http://127.0.0.1:9',
      campaign: await libraryCampaign(),
      dataDirectory,
      logger: pino({ level: 'silent' }),
      clock: testClock,
      ports: { order: 0, dispatch: 0, support: 0, gate: 0, control: 0, [service]: port },
    });

  test('by another demo is found out before anything starts', async () => {
    await expect(start('control')).rejects.toThrow('another demo');
  });

  test('by something else is named with its service, and nothing stays behind', async () => {
    await expect(start('gate')).rejects.toThrow(/gate.*EADDRINUSE/s);
    await expect(demoControl(dataDirectory).status()).rejects.toThrow('npm run demo');
  });
});
