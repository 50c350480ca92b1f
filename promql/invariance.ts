import type { CallExpr, Expr } from './ast.ts';
import type { FunctionName } from './function-signatures.ts';

/** Functions that look at the evaluation time, or at the time of samples: never the same at every step. */
const TIME_DEPENDENT: ReadonlySet<FunctionName> = new Set<FunctionName>([
  'days_in_month',
  'day_of_month',
  'day_of_week',
  'day_of_year',
  'hour',
  'minute',
  'month',
  'year',
  'predict_linear',
  'time',
  'timestamp',
  'start_timestamp',
]);

/** Which expressions have the same value at every step, because `@` pins all that they read. Remembers what it found. */
export class Invariance {
  readonly #known = new Map<Expr, boolean>();

  holdsFor(expr: Expr): boolean {
    const known = this.#known.get(expr);
    if (known !== undefined) return known;
    const found = this.#find(expr);
    this.#known.set(expr, found);
    return found;
  }

  #find(expr: Expr): boolean {
    switch (expr.kind) {
      case 'number':
      case 'string':
        return true;
      case 'paren':
      case 'unary':
        return this.holdsFor(expr.expr);
      case 'binary':
        return this.holdsFor(expr.left) && this.holdsFor(expr.right);
      case 'call':
        return !TIME_DEPENDENT.has(expr.func) && expr.args.every((arg) => this.#argument(expr, arg));
      case 'aggregate':
        return this.holdsFor(expr.expr) && (expr.param === undefined || this.holdsFor(expr.param));
      case 'vector_selector':
      case 'subquery':
        return expr.at !== undefined;
      case 'matrix_selector':
        return expr.selector.at !== undefined;
    }
  }

  /** The second argument of info() only names labels. */
  #argument(call: CallExpr, arg: Expr): boolean {
    return (call.func === 'info' && arg === call.args[1]) || this.holdsFor(arg);
  }
}
