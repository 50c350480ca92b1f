import { describe, expect, it } from 'vitest';
import type { Span } from '../../../../model/api/trace.ts';
import type { OutlinedSpan } from '../../../../model/api/trace-outline.ts';
import { makeSpan, treeOf } from '../testing/make-span.ts';
import { compareAttributes } from './attributes.ts';
import { compareTraces, differs, onlyDiffering, pathOf } from './paths.ts';

const goodSpans = [
  makeSpan('g1', null, 0, 100, { name: 'checkout' }),
  makeSpan('g2', 'g1', 10, 20, { name: 'price' }),
  makeSpan('g3', 'g1', 40, 20, { name: 'notify' }),
];
const badSpans = [
  makeSpan('b1', null, 0, 900, { name: 'checkout' }),
  makeSpan('b2', 'b1', 10, 300, { name: 'price' }),
  makeSpan('b3', 'b1', 310, 300, { name: 'price', status: 'error' }),
  makeSpan('b4', 'b3', 320, 100, { name: 'retry' }),
];
const [good, bad] = [treeOf(goodSpans), treeOf(badSpans)];

/** What spans say: of a version, of a region, of a request. */
const said = (spans: readonly OutlinedSpan[], version: string, ids: readonly string[]): readonly Span[] =>
  spans.map(({ spanId, parentSpanId, service, name, kind, status }, index) => ({
    ...{ spanId, parentSpanId, service, name, kind, status, statusMessage: '' },
    ...{ startUnixNano: '0', durationNano: '0', scope: '', scopeVersion: '', scopeAttributes: {} },
    ...{ traceState: '', events: [], links: [] },
    resource: index === 0 ? { 'service.version': version } : {},
    attributes: name === 'price' ? { region: 'north', 'request.id': ids[index - 1]! } : {},
  }));
const goodSaid = said(goodSpans, '1.4', ['a1b2c3d4e5f60718']);
const badSaid = said(badSpans, '1.5', ['99b2c3d4e5f60718', '77b2c3d4e5f60718']);

describe('two traces beside each other', () => {
  const paths = compareTraces(bad, good);

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
    const attributes = compareAttributes(paths, { here: badSaid, there: goodSaid });
    expect(attributes.map(({ key }) => key)).toEqual(['service.version', 'request.id']);
    expect(attributes[0]).toMatchObject({ here: ['1.5'], there: ['1.4'], paths: 1, onError: false });
    expect(attributes[1]).toMatchObject({ onError: true });
  });

  it('keep only the calls that differ, each below what called it', () => {
    const spans = (long: number) => [
      makeSpan('1', null, 0, 1_000, { name: 'checkout' }),
      makeSpan('2', '1', 0, 300, { name: 'price' }),
      makeSpan('3', '2', 0, 200, { name: 'cache' }),
      makeSpan('4', '1', 300, 600, { name: 'charge' }),
      makeSpan('5', '4', 300, 500, { name: 'bank' }),
      makeSpan('6', '5', 300, long, { name: 'sign' }),
    ];
    const all = compareTraces(treeOf(spans(400)), treeOf(spans(200)));
    expect(onlyDiffering(all, 1_000).map(({ name }) => name)).toEqual(['checkout', 'charge', 'bank', 'sign']);
    expect(all.filter((path) => differs(path, 1_000)).map(({ name }) => name)).toEqual(['sign']);
  });

  it('take a small change for chance, but not a failure, nor a call more or less', () => {
    const [slower] = compareTraces(
      treeOf([makeSpan('a', null, 0, 105, { name: 'price' })]),
      treeOf([makeSpan('b', null, 0, 100, { name: 'price' })]),
    );
    expect(differs(slower!, 105)).toBe(false);
    // Twice as long, but a thousandth of the whole.
    expect(differs({ ...slower!, hereNano: 200, changeNano: 100 }, 100_000)).toBe(false);
    expect(differs({ ...slower!, hereNano: 200, changeNano: 100 }, 200)).toBe(true);
    expect(differs({ ...slower!, hereErrors: 1 }, 105)).toBe(true);
    expect(differs({ ...slower!, here: [...slower!.here, ...slower!.here] }, 105)).toBe(true);
    expect(differs({ ...slower!, state: 'missing' }, 105)).toBe(true);
  });

  it('are found again by a span of either', () => {
    expect(pathOf(paths, paths[0]!.here[0]!.key)?.name).toBe('checkout');
    expect(pathOf(paths, paths[3]!.there[0]!.key)?.name).toBe('notify');
    expect(pathOf(paths, 'nobody')).toBeNull();
  });

  it('of the same trace differ in nothing', () => {
    const same = compareTraces(good, good);
    expect(compareAttributes(same, { here: goodSaid, there: goodSaid })).toEqual([]);
    expect(same.every(({ state, changeNano }) => state === 'both' && changeNano === 0)).toBe(true);
  });
});
