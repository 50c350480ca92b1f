import type { QueryExplanation, QueryPlanNode } from '../../../model/api/query-plan.ts';

/** One part of a query's plan as a row of a tree. */
export interface PlanRow {
  readonly node: QueryPlanNode;
  readonly depth: number;
  /** The path from the root: `0.1.0`. */
  readonly id: string;
  /** Own time, 0 to 1 of the longest part's. */
  readonly bar: number;
  /** Own time, 0 to 1 of the whole. */
  readonly share: number;
}

/** The parts of a plan from the outermost in, each before its own parts. */
export function planRows({ root, totalMs }: QueryExplanation): readonly PlanRow[] {
  const rows: PlanRow[] = [];
  const walk = (node: QueryPlanNode, depth: number, id: string): void => {
    rows.push({ node, depth, id, bar: 0, share: totalMs > 0 ? Math.min(1, node.ms / totalMs) : 0 });
    for (const [index, child] of node.children.entries()) walk(child, depth + 1, `${id}.${index}`);
  };
  walk(root, 0, '0');
  const longest = Math.max(...rows.map(({ node }) => node.ms), 0);
  return rows.map((row) => ({ ...row, bar: longest > 0 ? row.node.ms / longest : 0 }));
}

export interface PlanSummary {
  /** What was read: samples as they came, rolled up to 5 min, or both; null: nothing. */
  readonly resolution: QueryPlanNode['resolution'];
  /** How many parts the store worked out itself. */
  readonly pushedDown: number;
  readonly slowest: QueryPlanNode;
}

export function summarisePlan(explanation: QueryExplanation): PlanSummary {
  const nodes = planRows(explanation).map(({ node }) => node);
  const read = new Set(nodes.map(({ resolution }) => resolution).filter((resolution) => resolution !== null));
  return {
    resolution: read.size === 0 ? null : read.size === 1 ? ([...read][0] ?? null) : 'mixed',
    pushedDown: nodes.filter(({ pushedDown }) => pushedDown !== null).length,
    slowest: nodes.reduce((slowest, node) => (node.ms > slowest.ms ? node : slowest)),
  };
}
