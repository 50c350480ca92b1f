import { expect, test } from 'vitest';
import { Desk, IDLE_LIMIT_MS } from './desk.ts';

const HANDLE_MS = 40_000;

function waiting(desk: Desk<null>, id: string, nowMs: number) {
  const session = desk.open(id, 'normal', nowMs, null);
  if (session === undefined) throw new Error('the desk is full');
  desk.askForHuman(session, nowMs);
  return session;
}

test('seats go to who waits longest, and are free again when the talk is over', () => {
  const desk = new Desk<null>(1);
  waiting(desk, 'first', 0);
  waiting(desk, 'second', 1_000);
  expect(desk.seat(2_000, () => HANDLE_MS).map(({ id }) => id)).toEqual(['first']);
  expect(desk.seat(3_000, () => HANDLE_MS)).toEqual([]);
  expect([desk.count('human'), desk.count('waiting', 'normal'), desk.count('waiting', 'vip')]).toEqual([
    1, 1, 0,
  ]);
  const { handled } = desk.finished(2_000 + HANDLE_MS);
  expect(handled.map(({ id }) => id)).toEqual(['first']);
  for (const session of handled) desk.remove(session);
  expect(desk.seat(50_000, () => HANDLE_MS).map(({ id }) => id)).toEqual(['second']);
});

test('only the third turn in a row with one intent is a loop, and only with the bot', () => {
  const desk = new Desk<null>(1);
  const session = desk.open('a', 'new', 0, null);
  if (session === undefined) throw new Error('the desk is full');
  const loops = ['price', 'price', 'hours', 'price', 'price', 'price', 'price'].map(
    (intent) => desk.turn(session, intent).loop,
  );
  expect(loops).toEqual([false, false, false, false, false, true, false]);
});

test('a session that nobody is heard in is idle; one with a person at it is not', () => {
  const desk = new Desk<null>(1);
  waiting(desk, 'talking', 0);
  desk.seat(0, () => 10 * IDLE_LIMIT_MS);
  desk.open('silent', 'vip', 0, null);
  desk.open('heard', 'vip', 0, null);
  desk.get('heard', IDLE_LIMIT_MS);
  expect(desk.finished(IDLE_LIMIT_MS + 1).idle.map(({ id }) => id)).toEqual(['silent']);
});
