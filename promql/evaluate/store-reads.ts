import type { AggregateExpr, Expr, VectorSelector } from '../ast.ts';
import { EvaluationError } from '../errors.ts';
import type { SelectorPlan } from '../plan.ts';
import { formatExpr } from '../printer.ts';
import type { GridRequest, GridResult, GroupOperator, GroupResult, SampleSeries } from '../queryable.ts';
import type { EvaluationContext } from './context.ts';
import { endOf } from './grid.ts';
import { withResetHints } from './samples.ts';

/** What one query reads of the store, and what the store works out for it: the same only once. */
export class StoreReads {
  readonly #context: EvaluationContext;
  /** By what is asked for. */
  readonly #samples = new Map<string, Promise<readonly SampleSeries[]>>();
  readonly #grids = new Map<string, Promise<GridResult | undefined>>();

  constructor(context: EvaluationContext) {
    this.#context = context;
  }

  plan(selector: VectorSelector): SelectorPlan {
    const plan = this.#context.plan.selectors.get(selector);
    if (plan === undefined) throw new EvaluationError('a selector was not planned');
    return plan;
  }

  /** Begins all reads of samples at once, so that they overlap; what the store may work out is asked for at its turn. */
  beginAll(): void {
    for (const [selector, { pushdown }] of this.#context.plan.selectors) {
      if (pushdown !== undefined && this.#context.queryable.selectGrid !== undefined) continue;
      // A failure is seen by who awaits it; until then it must not count as unhandled.
      this.#begin(selector).series.catch(() => {});
    }
  }

  /** The stored samples of a selector. */
  samples(selector: VectorSelector): Promise<readonly SampleSeries[]> {
    const { key, series } = this.#begin(selector);
    this.#context.recorder?.uses(key, undefined);
    return series;
  }

  #begin(selector: VectorSelector): { key: string; series: Promise<readonly SampleSeries[]> } {
    const { readStartMs, readEndMs, hints, histogramStats } = this.plan(selector);
    const key = JSON.stringify([selector.matchers, readStartMs, readEndMs, hints.func, histogramStats]);
    let series = this.#samples.get(key);
    if (series === undefined) {
      series = this.#readSamples(this.plan(selector), key);
      this.#samples.set(key, series);
    }
    return { key, series };
  }

  async #readSamples(plan: SelectorPlan, key: string): Promise<readonly SampleSeries[]> {
    if (plan.grid.steps === 0) return [];
    const { queryable, budget, recorder } = this.#context;
    const series = await queryable.select({
      matchers: plan.selector.matchers,
      startMs: plan.readStartMs,
      endMs: plan.readEndMs,
      hints: plan.hints,
      abort: budget.abort,
      onRead: recorder?.onRead(key),
    });
    budget.countSeries(series);
    return plan.histogramStats ? series.map(withResetHints) : series;
  }

  /** What the store works out of a planned selector, which is `asked`; undefined if nothing. */
  async grid(selector: VectorSelector, asked: Expr): Promise<GridResult | undefined> {
    const { pushdown, offsetMs, windowMs, grid } = this.plan(selector);
    const key = JSON.stringify([selector.matchers, pushdown, offsetMs, windowMs, grid]);
    let answer = this.#grids.get(key);
    if (answer === undefined) {
      answer = this.#readGrid(this.plan(selector), key);
      this.#grids.set(key, answer);
    }
    const result = await answer;
    if (result !== undefined) this.#context.recorder?.uses(key, asked);
    return result;
  }

  async #readGrid(plan: SelectorPlan, key: string): Promise<GridResult | undefined> {
    const { queryable, budget } = this.#context;
    if (plan.pushdown === undefined || queryable.selectGrid === undefined) return undefined;
    const result = await queryable.selectGrid(this.#gridRequest(plan, key));
    if (result === undefined) return undefined;
    budget.countSeries(result.samples);
    budget.note(result.series.length * plan.grid.steps);
    return result;
  }

  /** The groups of an aggregation directly over what the store works out of a selector; undefined if it does not. */
  async groups(
    expr: AggregateExpr & { readonly operator: GroupOperator },
    selector: VectorSelector,
  ): Promise<GroupResult | undefined> {
    const { queryable, budget, recorder } = this.#context;
    const plan = this.plan(selector);
    if (plan.pushdown === undefined || queryable.selectGroups === undefined) return undefined;
    const key = JSON.stringify([formatExpr(expr), plan.grid]);
    const { operator, grouping, without } = expr;
    const request = { ...this.#gridRequest(plan, key), operator, grouping, without };
    const result = await queryable.selectGroups(request);
    if (result === undefined) return undefined;
    recorder?.uses(key, expr);
    budget.countSeries(result.samples);
    budget.note(result.groups.length * plan.grid.steps);
    return result;
  }

  #gridRequest(plan: SelectorPlan, key: string): GridRequest {
    return {
      matchers: plan.selector.matchers,
      func: plan.pushdown!,
      startMs: plan.grid.startMs - plan.offsetMs,
      endMs: endOf(plan.grid) - plan.offsetMs,
      stepMs: plan.grid.stepMs,
      windowMs: plan.windowMs,
      abort: this.#context.budget.abort,
      onRead: this.#context.recorder?.onRead(key),
    };
  }
}
