import type { QueryPlanNode } from '../../model/api/query-plan.ts';
import type { Expr } from '../ast.ts';
import { formatExpr } from '../printer.ts';
import type { ReadFigures } from '../queryable.ts';

/**
 * Writes down what each part of a query did, as the evaluator goes in and out of it. The evaluator works on one part at a time, so
 * what happens belongs to the part that was entered last.
 */
export class PlanRecorder {
  readonly #monotonic: () => number;
  readonly #reads = new Map<string, ReadLog>();
  readonly #top: OpenNode[] = [];
  #open: OpenNode | undefined;

  constructor(monotonic: () => number) {
    this.#monotonic = monotonic;
  }

  /** Runs the evaluation of a part and notes its time and its series. Parentheses are no part of their own. */
  async node<T>(expr: Expr, run: () => Promise<T>, seriesOf: (result: T) => number): Promise<T> {
    if (expr.kind === 'paren') return run();
    const parent = this.#open;
    const node = new OpenNode(expr);
    (parent?.children ?? this.#top).push(node);
    this.#open = node;
    const began = this.#monotonic();
    try {
      const result = await run();
      node.series = seriesOf(result);
      return result;
    } finally {
      node.inclusiveMs = this.#monotonic() - began;
      this.#open = parent;
    }
  }

  /** Where the store tells about the read of that key. */
  onRead(key: string): (figures: ReadFigures) => void {
    return (figures) => this.#logOf(key).add(figures);
  }

  /** The open part uses the read of that key; with `pushedDown`, the store worked the part out itself. */
  uses(key: string, pushedDown: Expr | undefined): void {
    if (this.#open === undefined) return;
    this.#open.read = this.#logOf(key);
    this.#open.pushedDown = pushedDown;
  }

  /** The tree, once the query is done. */
  finish(): { readonly root: QueryPlanNode; readonly rowsRead: number } | undefined {
    const root = this.#top[0]?.close();
    let rowsRead = 0;
    for (const { rows } of this.#reads.values()) rowsRead += rows;
    return root && { root, rowsRead };
  }

  #logOf(key: string): ReadLog {
    let log = this.#reads.get(key);
    if (log === undefined) {
      log = new ReadLog();
      this.#reads.set(key, log);
    }
    return log;
  }
}

const KINDS = {
  number: 'number',
  string: 'string',
  unary: 'unary',
  binary: 'binary',
  call: 'call',
  aggregate: 'aggregate',
  vector_selector: 'selector',
  matrix_selector: 'range_selector',
  subquery: 'subquery',
} as const satisfies Record<Exclude<Expr['kind'], 'paren'>, QueryPlanNode['kind']>;

class OpenNode {
  readonly expr: Exclude<Expr, { kind: 'paren' }>;
  readonly children: OpenNode[] = [];
  series = 0;
  inclusiveMs = 0;
  read: ReadLog | undefined;
  pushedDown: Expr | undefined;

  constructor(expr: Exclude<Expr, { kind: 'paren' }>) {
    this.expr = expr;
  }

  close(): QueryPlanNode {
    const children = this.children.map((child) => child.close());
    const within = this.children.reduce((sum, { inclusiveMs }) => sum + inclusiveMs, 0);
    return {
      expr: formatExpr(this.expr),
      kind: KINDS[this.expr.kind],
      where: this.read?.where ?? 'process',
      pushedDown: this.pushedDown === undefined ? null : formatExpr(this.pushedDown),
      resolution: this.read?.resolution ?? null,
      series: this.series,
      rowsRead: this.read?.takeRows() ?? 0,
      ms: Math.max(0, this.inclusiveMs - within),
      children,
    };
  }
}

/** One read, which the store may do in several steps. */
class ReadLog {
  rows = 0;
  where: ReadFigures['where'] | undefined;
  resolution: ReadFigures['resolution'] | undefined;
  #taken = false;

  /** A read that needed ClickHouse at all was one of ClickHouse. */
  add({ rows, where, resolution }: ReadFigures): void {
    this.rows += rows;
    if (this.where !== 'clickhouse') this.where = where;
    this.resolution = this.resolution === undefined || this.resolution === resolution ? resolution : 'mixed';
  }

  takeRows(): number {
    if (this.#taken) return 0;
    this.#taken = true;
    return this.rows;
  }
}
