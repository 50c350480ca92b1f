import { METRIC_NAME } from '../model/labels.ts';
import {
  type AtModifier,
  type BinaryExpr,
  type DurationExpr,
  type Expr,
  isSetOperator,
  type SubqueryExpr,
  type VectorSelector,
} from './ast.ts';
import { formatDuration } from './duration.ts';
import { isLegacyName } from './label-set.ts';
import { formatGo, formatNumber } from './number-literal.ts';
import { quote } from './parse-error.ts';

/** Longest text kept on one line; an expression whose text is longer is broken over lines. */
const LINE_WIDTH = 100;

/** The standard text of an expression, long ones over several lines. Parsing it gives the same expression again. */
export function formatExpr(expr: Expr): string {
  return pretty(expr, 0);
}

/** On one line. */
export function printExpr(expr: Expr): string {
  switch (expr.kind) {
    case 'number':
      return expr.duration && expr.value >= 0 ? formatDuration(expr.value * 1_000) : formatNumber(expr.value);
    case 'string':
      return quote(expr.value);
    case 'paren':
      return `(${printExpr(expr.expr)})`;
    case 'unary':
      return `${expr.operator}${printExpr(expr.expr)}`;
    case 'binary':
      return `${printExpr(expr.left)} ${binaryHead(expr)} ${printExpr(expr.right)}`;
    case 'call':
      return `${expr.func}(${expr.args.map(printExpr).join(', ')})`;
    case 'aggregate': {
      const args = expr.param === undefined ? [expr.expr] : [expr.param, expr.expr];
      return `${aggregateHead(expr)}(${args.map(printExpr).join(', ')})`;
    }
    case 'vector_selector':
      return printSelector(expr, '');
    case 'matrix_selector':
      return printSelector(expr.selector, `[${printDuration(expr.range)}]`);
    case 'subquery':
      return `${printExpr(expr.expr)}${subqueryTail(expr)}`;
  }
}

function pretty(expr: Expr, level: number): string {
  const indent = '  '.repeat(level);
  const flat = printExpr(expr);
  if (flat.length + indent.length <= LINE_WIDTH) return `${indent}${flat}`;
  switch (expr.kind) {
    case 'paren':
      return `${indent}(\n${pretty(expr.expr, level + 1)}\n${indent})`;
    case 'unary':
      return `${indent}${expr.operator}${pretty(expr.expr, level).trimStart()}`;
    case 'binary':
      return `${pretty(expr.left, level + 1)}\n${indent}${binaryHead(expr)}\n${pretty(expr.right, level + 1)}`;
    case 'call':
      return prettyArguments(`${indent}${expr.func}`, expr.args, level);
    case 'aggregate': {
      const args = expr.param === undefined ? [expr.expr] : [expr.param, expr.expr];
      return prettyArguments(`${indent}${aggregateHead(expr)}`, args, level);
    }
    case 'subquery':
      return `${pretty(expr.expr, level)}${subqueryTail(expr)}`;
    default:
      return `${indent}${flat}`;
  }
}

function prettyArguments(head: string, args: readonly Expr[], level: number): string {
  const lines = args.map((arg) => pretty(arg, level + 1)).join(',\n');
  return `${head}(\n${lines}\n${'  '.repeat(level)})`;
}

function aggregateHead(expr: Expr & { kind: 'aggregate' }): string {
  const labels = expr.grouping.map(printLabelName).join(', ');
  if (expr.without) return `${expr.operator} without (${labels}) `;
  return expr.grouping.length === 0 ? expr.operator : `${expr.operator} by (${labels}) `;
}

function binaryHead(expr: BinaryExpr): string {
  let head: string = expr.operator;
  if (expr.returnBool) head += ' bool';
  const { matching } = expr;
  if (matching === undefined) return head;
  const labels = matching.labels.map(printLabelName).join(', ');
  const grouped = matching.card === 'many-to-one' || matching.card === 'one-to-many';
  if (matching.on) head += ` on (${labels})`;
  else if (matching.labels.length > 0 || (grouped && !isSetOperator(expr.operator)))
    head += ` ignoring (${labels})`;
  if (grouped) {
    const include = matching.include.map(printLabelName).join(', ');
    head += ` ${matching.card === 'many-to-one' ? 'group_left' : 'group_right'} (${include})`;
  }
  return head + printFills(matching.fillLeft, matching.fillRight);
}

function printFills(left: number | undefined, right: number | undefined): string {
  if (left !== undefined && Object.is(left, right)) return ` fill (${formatGo(left)})`;
  const one = (side: string, value: number | undefined): string =>
    value === undefined ? '' : ` fill_${side} (${formatGo(value)})`;
  return one('left', left) + one('right', right);
}

const printLabelName = (name: string): string => (isLegacyName(name, false) ? name : quote(name));

function printSelector(selector: VectorSelector, range: string): string {
  const plainName = isLegacyName(selector.name, true) ? selector.name : '';
  const matchers = selector.matchers
    .filter(
      ({ name, operator, value }) => !(name === METRIC_NAME && operator === '=' && value === selector.name),
    )
    .map(({ name, operator, value }) => `${printLabelName(name)}${operator}${quote(value)}`);
  if (selector.name !== '' && plainName === '') matchers.unshift(quote(selector.name));
  const braces = matchers.length > 0 || plainName === '' ? `{${matchers.join(', ')}}` : '';
  const extension = selector.extension === undefined ? '' : ` ${selector.extension}`;
  return `${plainName}${braces}${range}${extension}${printTime(selector.at, selector.offset)}`;
}

function subqueryTail(expr: SubqueryExpr): string {
  const step = expr.step === undefined ? '' : printDuration(expr.step);
  return `[${printDuration(expr.range)}:${step}]${printTime(expr.at, expr.offset)}`;
}

function printTime(at: AtModifier | undefined, offset: DurationExpr | undefined): string {
  let out = '';
  if (at !== undefined)
    out += at.kind === 'timestamp' ? ` @ ${(at.ms / 1_000).toFixed(3)}` : ` @ ${at.kind}()`;
  if (offset !== undefined) out += ` offset ${printDuration(offset)}`;
  return out;
}

function printDuration(expr: DurationExpr): string {
  switch (expr.kind) {
    case 'literal':
      return formatDuration(expr.ms);
    case 'step':
    case 'range':
      return `${expr.kind}()`;
    case 'negate':
      return `-${printDuration(expr.expr)}`;
    case 'paren':
      return `(${printDuration(expr.expr)})`;
    case 'min_of':
    case 'max_of':
      return `${expr.kind}(${printDuration(expr.left)}, ${printDuration(expr.right)})`;
    case 'binary':
      return `${printDuration(expr.left)} ${expr.operator} ${printDuration(expr.right)}`;
  }
}
