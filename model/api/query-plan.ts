import { z } from 'zod';

/**
 * What one part of a query did. `ms` is its own time, that of its children left out; reads overlap, so a read counts where it was
 * waited for and as long as it was.
 */
export interface QueryPlanNode {
  /** This part in its standard form. */
  readonly expr: string;
  readonly kind: QueryPlanKind;
  /** Who worked it out: ClickHouse, samples held in memory, or this process from its children. */
  readonly where: 'clickhouse' | 'memory' | 'process';
  /** What the store worked out itself, as PromQL; null where it handed over samples or had no part. */
  readonly pushedDown: string | null;
  /** Of the samples read: as they came, rolled up to 5 min, or both; null where none were read. */
  readonly resolution: 'raw' | '5m' | 'mixed' | null;
  /** Series that this part gives. */
  readonly series: number;
  /** Rows that the store went through. Parts that share a read count it once. */
  readonly rowsRead: number;
  readonly ms: number;
  readonly children: readonly QueryPlanNode[];
}

const QUERY_PLAN_KINDS = [
  'number',
  'string',
  'unary',
  'binary',
  'call',
  'aggregate',
  'selector',
  'range_selector',
  'subquery',
] as const;
type QueryPlanKind = (typeof QUERY_PLAN_KINDS)[number];

const node: z.ZodType<QueryPlanNode> = z.object({
  expr: z.string(),
  kind: z.enum(QUERY_PLAN_KINDS),
  where: z.enum(['clickhouse', 'memory', 'process']),
  pushedDown: z.string().nullable(),
  resolution: z.enum(['raw', '5m', 'mixed']).nullable(),
  series: z.number(),
  rowsRead: z.number(),
  ms: z.number(),
  get children() {
    return z.array(node);
  },
});

/** `data.explain` of `/prometheus/api/v1/query` and `query_range` with `explain=1`. */
export const queryExplanation = z.object({
  parseMs: z.number(),
  planMs: z.number(),
  evaluateMs: z.number(),
  totalMs: z.number(),
  /** Of all parts. */
  rowsRead: z.number(),
  root: node,
});
export type QueryExplanation = z.infer<typeof queryExplanation>;
