import type { DurationMs } from '../model/units.ts';
import { Annotations } from './annotations.ts';
import { type Expr, withoutParens } from './ast.ts';
import { typeOf } from './check-types.ts';
import { QueryCanceledError, QueryTimeoutError } from './errors.ts';
import { Budget } from './evaluate/context.ts';
import { Evaluator } from './evaluate/evaluator.ts';
import { gridOf, type QueryBounds, type StepGrid } from './evaluate/grid.ts';
import { PlanRecorder } from './evaluate/plan-recorder.ts';
import type { SamplePool } from './evaluate/sample-pool.ts';
import { annotateStoreWarnings } from './evaluate/store-warnings.ts';
import { type FormatResult, formatQuery, type ParseResult, parseQuery } from './parse-query.ts';
import { parseExpr } from './parser.ts';
import { planQuery, type QueryPlan } from './plan.ts';
import { formatExpr } from './printer.ts';
import { toQueryError } from './query-error.ts';
import { instantValue, rangeValue, sampleValue } from './query-value.ts';
import type { Queryable } from './queryable.ts';
import type { QueryError, QueryResult, QueryValue } from './result.ts';

export interface PromqlLimits {
  /** Samples that one query may hold. */
  readonly maxSamples: number;
  /** Steps of a range query. */
  readonly maxSteps: number;
  /** Steps of a subquery: 11 days of seconds, or two years of minutes. */
  readonly maxSubquerySteps: number;
  /** Of a query that names none, and the longest that one may name. */
  readonly timeoutMs: number;
  /** How far an instant selector looks back. */
  readonly lookbackMs: number;
  /** Of subqueries that name no step. */
  readonly subqueryStepMs: number;
}

/** Prometheus's own defaults; it knows no limit of a subquery's steps but that of samples. */
export const DEFAULT_LIMITS: PromqlLimits = {
  maxSamples: 50_000_000,
  maxSteps: 11_000,
  maxSubquerySteps: 1_000_000,
  timeoutMs: 120_000,
  lookbackMs: 300_000,
  subqueryStepMs: 60_000,
};

export interface PromqlDependencies {
  readonly queryable: Queryable;
  /** For timeouts and the figures in `stats`; only differences are used. */
  readonly clock: { monotonic(): DurationMs };
  readonly limits?: Partial<PromqlLimits> | undefined;
  /** Whether range functions may be left to the store. On by default. */
  readonly pushdown?: boolean | undefined;
  /** Where a query that has had the thread for a while waits for its next turn; default: until the next turn of the event loop. */
  readonly rest?: (() => Promise<void>) | undefined;
  /** What all queries of the engine may hold together; default: no limit. */
  readonly pool?: SamplePool | undefined;
}

export interface QueryOptions {
  readonly lookbackMs?: number | undefined;
  readonly timeoutMs?: number | undefined;
  readonly abort?: AbortSignal | undefined;
  /** Whether the result says what each part did. */
  readonly explain?: boolean | undefined;
  /** The same as `abort` for a thread that computes and so does not see its signals. */
  readonly interrupted?: (() => boolean) | undefined;
}

/** A PromQL engine over a store. */
export interface Promql {
  /** The value at one time (epoch ms; whole milliseconds). */
  instant(query: string, timeMs: number, options?: QueryOptions): Promise<QueryResult>;
  /** The values at startMs, startMs + stepMs, … up to endMs, both inclusive; epoch ms. */
  range(
    query: string,
    startMs: number,
    endMs: number,
    stepMs: number,
    options?: QueryOptions,
  ): Promise<QueryResult>;
  parse(query: string): ParseResult;
  /** The query in its standard form. */
  format(query: string): FormatResult;
}

/** Makes an engine. It holds no state between queries. */
export function createPromql(dependencies: PromqlDependencies): Promql {
  return new Engine(dependencies);
}

class Engine implements Promql {
  readonly #queryable: Queryable;
  readonly #monotonic: () => number;
  readonly #limits: PromqlLimits;
  readonly #pushdown: boolean;
  readonly #rest: (() => Promise<void>) | undefined;
  readonly #pool: SamplePool | undefined;

  constructor({ queryable, clock, limits, pushdown, rest, pool }: PromqlDependencies) {
    this.#queryable = queryable;
    this.#monotonic = () => clock.monotonic();
    this.#limits = { ...DEFAULT_LIMITS, ...limits };
    this.#pushdown = pushdown ?? true;
    this.#rest = rest;
    this.#pool = pool;
  }

  parse(query: string): ParseResult {
    return parseQuery(query);
  }

  format(query: string): FormatResult {
    return formatQuery(query);
  }

  instant(query: string, timeMs: number, options: QueryOptions = {}): Promise<QueryResult> {
    const time = Math.round(timeMs);
    return this.#run(query, { startMs: time, endMs: time, stepMs: 0 }, options);
  }

  async range(
    query: string,
    startMs: number,
    endMs: number,
    stepMs: number,
    options: QueryOptions = {},
  ): Promise<QueryResult> {
    const [start, end, step] = [Math.round(startMs), Math.round(endMs), Math.round(stepMs)];
    const problem = this.#checkRange(start, end, step);
    if (problem !== undefined) return { ok: false, error: problem };
    return this.#run(query, { startMs: start, endMs: end, stepMs: step }, options);
  }

  #checkRange(startMs: number, endMs: number, stepMs: number): QueryError | undefined {
    if (endMs < startMs) {
      const message = 'end timestamp must not be before start time';
      return { type: 'bad_data', message, parameter: 'end' };
    }
    if (!(stepMs > 0)) {
      const message =
        'zero or negative query resolution step widths are not accepted. Try a positive integer';
      return { type: 'bad_data', message, parameter: 'step' };
    }
    if ((endMs - startMs) / stepMs > this.#limits.maxSteps) {
      const max = this.#limits.maxSteps.toLocaleString('en-US');
      const message = `exceeded maximum resolution of ${max} points per timeseries. Try decreasing the query resolution (?step=XX)`;
      return { type: 'bad_data', message };
    }
    return undefined;
  }

  async #run(query: string, bounds: QueryBounds, options: QueryOptions): Promise<QueryResult> {
    const started = this.#monotonic();
    const timeoutMs = Math.min(options.timeoutMs ?? this.#limits.timeoutMs, this.#limits.timeoutMs);
    // The store's own waiting must end too, so the timeout aborts it.
    const timeout = new AbortController();
    const timer = setTimeout(() => timeout.abort(new QueryTimeoutError('query execution')), timeoutMs);
    const abort =
      options.abort === undefined ? timeout.signal : AbortSignal.any([options.abort, timeout.signal]);
    const budget = new Budget({
      maxSamples: this.#limits.maxSamples,
      deadlineMs: started + timeoutMs,
      monotonic: this.#monotonic,
      abort,
      interrupted: options.interrupted,
      rest: this.#rest,
      pool: this.#pool,
    });
    try {
      budget.check('query execution');
      return await this.#evaluate(query, bounds, options, budget, started);
    } catch (error) {
      return {
        ok: false,
        error: toQueryError(options.abort?.aborted ? new QueryCanceledError('query execution') : error),
      };
    } finally {
      clearTimeout(timer);
      budget.close();
    }
  }

  async #evaluate(
    query: string,
    bounds: QueryBounds,
    options: QueryOptions,
    budget: Budget,
    started: number,
  ): Promise<QueryResult> {
    const expr = parseExpr(query);
    const parsed = this.#monotonic();
    const type = typeOf(expr);
    const kind = bounds.stepMs === 0 ? 'instant' : 'range';
    const grid = gridOf(bounds);
    if (kind === 'range' && type !== 'vector' && type !== 'scalar') {
      const shown = type === 'matrix' ? 'range vector' : type;
      const message = `invalid expression type "${shown}" for range query, must be Scalar or instant Vector`;
      return { ok: false, error: { type: 'bad_data', message, parameter: 'query' } };
    }
    const plan = planQuery({
      query,
      expr,
      bounds,
      grid,
      lookbackMs: options.lookbackMs ?? this.#limits.lookbackMs,
      defaultSubqueryStepMs: this.#limits.subqueryStepMs,
      maxSubquerySteps: this.#limits.maxSubquerySteps,
      pushdown: this.#pushdown,
    });
    const planned = this.#monotonic();
    const annotations = new Annotations();
    const recorder = options.explain ? new PlanRecorder(this.#monotonic) : undefined;
    const context = { query, plan, queryable: this.#queryable, annotations, budget, recorder };
    const [value] = await Promise.all([
      this.#valueOf(expr, new Evaluator(context), grid, kind),
      annotateStoreWarnings(context),
    ]);
    const evaluated = this.#monotonic();
    const tree = recorder?.finish();
    return {
      ok: true,
      value,
      ...annotations.texts(query),
      explain: tree && {
        parseMs: parsed - started,
        planMs: planned - parsed,
        evaluateMs: evaluated - planned,
        totalMs: evaluated - started,
        ...tree,
      },
      stats: {
        samples: budget.samples,
        seriesReturned:
          value.type === 'matrix' ? value.series.length : value.type === 'vector' ? value.samples.length : 1,
        peakSamples: budget.peak,
        parseMs: parsed - started,
        planMs: planned - parsed,
        evaluationMs: evaluated - planned,
        pushedDown: this.#pushedDown(plan),
      },
    };
  }

  #pushedDown(plan: QueryPlan): string[] {
    if (this.#queryable.selectGrid === undefined) return [];
    return [...plan.selectors.values()].flatMap((selector) =>
      selector.pushdown === undefined ? [] : [`${selector.pushdown}(${formatExpr(selector.selector)}[…])`],
    );
  }

  async #valueOf(
    expr: Expr,
    evaluator: Evaluator,
    grid: StepGrid,
    kind: 'instant' | 'range',
  ): Promise<QueryValue> {
    const inner = withoutParens(expr);
    if (inner.kind === 'matrix_selector') return sampleValue(await evaluator.rangeSamples(inner));
    if (inner.kind === 'subquery') {
      const { value, grid: own } = await evaluator.subqueryValue(inner);
      return rangeValue(value, own);
    }
    const value = await evaluator.run();
    return kind === 'range' ? rangeValue(value, grid) : instantValue(value, grid.startMs);
  }
}
