import { describe, expect, it } from 'vitest';
import type { QueryExplanation, QueryPlanNode } from '../../../model/api/query-plan.ts';
import { planRows, summarisePlan } from './plan.ts';

const part = (expr: string, ms: number, over: Partial<QueryPlanNode> = {}): QueryPlanNode => ({
  expr,
  kind: 'binary',
  where: 'process',
  pushedDown: null,
  resolution: null,
  series: 1,
  rowsRead: 0,
  ms,
  children: [],
  ...over,
});
const plan = (root: QueryPlanNode): QueryExplanation => ({
  parseMs: 1,
  planMs: 1,
  evaluateMs: 98,
  totalMs: 100,
  rowsRead: 9,
  root,
});

const LEFT = part('sum(rate(a[5m]))', 60, {
  where: 'clickhouse',
  pushedDown: 'sum(rate(a[5m]))',
  resolution: 'raw',
});
const RIGHT = part('b', 30, { where: 'memory', resolution: '5m' });

describe('the plan of a query', () => {
  it('is a tree, told from the outermost part in', () => {
    const rows = planRows(plan(part('x / y', 3, { children: [LEFT, part('-b', 2, { children: [RIGHT] })] })));
    expect(rows.map(({ id, depth, node }) => [id, depth, node.expr])).toEqual([
      ['0', 0, 'x / y'],
      ['0.0', 1, 'sum(rate(a[5m]))'],
      ['0.1', 1, '-b'],
      ['0.1.0', 2, 'b'],
    ]);
  });

  it('compares times: bars with the longest part, shares with the whole', () => {
    const rows = planRows(plan(part('x / y', 0, { children: [LEFT, RIGHT] })));
    expect(rows.map(({ bar }) => bar)).toEqual([0, 1, 0.5]);
    expect(rows.map(({ share }) => share)).toEqual([0, 0.6, 0.3]);
    expect(planRows({ ...plan(part('1', 0)), totalMs: 0 })[0]).toMatchObject({ bar: 0, share: 0 });
  });

  it('says which samples were read, what was pushed down and what took longest', () => {
    const both = summarisePlan(plan(part('x / y', 3, { children: [LEFT, RIGHT] })));
    expect(both).toMatchObject({ resolution: 'mixed', pushedDown: 1, slowest: { expr: 'sum(rate(a[5m]))' } });
    expect(summarisePlan(plan(RIGHT)).resolution).toBe('5m');
    expect(summarisePlan(plan(part('1 + 1', 0))).resolution).toBeNull();
  });
});
