import type { AtModifier, CallExpr, DurationExpr, Expr, SubqueryExpr, VectorSelector } from './ast.ts';
import { withoutParens } from './ast.ts';
import { DurationError, evaluateDuration } from './duration.ts';
import { EvaluationError } from './errors.ts';
import { endOf, type QueryBounds, type StepGrid } from './evaluate/grid.ts';
import { EXTENSION_SAFE_FUNCTIONS, type FunctionName } from './function-signatures.ts';
import { Invariance } from './invariance.ts';
import { ParseError } from './parse-error.ts';
import type { GridFunction, SelectHints } from './queryable.ts';

/** What a query is asked for and how it may be answered. */
export interface PlanRequest {
  readonly query: string;
  readonly expr: Expr;
  readonly bounds: QueryBounds;
  /** The steps within the bounds. */
  readonly grid: StepGrid;
  readonly lookbackMs: number;
  /** Of subqueries that name no step. */
  readonly defaultSubqueryStepMs: number;
  readonly maxSubquerySteps: number;
  /** Whether range functions may be left to the store. */
  readonly pushdown: boolean;
}

/** Every question of time answered: what to read, on which grid each part is evaluated, what the store does itself. */
export interface QueryPlan {
  readonly request: PlanRequest;
  readonly selectors: ReadonlyMap<VectorSelector, SelectorPlan>;
  readonly subqueries: ReadonlyMap<SubqueryExpr, SubqueryPlan>;
  /** Parts that have the same value at every step: evaluated once, on one step. */
  readonly invariant: ReadonlySet<Expr>;
}

export interface SelectorPlan {
  readonly selector: VectorSelector;
  /** The grid around the selector. */
  readonly grid: StepGrid;
  /** Looks at (t - offsetMs - windowMs, t - offsetMs], where t is the step or, if set, `atMs`. */
  readonly offsetMs: number;
  readonly atMs: number | undefined;
  /** The range; the lookback of an instant selector. */
  readonly windowMs: number;
  readonly isRange: boolean;
  /** Hints of resets are to be worked out against the sample before, as Prometheus does when it skips buckets. */
  readonly histogramStats: boolean;
  /** How much more is read before and after for `anchored` and `smoothed`. */
  readonly extendBeforeMs: number;
  readonly extendAfterMs: number;
  /** What to read: (readStartMs, readEndMs]. */
  readonly readStartMs: number;
  readonly readEndMs: number;
  readonly hints: SelectHints;
  /** The call that the store may evaluate on the grid itself. */
  readonly pushdown: GridFunction | undefined;
}

export interface SubqueryPlan {
  /** The grid around the subquery. */
  readonly outer: StepGrid;
  readonly inner: StepGrid;
  readonly offsetMs: number;
  readonly atMs: number | undefined;
  readonly rangeMs: number;
}

const PUSHDOWN_FUNCTIONS: ReadonlySet<string> = new Set<GridFunction>([
  'rate',
  'increase',
  'delta',
  'irate',
  'idelta',
  'last_over_time',
]);

/**
 * Plans a query.
 *
 * @throws ParseError for durations that make no sense, EvaluationError for subqueries of too many steps.
 */
export function planQuery(request: PlanRequest): QueryPlan {
  const planner = new Planner(request);
  planner.visit(request.expr, request.grid, NOTHING_AROUND);
  return planner.plan;
}

interface Around {
  /** Only counts and sums of histograms are wanted: under `histogram_count` and the like. */
  readonly histogramStats: boolean;
  readonly func: string;
  readonly by: boolean;
  readonly grouping: readonly string[];
}

const NOTHING_AROUND: Around = { histogramStats: false, func: '', by: false, grouping: [] };

/** Whether a function wants only counts and sums of histograms (true) or their buckets (false). */
const HISTOGRAM_STATS: Partial<Record<FunctionName, boolean>> = {
  histogram_avg: true,
  histogram_count: true,
  histogram_sum: true,
  histogram_fraction: false,
  histogram_quantile: false,
  histogram_quantiles: false,
};

class Planner {
  readonly #request: PlanRequest;
  readonly #selectors = new Map<VectorSelector, SelectorPlan>();
  readonly #subqueries = new Map<SubqueryExpr, SubqueryPlan>();
  readonly #invariant = new Set<Expr>();
  readonly #invariance = new Invariance();

  constructor(request: PlanRequest) {
    this.#request = request;
  }

  get plan(): QueryPlan {
    return {
      request: this.#request,
      selectors: this.#selectors,
      subqueries: this.#subqueries,
      invariant: this.#invariant,
    };
  }

  visit(expr: Expr, grid: StepGrid, around: Around): void {
    const worthIt = !['number', 'string', 'matrix_selector', 'subquery', 'paren'].includes(expr.kind);
    if (worthIt && grid.steps > 1 && this.#invariance.holdsFor(expr)) {
      this.#invariant.add(expr);
      this.#visitParts(expr, { ...grid, steps: 1 }, around);
    } else {
      this.#visitParts(expr, grid, around);
    }
  }

  #visitParts(expr: Expr, grid: StepGrid, around: Around): void {
    switch (expr.kind) {
      case 'number':
      case 'string':
        return;
      case 'paren':
      case 'unary':
        this.visit(expr.expr, grid, around);
        return;
      case 'binary':
        this.visit(expr.left, grid, { ...NOTHING_AROUND, histogramStats: around.histogramStats });
        this.visit(expr.right, grid, { ...NOTHING_AROUND, histogramStats: around.histogramStats });
        return;
      case 'call':
        this.#visitCall(expr, grid, around.histogramStats);
        return;
      case 'aggregate':
        if (expr.param !== undefined) this.visit(expr.param, grid, NOTHING_AROUND);
        this.visit(expr.expr, grid, {
          histogramStats: around.histogramStats,
          func: expr.operator,
          by: !expr.without,
          grouping: expr.grouping,
        });
        return;
      case 'vector_selector':
        this.#selectors.set(expr, this.#selector(expr, grid, undefined, around, 'last_sample'));
        return;
      case 'matrix_selector':
        this.#selectors.set(
          expr.selector,
          this.#selector(expr.selector, grid, expr.range, around, undefined),
        );
        return;
      case 'subquery':
        this.#visitSubquery(expr, grid);
        return;
    }
  }

  #visitCall(expr: CallExpr, grid: StepGrid, outerStats: boolean): void {
    const histogramStats = HISTOGRAM_STATS[expr.func] ?? outerStats;
    expr.args.forEach((arg, i) => {
      if (expr.func === 'info' && i === 1) return;
      const inner = withoutParens(arg);
      const around = { histogramStats, func: expr.func, by: false, grouping: [] };
      const pushable = expr.args.length === 1 && PUSHDOWN_FUNCTIONS.has(expr.func);
      if (inner.kind === 'matrix_selector') {
        checkExtension(expr.func, inner.selector);
        const pushdown = pushable ? (expr.func as GridFunction) : undefined;
        const plan = this.#selector(inner.selector, grid, inner.range, around, pushdown);
        this.#selectors.set(inner.selector, plan);
      } else if (
        inner.kind === 'vector_selector' &&
        (expr.func === 'timestamp' || expr.func === 'start_timestamp')
      ) {
        // These read the samples' own times, so the selector is evaluated at every step even with `@`.
        this.#selectors.set(inner, this.#selector(inner, grid, undefined, around, undefined));
      } else {
        this.visit(arg, grid, around);
      }
    });
  }

  #selector(
    selector: VectorSelector,
    grid: StepGrid,
    range: DurationExpr | undefined,
    around: Around,
    pushdown: GridFunction | undefined,
  ): SelectorPlan {
    const { lookbackMs } = this.#request;
    const offsetMs = this.#duration(selector.offset);
    const atMs = this.#at(selector.at);
    const windowMs = range === undefined ? lookbackMs : this.#positive(range);
    const extended = selector.extension !== undefined;
    const extendBeforeMs = extended && range !== undefined ? lookbackMs : 0;
    const extendAfterMs = selector.extension === 'smoothed' ? lookbackMs : 0;
    const first = (atMs ?? grid.startMs) - offsetMs;
    const last = (atMs ?? endOf(grid)) - offsetMs;
    return {
      selector,
      grid,
      offsetMs,
      atMs,
      windowMs,
      isRange: range !== undefined,
      extendBeforeMs,
      extendAfterMs,
      histogramStats: around.histogramStats,
      readStartMs: first - windowMs - extendBeforeMs,
      readEndMs: last + extendAfterMs,
      hints: {
        func: around.func,
        rangeMs: range === undefined ? 0 : windowMs,
        stepMs: grid.steps > 1 ? grid.stepMs : 0,
        by: around.by,
        grouping: around.grouping,
      },
      pushdown:
        this.#request.pushdown && !extended && atMs === undefined && grid.steps > 1 ? pushdown : undefined,
    };
  }

  #visitSubquery(expr: SubqueryExpr, outer: StepGrid): void {
    const offsetMs = this.#duration(expr.offset);
    const atMs = this.#at(expr.at);
    const rangeMs = this.#positive(expr.range);
    const stepMs = expr.step === undefined ? this.#request.defaultSubqueryStepMs : this.#positive(expr.step);
    const open = (atMs ?? outer.startMs) - offsetMs - rangeMs;
    const endMs = (atMs ?? endOf(outer)) - offsetMs;
    // Steps are multiples of the step, so that they stay the same however the query's start moves; open on the left.
    let startMs = Math.trunc(open / stepMs) * stepMs;
    if (startMs <= open) startMs += stepMs;
    const steps = Math.max(0, Math.floor((endMs - startMs) / stepMs) + 1);
    if (steps > this.#request.maxSubquerySteps) {
      const message = `query processing would load too many samples into memory in query execution (a subquery has ${steps} steps, limit ${this.#request.maxSubquerySteps}): use a longer step or a shorter range`;
      throw new EvaluationError(message);
    }
    const inner: StepGrid = { startMs, stepMs, steps };
    this.#subqueries.set(expr, { outer, inner, offsetMs, atMs, rangeMs });
    this.visit(expr.expr, inner, NOTHING_AROUND);
  }

  #duration(expr: DurationExpr | undefined): number {
    if (expr === undefined) return 0;
    const { bounds, query } = this.#request;
    const context = { stepMs: bounds.stepMs, queryRangeMs: bounds.endMs - bounds.startMs };
    try {
      return evaluateDuration(expr, context);
    } catch (error) {
      if (error instanceof DurationError) throw new ParseError(query, error.position, error.message);
      throw error;
    }
  }

  #positive(expr: DurationExpr): number {
    const ms = this.#duration(expr);
    if (ms > 0) return ms;
    throw new ParseError(this.#request.query, expr.position, 'duration must be greater than 0');
  }

  #at(at: AtModifier | undefined): number | undefined {
    if (at === undefined) return undefined;
    if (at.kind === 'timestamp') return at.ms;
    return at.kind === 'start' ? this.#request.bounds.startMs : this.#request.bounds.endMs;
  }
}

/** `anchored` and `smoothed` give samples outside the range, which not every function can handle. */
function checkExtension(func: FunctionName, { extension }: VectorSelector): void {
  if (extension === undefined) return;
  const allowed: readonly string[] = EXTENSION_SAFE_FUNCTIONS[extension];
  if (allowed.includes(func)) return;
  throw new EvaluationError(
    `${extension} modifier can only be used with: ${allowed.join(', ')} - not with ${func}`,
  );
}
