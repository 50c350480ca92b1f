import { describe, expect, it } from 'vitest';
import type { Priority } from '../threads/messages.ts';
import { Turns } from './turns.ts';

/** Who went on, in order, when all of them rest at once and each `times` times. */
async function orderOf(all: readonly (readonly [name: string, Priority])[], times = 1): Promise<string[]> {
  const turns = new Turns();
  const order: string[] = [];
  await Promise.all(
    all.map(async ([name, priority]) => {
      for (let i = 0; i < times; i++) {
        await turns.rest(priority);
        order.push(name);
      }
    }),
  );
  return order;
}

describe('turns', () => {
  it('go round among people', async () => {
    const people = [
      ['a', 'people'],
      ['b', 'people'],
      ['c', 'people'],
    ] as const;
    expect((await orderOf(people, 2)).join('')).toBe('abcabc');
  });

  it('are the rules’ first', async () => {
    expect(
      await orderOf([
        ['a', 'people'],
        ['b', 'people'],
        ['rule', 'rules'],
      ]),
    ).toEqual(['rule', 'a', 'b']);
  });

  it('come to people even where a rule takes all it can get', async () => {
    const order = await orderOf(
      [
        ['a', 'people'],
        ['R', 'rules'],
      ],
      10,
    );
    expect(order.join('')).toBe('RRRRaRRRRaRRaaaaaaaa');
  });

  it('let timers and messages in between', async () => {
    const turns = new Turns();
    let seen = false;
    setImmediate(() => {
      seen = true;
    });
    await turns.rest('people');
    await turns.rest('people');
    expect(seen).toBe(true);
  });
});
