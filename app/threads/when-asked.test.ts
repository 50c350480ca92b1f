import { pino } from 'pino';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { CallThread } from './call-thread.ts';
import { ThreadWhenAsked } from './when-asked.ts';

interface Calls {
  greet: { ask: string; answer: string };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A thread that answers when `reply` is called, and how often one was started and stopped. */
function threads() {
  const counts = { started: 0, stopped: 0 };
  const replies: (() => void)[] = [];
  const start = async (): Promise<CallThread<Calls>> => {
    counts.started++;
    return {
      call: (_op, name) =>
        new Promise<never>((resolve) => replies.push(() => resolve(`hello ${name}` as never))),
      tell: () => {},
      stop: async () => {
        counts.stopped++;
      },
    };
  };
  const thread = new ThreadWhenAsked<Calls>({ start, idleMs: 1_000, logger: pino({ level: 'silent' }) });
  const ask = (name: string) => thread.call('greet', name, { priority: 'people' });
  return { thread, ask, counts, reply: () => replies.shift()!() };
}

it('starts with the first question and ends some time after the last answer', async () => {
  const { ask, counts, reply } = threads();
  expect(counts).toEqual({ started: 0, stopped: 0 });
  const [first, second] = [ask('Ada'), ask('Bo')];
  await vi.advanceTimersByTimeAsync(5_000);
  reply();
  expect(await first).toBe('hello Ada');
  await vi.advanceTimersByTimeAsync(5_000);
  expect(counts).toEqual({ started: 1, stopped: 0 });
  reply();
  expect(await second).toBe('hello Bo');
  await vi.advanceTimersByTimeAsync(999);
  expect(counts).toEqual({ started: 1, stopped: 0 });
  await vi.advanceTimersByTimeAsync(1);
  expect(counts).toEqual({ started: 1, stopped: 1 });
});

it('starts again when it is asked again', async () => {
  const { thread, ask, counts, reply } = threads();
  for (const name of ['Ada', 'Bo']) {
    const asked = ask(name);
    await vi.advanceTimersByTimeAsync(0);
    expect(thread.running).not.toBeNull();
    reply();
    await asked;
    await vi.advanceTimersByTimeAsync(1_000);
    expect(thread.running).toBeNull();
  }
  expect(counts).toEqual({ started: 2, stopped: 2 });
});

it('ends for good', async () => {
  const { thread, ask, counts, reply } = threads();
  const asked = ask('Ada');
  await vi.advanceTimersByTimeAsync(0);
  reply();
  await asked;
  await thread.stop();
  expect(counts).toEqual({ started: 1, stopped: 1 });
  await expect(ask('Bo')).rejects.toThrow('Tidewarden is stopping');
});
