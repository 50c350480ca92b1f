import { describe, expect, it } from 'vitest';
import { whileSeen } from './while-seen.ts';

/** A page that the test shows and hides, and the one timer that may be set. */
class Page extends EventTarget {
  visibilityState: DocumentVisibilityState;
  due: (() => void) | null = null;
  readonly done: string[] = [];
  readonly end: () => void;

  constructor(visibilityState: DocumentVisibilityState) {
    super();
    this.visibilityState = visibilityState;
    const schedule = (run: () => void) => {
      this.due = run;
      return () => {
        this.due = null;
      };
    };
    const note = (what: string) => () => void this.done.push(what);
    this.end = whileSeen(this, schedule, { start: note('start'), stop: note('stop') });
  }

  turn(visibilityState: DocumentVisibilityState): void {
    this.visibilityState = visibilityState;
    this.dispatchEvent(new Event('visibilitychange'));
  }
}

describe('what runs while the page is seen', () => {
  it('stops when nobody has seen it for a while, and starts again', () => {
    const page = new Page('visible');
    page.turn('hidden');
    expect(page.done).toEqual(['start']);
    page.due?.();
    expect(page.done).toEqual(['start', 'stop']);
    page.turn('visible');
    expect(page.done).toEqual(['start', 'stop', 'start']);
  });

  it('goes on over a short look elsewhere', () => {
    const page = new Page('visible');
    page.turn('hidden');
    page.turn('visible');
    expect(page.due).toBeNull();
    expect(page.done).toEqual(['start']);
  });

  it('waits in a tab that was opened in the background', () => {
    const page = new Page('hidden');
    page.due?.();
    expect(page.done).toEqual([]);
    page.turn('visible');
    expect(page.done).toEqual(['start']);
  });

  it('ends with what it runs in, once', () => {
    const page = new Page('visible');
    page.end();
    page.turn('hidden');
    page.turn('visible');
    expect(page.done).toEqual(['start', 'stop']);
  });
});
