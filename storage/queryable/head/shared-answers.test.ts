import { describe, expect, it } from 'vitest';
import { LoadHistory } from './load-history.ts';
import { SharedAnswers } from './shared-answers.ts';

/** Work that is done when it is told to, and the signal that ends it. */
class Work {
  begun = 0;
  end: AbortSignal | undefined;
  readonly #done = Promise.withResolvers<Uint8Array | undefined>();

  readonly run = (end: AbortSignal | undefined) => {
    this.begun++;
    this.end = end;
    return this.#done.promise;
  };

  finish(bytes = 10): this {
    this.#done.resolve(new Uint8Array(bytes));
    return this;
  }

  fail(error: Error): void {
    this.#done.reject(error);
  }
}

const open = (maxBytes = 100) => {
  const loads = new LoadHistory();
  const answers = new SharedAnswers<Uint8Array>({ loads, maxBytes }, ({ length }) => length);
  const ask = (work: Work, key = 'a', abort?: AbortSignal) =>
    answers.of({ key, endMs: 1_000, abort }, work.run);
  return { loads, ask };
};

describe('shared answers', () => {
  it('work out once what is asked at the same time and later', async () => {
    const { ask } = open();
    const work = new Work();
    const both = Promise.all([ask(work), ask(work)]);
    work.finish();
    const [one, other] = await both;
    expect(one).toBe(other);
    expect(await ask(work)).toBe(one);
    expect(work.begun).toBe(1);
  });

  it('hold until samples within their range are loaded, also while they are worked out', async () => {
    const { loads, ask } = open();
    const [first, second, third] = [new Work().finish(), new Work(), new Work().finish()];
    await ask(first);
    loads.add(1_001);
    await ask(second.finish());
    expect(second.begun).toBe(0);
    loads.add(1_000);
    const late = new Work();
    const asked = ask(late);
    loads.add(900);
    late.finish();
    await asked;
    await ask(third);
    expect([late.begun, third.begun]).toEqual([1, 1]);
  });

  it('go on while anybody waits, and end with the last who leaves', async () => {
    const { ask } = open();
    const work = new Work();
    const [one, other] = [new AbortController(), new AbortController()];
    const [left, stayed] = [ask(work, 'a', one.signal), ask(work, 'a', other.signal)];
    one.abort(new Error('left'));
    await expect(left).rejects.toThrow('left');
    expect(work.end!.aborted).toBe(false);
    other.abort(new Error('left too'));
    await expect(stayed).rejects.toThrow('left too');
    expect(work.end!.aborted).toBe(true);
    const again = new Work().finish();
    await ask(again);
    expect(again.begun).toBe(1);
  });

  it('do not keep failures', async () => {
    const { ask } = open();
    const [failing, again] = [new Work(), new Work().finish()];
    const asked = ask(failing);
    failing.fail(new Error('no'));
    await expect(asked).rejects.toThrow('no');
    expect(await ask(again)).toHaveLength(10);
  });

  it('make room for new ones by those that were not asked for longest', async () => {
    const { ask } = open(100);
    const [a, b, c] = [new Work().finish(40), new Work().finish(40), new Work().finish(40)];
    await ask(a, 'a');
    await ask(b, 'b');
    await ask(a, 'a');
    await ask(c, 'c');
    await ask(a, 'a');
    await ask(b, 'b');
    expect([a.begun, b.begun, c.begun]).toEqual([1, 2, 1]);
  });

  it('share nothing without room', async () => {
    const { ask } = open(0);
    const work = new Work().finish();
    await ask(work);
    await ask(work);
    expect(work.begun).toBe(2);
  });
});
