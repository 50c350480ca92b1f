import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { DispatchJournal, type QueuedPass } from './journal.ts';
import { DispatchQueue } from './queue.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'dispatch-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const queueHere = () => new DispatchQueue(new DispatchJournal(directory));
const pass = (orderId: string, change: Partial<QueuedPass> = {}): QueuedPass => ({
  orderId,
  cityCode: '440100',
  channel: 'app',
  tier: 'normal',
  queuedAtMs: 1_000,
  carrier: { traceparent: `00-${orderId}` },
  ...change,
});

test('gives each rider the oldest pass of the city, one at a time', () => {
  const queue = queueHere();
  for (const orderId of ['a', 'b']) queue.add(pass(orderId));
  queue.add(pass('elsewhere', { cityCode: '310000' }));
  const given = (rider: string) => queue.assign(rider, '440100', 2_000)?.dispatch.orderId;
  expect([given('r1'), given('r1'), given('r2'), given('r3')]).toEqual(['a', 'a', 'b', undefined]);
  queue.finish('r1');
  expect(given('r1')).toBeUndefined();
});

test('knows how a city stands', () => {
  const queue = queueHere();
  for (const orderId of ['a', 'b', 'c']) queue.add(pass(orderId));
  queue.assign('busy', '440100', 2_000);
  queue.assign('silent', '310000', 2_000);
  expect(queue.city('440100', 11_000)).toEqual({
    unassigned: 2,
    oldestSeconds: 10,
    online: 1,
    idle: 0,
    stalled: 0,
  });
  expect(queue.city('310000', 11_000)).toMatchObject({ online: 1, idle: 1, oldestSeconds: 0 });
  // Unheard of for over half a minute: gone home. With a pass for over five minutes: stalled.
  expect(queue.city('310000', 40_000)).toMatchObject({ online: 0, idle: 0 });
  expect(queue.city('440100', 400_000)).toMatchObject({ online: 1, stalled: 1 });
});

test('after a restart what was not delivered waits again, with its trace', () => {
  const before = queueHere();
  for (const orderId of ['delivered', 'carried', 'waiting']) before.add(pass(orderId));
  before.assign('r1', '440100', 2_000);
  before.assign('r2', '440100', 2_000);
  before.finish('r1');
  appendFileSync(join(directory, 'dispatch-journal.jsonl'), '{"queued":{"orderId":"to');
  const after = queueHere();
  expect(after.city('440100', 2_000).unassigned).toBe(2);
  expect(after.assign('r3', '440100', 3_000)?.dispatch).toMatchObject({
    orderId: 'carried',
    queuedAtMs: 1_000,
    carrier: { traceparent: '00-carried' },
  });
  expect(readFileSync(join(directory, 'dispatch-journal.jsonl'), 'utf8').trim().split('\n')).toHaveLength(2);
});
