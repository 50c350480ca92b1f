import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { OutlinedSpan } from '../../../model/api/trace-outline.ts';
import { criticalPath } from './critical-path.ts';
import { makeSpan, treeOf } from './testing/make-span.ts';

/** `a 0-10`: the request waited for `a` itself from 0 to 10. */
const path = (...spans: readonly OutlinedSpan[]): string[] =>
  criticalPath(treeOf(spans)).segments.map(
    ({ node, startNano, endNano }) => `${node.key} ${startNano}-${endNano}`,
  );

describe('the critical path', () => {
  const root = makeSpan('root', null, 0, 100);

  it('of one span is the span', () => {
    expect(path(root)).toEqual(['root 0-100']);
  });

  it('goes through children one after the other, and the root itself in between', () => {
    expect(path(root, makeSpan('a', 'root', 10, 20), makeSpan('b', 'root', 40, 50))).toEqual([
      'root 0-10',
      'a 10-30',
      'root 30-40',
      'b 40-90',
      'root 90-100',
    ]);
  });

  it('of children at the same time goes through the one that ended last', () => {
    expect(
      path(
        root,
        makeSpan('quick', 'root', 10, 30),
        makeSpan('slow', 'root', 10, 80),
        makeSpan('mid', 'root', 20, 50),
      ),
    ).toEqual(['root 0-10', 'slow 10-90', 'root 90-100']);
  });

  it('leaves out a child that overlaps the one that was waited for, and takes the one before', () => {
    expect(
      path(
        root,
        makeSpan('first', 'root', 0, 30),
        makeSpan('over', 'root', 20, 40),
        makeSpan('last', 'root', 40, 60),
      ),
    ).toEqual(['first 0-30', 'root 30-40', 'last 40-100']);
  });

  it('goes down to the leaves', () => {
    expect(path(root, makeSpan('a', 'root', 10, 80), makeSpan('b', 'a', 20, 30))).toEqual([
      'root 0-10',
      'a 10-20',
      'b 20-50',
      'a 50-90',
      'root 90-100',
    ]);
  });

  it('does not wait for children that go on after their parent, consumers, and what a producer sets off', () => {
    const late = makeSpan('late', 'root', 50, 200);
    const after = makeSpan('after', 'root', 150, 10);
    const consumer = makeSpan('consumer', 'root', 20, 30, { kind: 'consumer' });
    const producer = makeSpan('producer', 'root', 60, 10, { kind: 'producer' });
    const behind = makeSpan('behind', 'producer', 62, 4);
    expect(path(root, late, after, consumer)).toEqual(['root 0-100']);
    expect(path(root, producer, behind)).toEqual(['root 0-60', 'producer 60-70', 'root 70-100']);
  });

  it('waits for a server until its client gives up', () => {
    const client = makeSpan('client', 'root', 10, 50, { kind: 'client' });
    const server = makeSpan('server', 'client', 12, 400, { kind: 'server' });
    expect(path(root, client, server)).toEqual(['root 0-10', 'client 10-12', 'server 12-60', 'root 60-100']);
  });

  it('takes times with clocks adjusted', () => {
    const server = makeSpan('server', 'root', 5_000, 80, { service: 'gate', kind: 'server' });
    expect(path(root, server)).toEqual(['root 0-10', 'server 10-90', 'root 90-100']);
  });

  it('sums up how long each service itself was waited for', () => {
    const tree = treeOf([root, makeSpan('a', 'root', 10, 60, { service: 'gate' })]);
    expect(criticalPath(tree).services).toEqual([
      { service: 'gate', selfNano: 60, share: 0.6 },
      { service: 'order', selfNano: 40, share: 0.4 },
    ]);
  });

  it('of nothing is nothing', () => {
    expect(criticalPath(treeOf([])).segments).toEqual([]);
    expect(path(makeSpan('root', null, 0, 0))).toEqual([]);
  });

  it('of any trace has neither gaps nor overlaps and is as long as the root', () => {
    const kinds = fc.constantFrom<OutlinedSpan['kind']>(
      'internal',
      'client',
      'server',
      'consumer',
      'producer',
    );
    const service = fc.constantFrom('order', 'gate');
    const child = fc.record({ at: fc.nat(120), long: fc.nat(120), kind: kinds, service, under: fc.nat(40) });
    fc.assert(
      fc.property(fc.array(child, { maxLength: 40 }), fc.boolean(), (children, adjustClocks) => {
        const spans = children.map(({ at, long, kind, service, under }, index) =>
          makeSpan(`s${index}`, index === 0 || under >= index ? 'root' : `s${under}`, at, long, {
            kind,
            service,
          }),
        );
        const tree = treeOf([root, ...spans], { adjustClocks });
        const { segments } = criticalPath(tree);
        const start = tree.main!.startNano;
        expect(segments[0]?.startNano).toBe(start);
        expect(segments.at(-1)?.endNano).toBe(start + 100);
        for (let index = 1; index < segments.length; index++)
          expect(segments[index]?.startNano).toBe(segments[index - 1]?.endNano);
      }),
    );
  });
});
