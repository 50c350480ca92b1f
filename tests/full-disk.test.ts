import { execFileSync } from 'node:child_process';
import { closeSync, fsyncSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Product, startProduct, temporaryDirectory, until } from './support/product.ts';

const DISK_MIB = 320;

/** A disk of our own that is really full when it is full; null where the machine does not let us have one. */
function mountSmallDisk(): { path: string; unmount: () => void } | null {
  const directory = temporaryDirectory('disk');
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_MIB}m`, 'tmpfs', directory.path], {
      stdio: 'ignore',
    });
  } catch {
    directory.remove();
    return null;
  }
  return {
    path: directory.path,
    unmount: () => {
      execFileSync('umount', ['-l', directory.path]);
      directory.remove();
    },
  };
}

const disk = mountSmallDisk();
if (disk === null && process.env.CI === 'true') throw new Error('The full-disk test needs to mount a tmpfs');
if (disk === null)
  process.stderr.write('tests/full-disk: skipped, a tmpfs cannot be mounted here (it needs root)\n');

describe.skipIf(disk === null)('a full disk', { timeout: 180_000 }, () => {
  let product: Product;
  let sent = 0;

  beforeAll(async () => {
    product = await startProduct({ dataDirectory: join(disk!.path, 'data'), readyMs: 60_000 });
  }, 90_000);
  afterAll(async () => {
    await product?.stop();
    disk!.unmount();
  }, 60_000);

  const send = async (padding = 0): Promise<Response> => {
    const attributes = [{ key: 'padding', value: { stringValue: 'x'.repeat(padding) } }];
    const dataPoints = [
      {
        timeUnixNano: `${Date.now()}000000`,
        asInt: `${sent + 1}`,
        attributes: padding > 0 ? attributes : [],
      },
    ];
    const response = await fetch(`${product.otlpHttp}/v1/metrics`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        resourceMetrics: [{ scopeMetrics: [{ metrics: [{ name: 'disk.probe', gauge: { dataPoints } }] }] }],
      }),
    });
    if (response.ok && padding === 0) sent++;
    return response;
  };
  const lastValue = async (): Promise<number | undefined> => {
    const query = new URLSearchParams({ query: 'max(last_over_time(disk_probe[10m]))' });
    const response = await fetch(`${product.web}/prometheus/api/v1/query?${query}`);
    if (!response.ok) return undefined;
    const body = (await response.json()) as { data: { result: { value: [number, string] }[] } };
    return Number(body.data.result[0]?.value[1] ?? 0);
  };

  it('takes telemetry while there is room', async () => {
    expect((await send()).status).toBe(200);
    await until('the point answers queries', 30_000, async () => (await lastValue()) === 1);
  });

  it('refuses as retryable when there is none, and still answers queries', async () => {
    fill(join(disk!.path, 'filler'));
    const refused = await until('a refusal', 60_000, async () => {
      const response = await send(500_000);
      return !response.ok && response;
    });
    expect(refused.status).toBe(503);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await until('a query is answered', 30_000, lastValue)).toBeGreaterThanOrEqual(1);
    expect((await fetch(`${product.web}/healthz`)).status).toBe(200);
  });

  it('recovers by itself when there is room again, with all that it acknowledged', async () => {
    rmSync(join(disk!.path, 'filler'));
    await until('a point is taken', 60_000, async () => (await send()).ok);
    await until('every acknowledged point answers queries', 60_000, async () => (await lastValue()) === sent);
  });
});

/** Writes until the disk is full. */
function fill(path: string): void {
  const file = openSync(path, 'w');
  const block = Buffer.alloc(1 << 16, 1);
  try {
    for (;;) writeSync(file, block);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  } finally {
    fsyncSync(file);
    closeSync(file);
  }
}
