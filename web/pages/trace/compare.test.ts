import { describe, expect, it } from 'vitest';
import { compareTraces } from './compare.ts';
import { makeSpan } from './testing/make-span.ts';
import { buildTree } from './tree.ts';

const good = buildTree([
  makeSpan('g1', null, 0, 100, { name: 'checkout', resource: { 'service.version': '1.4' } }),
  makeSpan('g2', 'g1', 10, 20, {
    name: 'price',
    attributes: { region: 'north', 'request.id': 'a1b2c3d4e5f60718' },
  }),
  makeSpan('g3', 'g1', 40, 20, { name: 'notify' }),
]);
const bad = buildTree([
  makeSpan('b1', null, 0, 900, { name: 'checkout', resource: { 'service.version': '1.5' } }),
  makeSpan('b2', 'b1', 10, 300, {
    name: 'price',
    attributes: { region: 'north', 'request.id': '99b2c3d4e5f60718' },
  }),
  makeSpan('b3', 'b1', 310, 300, {
    name: 'price',
    status: 'error',
    attributes: { region: 'north', 'request.id': '77b2c3d4e5f60718' },
  }),
  makeSpan('b4', 'b3', 320, 100, { name: 'retry' }),
]);

describe('two traces beside each other', () => {
  const { paths, attributes } = compareTraces(bad, good);

  it('pair what is reached by the same services and names, however often it came', () => {
    expect(
      paths.map(({ name, depth, here, there, state, changeNano }) => [
        name,
        depth,
        here.length,
        there.length,
        state,
        changeNano,
      ]),
    ).toEqual([
      ['checkout', 0, 1, 1, 'both', 800],
      ['price', 1, 2, 1, 'both', 580],
      ['retry', 2, 1, 0, 'added', 100],
      ['notify', 1, 0, 1, 'missing', -20],
    ]);
    expect(paths[1]).toMatchObject({ hereErrors: 1, thereErrors: 0 });
  });

  it('rank a changed version before ids that are always new, and leave out what is the same', () => {
    expect(attributes.map(({ key }) => key)).toEqual(['service.version', 'request.id']);
    expect(attributes[0]).toMatchObject({ here: ['1.5'], there: ['1.4'], paths: 1, onError: false });
    expect(attributes[1]).toMatchObject({ onError: true });
  });

  it('of the same trace differ in nothing', () => {
    const same = compareTraces(good, good);
    expect(same.attributes).toEqual([]);
    expect(same.paths.every(({ state, changeNano }) => state === 'both' && changeNano === 0)).toBe(true);
  });
});
