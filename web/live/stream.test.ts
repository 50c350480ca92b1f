import { describe, expect, it } from 'vitest';
import type { ChangeEvent } from '../../model/api/stream.ts';
import { ChangeStream } from './stream.ts';

/** A source of events, a clock and timers that the test moves by hand. */
class Stand {
  nowMs = 0;
  readonly opened: FakeEvents[] = [];
  readonly changes: ChangeEvent[] = [];
  #timers: { readonly dueMs: number; readonly run: () => void }[] = [];
  readonly stream = new ChangeStream(
    {
      open: () => {
        const events = new FakeEvents();
        this.opened.push(events);
        return events as unknown as EventSource;
      },
      now: () => this.nowMs,
      schedule: (run, afterMs) => {
        const timer = { dueMs: this.nowMs + afterMs, run };
        this.#timers.push(timer);
        return () => {
          this.#timers = this.#timers.filter((one) => one !== timer);
        };
      },
    },
    (change) => this.changes.push(change),
  );

  advance(ms: number): void {
    const endMs = this.nowMs + ms;
    for (;;) {
      const next = this.#timers
        .filter(({ dueMs }) => dueMs <= endMs)
        .toSorted((a, b) => a.dueMs - b.dueMs)[0];
      if (next === undefined) break;
      this.#timers = this.#timers.filter((one) => one !== next);
      this.nowMs = next.dueMs;
      next.run();
    }
    this.nowMs = endMs;
  }
}

class FakeEvents extends EventTarget {
  closed = false;
  close(): void {
    this.closed = true;
  }
  say(data: unknown): void {
    this.dispatchEvent(
      new MessageEvent('change', { data: typeof data === 'string' ? data : JSON.stringify(data) }),
    );
  }
  fail(): void {
    this.dispatchEvent(new Event('error'));
  }
}

const HELLO = { subject: 'hello', atMs: 1, version: '1.2.3' };

describe('the stream of changes', () => {
  it('is live after hello, and hands changes on', () => {
    const stand = new Stand();
    stand.stream.start();
    expect(stand.stream.current()).toEqual({ state: 'connecting' });
    stand.opened[0]?.say(HELLO);
    stand.opened[0]?.say({ subject: 'incident', id: 'a', sequence: 3 });
    expect(stand.stream.current()).toEqual({ state: 'live', sinceMs: 0, version: '1.2.3' });
    expect(stand.changes.map(({ subject }) => subject)).toEqual(['hello', 'incident']);
  });

  it('passes over what it does not know', () => {
    const stand = new Stand();
    stand.stream.start();
    stand.opened[0]?.say('not json');
    stand.opened[0]?.say({ subject: 'weather' });
    expect(stand.changes).toEqual([]);
  });

  it('tries again with growing pauses, and from the first one after a success', () => {
    const stand = new Stand();
    stand.stream.start();
    stand.opened[0]?.fail();
    expect(stand.stream.current()).toEqual({ state: 'lost', sinceMs: 0, retryAtMs: 1_000 });
    stand.advance(1_000);
    stand.opened[1]?.fail();
    expect(stand.stream.current()).toEqual({ state: 'lost', sinceMs: 0, retryAtMs: 3_000 });
    stand.advance(1_999);
    expect(stand.opened).toHaveLength(2);
    stand.advance(1);
    stand.opened[2]?.say(HELLO);
    stand.opened[2]?.fail();
    expect(stand.stream.current()).toEqual({ state: 'lost', sinceMs: 3_000, retryAtMs: 4_000 });
    expect(stand.opened.map(({ closed }) => closed)).toEqual([true, true, true]);
  });

  it('gives up a connection that never says hello', () => {
    const stand = new Stand();
    stand.stream.start();
    stand.advance(10_000);
    expect(stand.stream.current().state).toBe('lost');
    stand.advance(1_000);
    expect(stand.opened).toHaveLength(2);
  });

  it('stops for good when told', () => {
    const stand = new Stand();
    stand.stream.start();
    stand.opened[0]?.fail();
    stand.stream.stop();
    stand.advance(60_000);
    expect(stand.opened).toHaveLength(1);
  });

  it('begins anew after a stop, and does not take an old connection for a live one', () => {
    const stand = new Stand();
    stand.stream.start();
    stand.opened[0]?.say(HELLO);
    stand.stream.stop();
    expect(stand.opened[0]?.closed).toBe(true);
    stand.stream.start();
    expect(stand.stream.current()).toEqual({ state: 'connecting' });
    stand.advance(10_000);
    expect(stand.stream.current().state).toBe('lost');
  });
});
