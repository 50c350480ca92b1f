import { gzipSync } from 'node:zlib';
import { status } from '@grpc/grpc-js';
import { expect, test } from 'vitest';
import type { OtlpSignal } from '../model/telemetry.ts';
import { parseJson } from './json/parse.ts';
import { transcode } from './json/transcode.ts';
import { tracesBody } from './testing/bodies.ts';
import {
  type DamagedBody,
  damagedBody,
  OVERSIZED_BYTES,
  SEEDS_JSON,
  seededRandom,
} from './testing/damage.ts';
import { RawGrpcClient } from './testing/grpc-client.ts';
import { readWal, startCollector, type TestCollector } from './testing/harness.ts';
import { type ReferenceVerdict, referenceCheck } from './testing/reference.ts';
import { checkBody } from './wire/check.ts';

const BODIES = 10_000;
const CONCURRENCY = 24;
/** A good request goes between the bad ones this often. */
const GOOD_EVERY = 40;
const LIMIT = 100_000;
const SEED = 20_251_122;

/** What a client can tell from an answer, whatever the transport. */
type Told =
  | { readonly told: 'stored'; readonly rejected: number }
  | { readonly told: 'malformed' | 'too_large' };

const told = (verdict: ReferenceVerdict | 'too_large'): Told =>
  typeof verdict === 'string' ? { told: verdict } : { told: 'stored', rejected: verdict.rejected };

function expected({ signal, body }: DamagedBody): ReferenceVerdict | 'too_large' {
  return body.length > LIMIT ? 'too_large' : referenceCheck(signal, body);
}

/** `partial_success.rejected_…` of a protobuf response. */
function rejectedIn(answer: Buffer): number {
  if (answer.length === 0) return 0;
  const text = answer.toString('latin1');
  const count = /(\d+) of \d+ (spans|data points|log records) rejected/.exec(text)?.[1];
  // A container without items can be bad, too: then the count is absent from the wire or zero.
  return Number(count ?? 0);
}

async function overHttp(
  target: TestCollector,
  { signal, body }: DamagedBody,
  encoding: string,
): Promise<Told> {
  const response = await fetch(`${target.httpUrl}/v1/${signal}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-protobuf',
      ...(encoding === 'gzip' ? { 'content-encoding': 'gzip' } : {}),
    },
    body: encoding === 'gzip' ? gzipSync(body) : body,
  });
  const answer = Buffer.from(await response.arrayBuffer());
  if (response.status === 200) return { told: 'stored', rejected: rejectedIn(answer) };
  if (response.status === 400) return { told: 'malformed' };
  if (response.status === 413) return { told: 'too_large' };
  throw new Error(`HTTP ${response.status} for ${body.toString('hex').slice(0, 2_000)}`);
}

async function overGrpc(client: RawGrpcClient, { signal, body }: DamagedBody): Promise<Told> {
  const answer = await client.export(signal, body);
  if (answer.ok) return { told: 'stored', rejected: rejectedIn(answer.body) };
  if (answer.code === status.INVALID_ARGUMENT) return { told: 'malformed' };
  if (answer.code === status.RESOURCE_EXHAUSTED && !answer.statusDetails?.includes('RetryInfo'))
    return { told: 'too_large' };
  throw new Error(`gRPC ${answer.code} ${answer.details} for ${body.toString('hex').slice(0, 2_000)}`);
}

/** Runs `count` jobs, some at a time, in order of their numbers. */
async function runAll(count: number, job: (index: number) => Promise<void>): Promise<void> {
  let next = 0;
  await Promise.all(
    Array.from({ length: CONCURRENCY }, async () => {
      while (next < count) await job(next++);
    }),
  );
}

test(`${BODIES} spoiled bodies over both transports are told apart, and good ones arrive meanwhile`, async () => {
  await using target = await startCollector({ maxBodyBytes: LIMIT, maxDecompressedBytes: LIMIT });
  const plain = new RawGrpcClient(target.grpcAddress);
  const zipping = new RawGrpcClient(target.grpcAddress, { 'grpc.default_compression_algorithm': 2 });
  const random = seededRandom(SEED);
  const bodies = Array.from({ length: BODIES }, () => damagedBody(random));
  const senders = [
    (body: DamagedBody) => overHttp(target, body, 'identity'),
    (body: DamagedBody) => overGrpc(plain, body),
    (body: DamagedBody) => overHttp(target, body, 'gzip'),
    (body: DamagedBody) => overGrpc(zipping, body),
  ];
  const stored: Record<OtlpSignal, number> = { traces: 0, metrics: 0, logs: 0 };
  const outcomes = new Map<string, number>();
  const good: Buffer[] = [];

  await runAll(BODIES, async (index) => {
    const body = bodies[index]!;
    const verdict = expected(body);
    const answer = await senders[index % senders.length]!(body);
    if (JSON.stringify(answer) !== JSON.stringify(told(verdict))) {
      throw new Error(
        `body ${index} (${body.damage} ${body.signal}): told ${JSON.stringify(answer)}, expected ${JSON.stringify(verdict)}: ${body.body.toString('hex').slice(0, 4_000)}`,
      );
    }
    if (typeof verdict !== 'string') stored[body.signal] += verdict.items;
    const key = `${body.damage}: ${answer.told}`;
    outcomes.set(key, (outcomes.get(key) ?? 0) + 1);
    if (index % GOOD_EVERY === 0) {
      const one = tracesBody(1_000_000 + index, 2);
      good.push(one);
      stored.traces += 2;
      expect(
        await senders[(index / GOOD_EVERY) % senders.length]!({
          signal: 'traces',
          damage: 'none',
          body: one,
        }),
      ).toEqual({ told: 'stored', rejected: 0 });
    }
  });
  plain.close();
  zipping.close();

  await target.collector.stop();
  const messages = await readWal(target.directory);
  for (const signal of ['traces', 'metrics', 'logs'] as const) {
    const items = messages[signal]
      .map((message) => checkBody(signal, message))
      .reduce((sum, checked) => sum + (checked.ok ? checked.items : Number.NaN), 0);
    expect([signal, items]).toEqual([signal, stored[signal]]);
  }
  const counts = new Map<string, number>();
  for (const message of messages.traces)
    counts.set(message.toString('hex'), (counts.get(message.toString('hex')) ?? 0) + 1);
  expect(good.map((one) => counts.get(one.toString('hex')))).toEqual(good.map(() => 1));
  // Every kind of damage was tried, and had more than one end where it can.
  expect(outcomes.get('oversized: too_large')).toBeGreaterThan(500);
  for (const damage of ['truncated', 'bitFlipped', 'wrongType', 'random', 'spliced']) {
    expect(outcomes.get(`${damage}: malformed`), damage).toBeGreaterThan(50);
  }
  for (const damage of ['none', 'bitFlipped', 'wrongType']) {
    expect(outcomes.get(`${damage}: stored`), damage).toBeGreaterThan(50);
  }
  expect(outcomes.get('nested: stored')).toBeGreaterThan(500);
  expect(OVERSIZED_BYTES).toBeGreaterThan(LIMIT);
});

test('1,000 spoiled JSON bodies: never anything but 200, 400 or 413, and the server lives', async () => {
  await using target = await startCollector({ maxBodyBytes: LIMIT, maxDecompressedBytes: LIMIT });
  const random = seededRandom(SEED + 1);
  const statuses = new Map<number, number>();
  await runAll(1_000, async (index) => {
    const signal = (['traces', 'metrics', 'logs'] as const)[index % 3]!;
    const body = spoilJson(random, JSON.stringify(SEEDS_JSON[signal]));
    let wanted = 200;
    try {
      if (!checkBody(signal, transcode(signal, parseJson(body))).ok) wanted = 400;
    } catch {
      wanted = 400;
    }
    const response = await fetch(`${target.httpUrl}/v1/${signal}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    const answer: unknown = await response.json();
    expect(answer).toEqual(
      response.status === 200
        ? expect.any(Object)
        : expect.objectContaining({ code: 3, message: expect.any(String) }),
    );
    expect([index, response.status]).toEqual([index, wanted]);
    statuses.set(response.status, (statuses.get(response.status) ?? 0) + 1);
  });
  expect(statuses.get(200)).toBeGreaterThan(100);
  expect(statuses.get(400)).toBeGreaterThan(100);
});

/** Damages JSON text: cut, a byte changed, a value of another type, endless brackets. */
function spoilJson(random: () => number, text: string): Buffer {
  const bytes = Buffer.from(text);
  const at = Math.floor(random() * bytes.length);
  switch (Math.floor(random() * 5)) {
    case 0:
      return bytes.subarray(0, at);
    case 1:
      bytes[at] = Math.floor(random() * 256);
      return bytes;
    case 2:
      return Buffer.from(
        text.replace(/"[^"]*"(?=[,}\]])/g, (value) =>
          random() < 0.1
            ? ['7', 'null', '[]', '{}', 'true', '"x"', '-1.5e300'][Math.floor(random() * 7)]!
            : value,
        ),
      );
    case 3:
      return Buffer.from(text.replace('{', `{"resourceSpans":${'['.repeat(at * 10)}`));
    default:
      return Buffer.from(
        text.replace(/"(\w+)":/g, (key, name: string) => (random() < 0.1 ? `"${name}x":` : key)),
      );
  }
}
