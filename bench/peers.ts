import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** Another time-series database that answers Prometheus's API and takes remote write, on a free port and a directory of its own. */
export interface Peer {
  readonly name: string;
  /** Of `/api/v1/…`. */
  readonly url: string;
  write(body: Uint8Array): Promise<void>;
  /** Bytes on disk of samples and index once everything is written there, as they lie. */
  storedBytes(): Promise<number>;
  /** The same once all is merged that can be. */
  mergedBytes(): Promise<number>;
  stop(): Promise<void>;
}

/** With `openMetrics`, the samples of that text are there from the start. */
export async function startPrometheus(openMetrics?: string): Promise<Peer> {
  const directory = mkdtempSync(join(tmpdir(), 'tidewarden-prometheus-'));
  const config = join(directory, 'prometheus.yml');
  writeFileSync(config, 'global: {}\n');
  if (openMetrics !== undefined) {
    const file = join(directory, 'samples.txt');
    writeFileSync(file, openMetrics);
    const command = ['tsdb', 'create-blocks-from', 'openmetrics', file, join(directory, 'data')];
    execFileSync('promtool', command, { stdio: 'ignore' });
  }
  const peer = await startPeer('Prometheus', directory, 'prometheus', (address) => [
    `--config.file=${config}`,
    `--storage.tsdb.path=${join(directory, 'data')}`,
    `--web.listen-address=${address}`,
    '--web.enable-remote-write-receiver',
    '--web.enable-admin-api',
    '--log.level=error',
  ]);
  // A snapshot writes what is in memory as one block, so there is nothing to merge.
  const snapshotBytes = async (): Promise<number> => {
    const answer = await fetch(`${peer.url}/api/v1/admin/tsdb/snapshot`, { method: 'POST' });
    const { data } = (await answer.json()) as { data: { name: string } };
    return treeBytes(join(directory, 'data', 'snapshots', data.name));
  };
  return { ...peer, storedBytes: snapshotBytes, mergedBytes: snapshotBytes };
}

export async function startVictoriaMetrics(): Promise<Peer> {
  const directory = mkdtempSync(join(tmpdir(), 'tidewarden-victoria-'));
  const data = join(directory, 'data');
  const peer = await startPeer('VictoriaMetrics', directory, 'victoria-metrics', (address) => [
    `-storageDataPath=${data}`,
    `-httpListenAddr=${address}`,
    '-loggerLevel=ERROR',
    '-retentionPeriod=1y',
    '-search.latencyOffset=0s',
  ]);
  const restingBytes = () => restsAt(() => treeBytes(join(data, 'data')) + treeBytes(join(data, 'indexdb')));
  return {
    ...peer,
    storedBytes: async () => {
      await fetch(`${peer.url}/internal/force_flush`);
      return restingBytes();
    },
    mergedBytes: async () => {
      await fetch(`${peer.url}/internal/force_merge`);
      return restingBytes();
    },
  };
}

/** Whether the peers are installed on this machine. */
export function hasPeers(): boolean {
  try {
    for (const program of ['prometheus', 'victoria-metrics'])
      execFileSync('which', [program], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

async function startPeer(
  name: string,
  directory: string,
  program: string,
  argumentsFor: (address: string) => readonly string[],
): Promise<Omit<Peer, 'storedBytes' | 'mergedBytes'>> {
  const address = `127.0.0.1:${await freePort()}`;
  const child = spawn(program, argumentsFor(address), { stdio: ['ignore', 'ignore', 'inherit'] });
  const url = `http://${address}`;
  await isUp(name, url, child);
  return {
    name,
    url,
    write: async (body) => {
      const response = await fetch(`${url}/api/v1/write`, {
        method: 'POST',
        headers: {
          'content-type': 'application/x-protobuf',
          'content-encoding': 'snappy',
          'x-prometheus-remote-write-version': '0.1.0',
        },
        body: new Uint8Array(body),
      });
      if (!response.ok)
        throw new Error(`${name} refused samples: ${response.status} ${await response.text()}`);
      await response.arrayBuffer();
    },
    stop: async () => {
      await new Promise((done) => {
        child.once('exit', done);
        child.kill('SIGTERM');
      });
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function isUp(name: string, url: string, child: ChildProcess): Promise<void> {
  for (let tries = 0; tries < 300; tries++) {
    if (child.exitCode !== null) throw new Error(`${name} ended with ${child.exitCode}`);
    const up = await fetch(`${url}/api/v1/labels`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (up) return;
    await delay(100);
  }
  throw new Error(`${name} did not answer within 30 s`);
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

function treeBytes(path: string): number {
  let bytes = 0;
  for (const entry of readdirSync(path, { withFileTypes: true, recursive: true }))
    if (entry.isFile()) bytes += statSync(join(entry.parentPath, entry.name)).size;
  return bytes;
}

/** VictoriaMetrics writes what it holds in memory every 5 s. */
const REST_MS = 12_000;

/** The figure once it has stayed the same for so long. */
async function restsAt(figure: () => number): Promise<number> {
  for (let before = figure(); ; ) {
    await delay(REST_MS);
    const now = figure();
    if (now === before) return now;
    before = now;
  }
}
