import { AGGREGATIONS } from './aggregations.ts';
import {
  type AggregateExpr,
  type BinaryExpr,
  type CallExpr,
  childrenOf,
  type Expr,
  isComparison,
  isSetOperator,
  type ValueType,
  type VectorSelector,
  withoutParens,
} from './ast.ts';
import { signatureOf } from './function-signatures.ts';
import { compileMatcher } from './matcher.ts';
import { isValidUtf8, ParseError, quote } from './parse-error.ts';

/** The type of an expression's value. */
export function typeOf(expr: Expr): ValueType {
  switch (expr.kind) {
    case 'number':
      return 'scalar';
    case 'string':
      return 'string';
    case 'paren':
    case 'unary':
      return typeOf(expr.expr);
    case 'binary': {
      const scalars = typeOf(expr.left) === 'scalar' && typeOf(expr.right) === 'scalar';
      return scalars ? 'scalar' : 'vector';
    }
    case 'call':
      return signatureOf(expr.func).returns;
    case 'aggregate':
    case 'vector_selector':
      return 'vector';
    case 'matrix_selector':
    case 'subquery':
      return 'matrix';
  }
}

/** How messages name the types. */
export const DOCUMENTED_TYPE = {
  scalar: 'scalar',
  vector: 'instant vector',
  matrix: 'range vector',
  string: 'string',
} as const satisfies Record<ValueType, string>;

/**
 * Checks that every operator and function gets what it can work with.
 *
 * @throws ParseError at the first place where it does not.
 */
export function checkTypes(root: Expr, query: string): void {
  // Without recursion: long operator chains make deep trees.
  const open: Expr[] = [root];
  const ordered: Expr[] = [];
  while (open.length > 0) {
    const expr = open.pop()!;
    ordered.push(expr);
    open.push(...childrenOf(expr));
  }
  const types = new Map<Expr, ValueType>();
  const checker = new Checker(query, types);
  for (const expr of ordered) {
    if (expr.kind === 'call' && expr.func === 'info' && expr.args[1] !== undefined)
      checker.allowEmpty(expr.args[1]);
  }
  for (const expr of ordered.reverse()) {
    checker.check(expr);
    types.set(expr, checker.typeOf(expr));
  }
}

class Checker {
  readonly #query: string;
  readonly #types: ReadonlyMap<Expr, ValueType>;
  constructor(query: string, types: ReadonlyMap<Expr, ValueType>) {
    this.#query = query;
    this.#types = types;
  }

  /** The type, from the types of the children that are already known. */
  typeOf(expr: Expr): ValueType {
    const known = this.#types.get(expr);
    if (known !== undefined) return known;
    if (expr.kind === 'paren' || expr.kind === 'unary') return this.typeOf(expr.expr);
    if (expr.kind === 'binary') {
      return this.typeOf(expr.left) === 'scalar' && this.typeOf(expr.right) === 'scalar'
        ? 'scalar'
        : 'vector';
    }
    return typeOf(expr);
  }

  check(expr: Expr): void {
    switch (expr.kind) {
      case 'aggregate':
        this.#aggregate(expr);
        return;
      case 'binary':
        this.#binary(expr);
        return;
      case 'call':
        this.#call(expr);
        return;
      case 'unary': {
        const type = this.typeOf(expr.expr);
        if (type === 'scalar' || type === 'vector') return;
        const message = `unary expression only allowed on expressions of type scalar or instant vector, got ${quote(DOCUMENTED_TYPE[type])}`;
        throw this.#error(expr, message);
      }
      case 'subquery': {
        const type = this.typeOf(expr.expr);
        if (type === 'vector') return;
        throw this.#error(expr, `subquery is only allowed on instant vector, got ${type} instead`);
      }
      case 'vector_selector':
        this.#selector(expr);
        return;
      default:
    }
  }

  #error(expr: { readonly position: Expr['position'] }, message: string): ParseError {
    return new ParseError(this.#query, expr.position, message);
  }

  #expect(expr: Expr, wanted: ValueType, context: string): void {
    const got = this.typeOf(expr);
    if (got === wanted) return;
    throw this.#error(
      expr,
      `expected type ${DOCUMENTED_TYPE[wanted]} in ${context}, got ${DOCUMENTED_TYPE[got]}`,
    );
  }

  #aggregate(expr: AggregateExpr): void {
    this.#expect(expr.expr, 'vector', 'aggregation expression');
    const wanted = AGGREGATIONS[expr.operator];
    if (wanted === 'none' || expr.param === undefined) return;
    this.#expect(expr.param, wanted, 'aggregation parameter');
  }

  #binary(expr: BinaryExpr): void {
    const left = this.typeOf(expr.left);
    const right = this.typeOf(expr.right);
    const scalars = left === 'scalar' && right === 'scalar';
    if (isComparison(expr.operator) ? scalars && !expr.returnBool : expr.returnBool) {
      const message = expr.returnBool
        ? 'bool modifier can only be used on comparison operators'
        : 'comparisons between scalars must use BOOL modifier';
      throw this.#error(expr, message);
    }
    const set = isSetOperator(expr.operator);
    const matching = expr.matching!;
    const duplicate = matching.on
      ? matching.labels.find((label) => matching.include.includes(label))
      : undefined;
    if (duplicate !== undefined) {
      throw this.#error(expr, `label ${quote(duplicate)} must not occur in ON and GROUP clause at once`);
    }
    for (const side of [expr.left, expr.right]) {
      const type = this.typeOf(side);
      if (type !== 'scalar' && type !== 'vector') {
        throw this.#error(side, 'binary expression must contain only scalar and instant vector types');
      }
    }
    if (left === 'vector' && right === 'vector') {
      if (set && (matching.card !== 'many-to-many' || matching.include.length > 0)) {
        throw this.#error(expr, `no grouping allowed for ${quote(expr.operator)} operation`);
      }
      if (set && (matching.fillLeft !== undefined || matching.fillRight !== undefined)) {
        throw this.#error(expr, 'filling in missing series not allowed for set operators');
      }
      return;
    }
    if (matching.labels.length > 0)
      throw this.#error(expr, 'vector matching only allowed between instant vectors');
    if (matching.fillLeft !== undefined || matching.fillRight !== undefined) {
      throw this.#error(expr, 'filling in missing series only allowed between instant vectors');
    }
    if (set)
      throw this.#error(expr, `set operator ${quote(expr.operator)} not allowed in binary scalar expression`);
  }

  #call(expr: CallExpr): void {
    const { args: wanted, variadic } = signatureOf(expr.func);
    const got = expr.args.length;
    const name = quote(expr.func);
    if (variadic === 0 && got !== wanted.length) {
      throw this.#error(expr, `expected ${wanted.length} argument(s) in call to ${name}, got ${got}`);
    }
    if (variadic !== 0) {
      const least = wanted.length - 1;
      const most = variadic < 0 ? Number.POSITIVE_INFINITY : least + variadic;
      if (got < least)
        throw this.#error(expr, `expected at least ${least} argument(s) in call to ${name}, got ${got}`);
      if (got > most)
        throw this.#error(expr, `expected at most ${most} argument(s) in call to ${name}, got ${got}`);
    }
    if (expr.func === 'info' && got > 1) this.#infoSelector(expr.args[1]!);
    expr.args.forEach((arg, i) => {
      this.#expect(arg, wanted[Math.min(i, wanted.length - 1)]!, `call to function ${name}`);
    });
    this.#labelArguments(expr);
  }

  #infoSelector(arg: Expr): void {
    if (arg.kind !== 'vector_selector') {
      throw this.#error(
        arg,
        'expected label selectors as the second argument to "info" function, got something else',
      );
    }
    if (arg.name !== '') {
      throw this.#error(arg, 'expected label selectors only, got vector selector instead');
    }
  }

  #labelArguments(expr: CallExpr): void {
    if (expr.func !== 'sort_by_label' && expr.func !== 'sort_by_label_desc') return;
    for (const arg of expr.args.slice(1)) {
      const inner = withoutParens(arg);
      if (inner.kind === 'string' && (inner.value === '' || !isValidUtf8(inner.value))) {
        throw this.#error(arg, `invalid label name ${quote(inner.value)}`);
      }
    }
  }

  #selector(expr: VectorSelector): void {
    if (this.#isInfoSelector(expr)) return;
    const notEmpty = expr.matchers.some((matcher) => !compileMatcher(matcher)(''));
    if (!notEmpty) throw this.#error(expr, 'vector selector must contain at least one non-empty matcher');
  }

  readonly #infoSelectors = new Set<Expr>();
  #isInfoSelector(expr: Expr): boolean {
    return this.#infoSelectors.has(expr);
  }
  /** The second argument of info() may match everything. */
  allowEmpty(expr: Expr): void {
    this.#infoSelectors.add(expr);
  }
}
