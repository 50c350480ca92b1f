import { describe, expect, it } from 'vitest';
import { type QueryPlanNode, queryExplanation } from '../../model/api/query-plan.ts';
import { durationMs } from '../../model/units.ts';
import { createPromql } from '../engine.ts';
import { LabelSet } from '../label-set.ts';
import { MemoryStore } from '../memory-store.ts';
import type { GridRequest, GridResult, Queryable } from '../queryable.ts';

const MINUTE_MS = 60_000;

function storeOfThree(): MemoryStore {
  const store = new MemoryStore();
  for (const city of ['a', 'a', 'b'].keys()) {
    const labels = LabelSet.fromLabels({ __name__: 'up_total', i: String(city), city: city < 2 ? 'a' : 'b' });
    for (let minute = 0; minute <= 10; minute++) store.append(labels, minute * MINUTE_MS, minute);
  }
  return store;
}

/** Works out every grid with one series, having read 1,000 rows of which half were rolled up. */
class PushingStore extends MemoryStore implements Queryable {
  async selectGrid({ onRead, startMs, endMs, stepMs }: GridRequest): Promise<GridResult> {
    onRead?.({ rows: 400, where: 'clickhouse', resolution: 'raw' });
    onRead?.({ rows: 600, where: 'clickhouse', resolution: '5m' });
    const steps = (endMs - startMs) / stepMs + 1;
    const labels = LabelSet.fromLabels({ __name__: 'up_total' });
    const values = new Float64Array(steps);
    return { series: [{ labels, values, present: new Uint8Array(steps).fill(1) }], samples: [] };
  }
}

/** A clock on which nothing takes time unless it is read: every reading is 1 ms later. */
function engine(queryable: Queryable) {
  let now = 0;
  return createPromql({ queryable, clock: { monotonic: () => durationMs(now++) } });
}

async function explain(queryable: Queryable, query: string) {
  const result = await engine(queryable).range(query, 0, 10 * MINUTE_MS, MINUTE_MS, { explain: true });
  if (!result.ok || result.explain === undefined) throw new Error(JSON.stringify(result));
  return queryExplanation.parse(result.explain);
}

const totalMs = (node: QueryPlanNode): number =>
  node.children.reduce((sum, child) => sum + totalMs(child), node.ms);

describe('the plan of a query', () => {
  it('is the tree of its parts, in standard form and without parentheses', async () => {
    const { root } = await explain(storeOfThree(), '(sum by(city)(rate( up_total[5m])) > 2)');
    expect(root).toMatchObject({ kind: 'binary', expr: 'sum by (city) (rate(up_total[5m])) > 2' });
    const [sum, two] = root.children;
    expect(sum).toMatchObject({ kind: 'aggregate', where: 'process', series: 2, rowsRead: 0 });
    expect(two).toMatchObject({ kind: 'number', expr: '2', resolution: null, children: [] });
    const [rate] = sum!.children;
    expect(rate).toMatchObject({ kind: 'call', where: 'process', pushedDown: null, series: 3 });
    expect(rate!.children).toEqual([
      expect.objectContaining({
        kind: 'range_selector',
        expr: 'up_total[5m]',
        where: 'memory',
        resolution: 'raw',
        series: 3,
        rowsRead: 33,
      }),
    ]);
  });

  it('says what the store worked out, and from what', async () => {
    const { root, rowsRead } = await explain(new PushingStore(), 'sum(rate(up_total[5m]))');
    expect(root.children[0]).toMatchObject({
      where: 'clickhouse',
      pushedDown: 'rate(up_total[5m])',
      resolution: 'mixed',
      rowsRead: 1_000,
      series: 1,
    });
    expect(rowsRead).toBe(1_000);
  });

  it('counts a read that two parts share once', async () => {
    const { root, rowsRead } = await explain(storeOfThree(), 'deriv(up_total[5m]) - deriv(up_total[5m])');
    const selectors = root.children.flatMap(({ children }) => children);
    expect(selectors.map((node) => node.rowsRead)).toEqual([33, 0]);
    expect(selectors.map(({ where }) => where)).toEqual(['memory', 'memory']);
    expect(rowsRead).toBe(33);
  });

  it('goes into subqueries, and is given for range vectors too', async () => {
    const { root } = await explain(storeOfThree(), 'max_over_time(sum(up_total)[5m:1m])');
    expect(root.children[0]).toMatchObject({ kind: 'subquery', expr: 'sum(up_total)[5m:1m]', series: 1 });
    const result = await engine(storeOfThree()).instant('up_total[5m]', 10 * MINUTE_MS, { explain: true });
    expect(result.ok && result.explain?.root).toMatchObject({
      kind: 'range_selector',
      series: 3,
      rowsRead: 15,
    });
  });

  it('divides the time of the evaluation among the parts', async () => {
    const {
      root,
      evaluateMs,
      parseMs,
      planMs,
      totalMs: all,
    } = await explain(storeOfThree(), 'rate(up_total[5m]) + 1');
    expect(parseMs + planMs + evaluateMs).toBe(all);
    expect(totalMs(root)).toBeGreaterThan(0);
    expect(totalMs(root)).toBeLessThanOrEqual(evaluateMs);
  });

  it('is not there unless it is asked for', async () => {
    const result = await engine(storeOfThree()).instant('up_total', 0);
    expect(result.ok && result.explain).toBeUndefined();
  });
});
