import { describe, expect, it } from 'vitest';
import { callKey, layOut } from './layout.ts';
import { NODE } from './route.ts';
import { fitted } from './use-zoom.ts';

const calls = (...pairs: readonly string[]) =>
  pairs.map((pair) => {
    const [from = '', to = ''] = pair.split('>');
    return { from, to };
  });
const column = (layout: ReturnType<typeof layOut>, id: string) => layout.places.get(id)?.x ?? Number.NaN;

describe('the map of services', () => {
  it('has callers left of what they call, by the longest way', () => {
    const layout = layOut(
      ['db', 'order', 'gate', 'pay'],
      calls('gate>order', 'order>pay', 'order>db', 'pay>db'),
    );
    const columns = ['gate', 'order', 'pay', 'db'].map((id) => column(layout, id));
    expect(columns).toEqual([...columns].sort((a, b) => a - b));
    expect(new Set(columns).size).toBe(4);
  });

  it('is the same however the answer was ordered', () => {
    const ids = ['a', 'b', 'c', 'd', 'e'];
    const links = calls('a>b', 'a>c', 'b>d', 'c>d', 'd>e', 'e>b');
    expect([...layOut(ids.toReversed(), links.toReversed()).places].sort()).toEqual(
      [...layOut(ids, links).places].sort(),
    );
  });

  it('bears circles, calls to oneself, and calls to what it does not know', () => {
    const layout = layOut(['a', 'b', 'c'], calls('a>b', 'b>c', 'c>a', 'b>b', 'a>gone'));
    expect([...layout.places.keys()].sort()).toEqual(['a', 'b', 'c']);
    expect(column(layout, 'a')).toBeLessThan(column(layout, 'c'));
  });

  it('puts nothing on top of anything else, and all of it within its size', () => {
    const ids = Array.from({ length: 60 }, (_, index) => `s${index}`);
    const links = ids.flatMap((from, index) => [
      { from, to: `s${(index * 7 + 3) % 60}` },
      { from, to: `s${(index * 11 + 1) % 60}` },
    ]);
    const { places, width, height } = layOut(ids, links);
    const all = [...places.values()];
    for (const [index, one] of all.entries()) {
      expect(one.x).toBeGreaterThanOrEqual(0);
      expect(one.x + NODE.width).toBeLessThanOrEqual(width);
      expect(one.y + NODE.height).toBeLessThanOrEqual(height);
      for (const other of all.slice(index + 1)) {
        expect(Math.abs(one.x - other.x) >= NODE.width || Math.abs(one.y - other.y) >= NODE.height).toBe(
          true,
        );
      }
    }
  });

  it('keeps calls from crossing where it can', () => {
    const { places } = layOut(['a', 'b', 'x', 'y'], calls('a>y', 'b>x'));
    const row = (id: string) => places.get(id)?.y ?? 0;
    expect(row('a') < row('b')).toBe(row('y') < row('x'));
  });

  it('is nothing but a margin when there is nothing', () => {
    const { places, routes, width, height } = layOut([], []);
    expect([places.size, routes.size]).toEqual([0, 0]);
    expect([width, height].every((length) => length > 0)).toBe(true);
  });

  it('leads a call around what stands between its ends', () => {
    const layout = layOut(['a', 'b', 'c'], calls('a>b', 'b>c', 'a>c', 'c>a', 'b>b'));
    const between = layout.places.get('b')!;
    for (const call of calls('a>c', 'c>a')) {
      const { path } = layout.routes.get(callKey(call))!;
      const level = [...path.matchAll(/L[\d.]+,([\d.]+)/g)].map(([, y]) => Number(y));
      expect(level).toHaveLength(1);
      expect(level.every((y) => y < between.y || y > between.y + NODE.height)).toBe(true);
    }
    expect(layout.routes.size).toBe(5);
    expect([...layout.routes.values()].some(({ path }) => path.includes('NaN'))).toBe(false);
  });
});

describe('the view of the map', () => {
  it('shows all of it in the middle and enlarges nothing', () => {
    const { x, y, k } = fitted({ width: 400, height: 100 }, { width: 800, height: 400 });
    expect([x, y, k]).toEqual([200, 150, 1]);
  });

  it('stays legible, around the focus, within the map', () => {
    const view = { width: 800, height: 400 };
    const content = { width: 4_000, height: 200 };
    expect(fitted(content, view).x).toBe(0);
    const middle = fitted(content, view, { x: 2_000, y: 0 });
    expect(middle.k).toBeGreaterThan(0.7);
    expect(middle.applyX(2_000 + NODE.width / 2)).toBeCloseTo(400);
    expect(fitted(content, view, { x: 3_900, y: 0 }).applyX(4_000)).toBeCloseTo(800);
  });
});
