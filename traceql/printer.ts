import type {
  Field,
  FieldExpr,
  MetricsAggregate,
  MetricsExpr,
  Pipeline,
  Query,
  ScalarExpr,
  SecondStage,
  SpansetExpr,
  SpansetOperation,
  Stage,
  Static,
  StaticValue,
} from './ast.ts';
import { formatDurationNanos } from './duration.ts';

/** A query in its standard form; it parses to the same tree. */
export function formatQuery(query: Query): string {
  const body = query.kind === 'search' ? formatPipeline(query.pipeline) : formatMetrics(query.metrics);
  if (query.hints.length === 0) return body;
  const hints = query.hints.map(({ name, value }) => `${name}=${formatValue(value)}`);
  return `${body} with(${hints.join(', ')})`;
}

const formatPipeline = (pipeline: Pipeline): string => pipeline.stages.map(formatStage).join(' | ');

function formatStage(stage: Stage): string {
  switch (stage.kind) {
    case 'by':
      return `by(${formatFieldExpr(stage.expr)})`;
    case 'coalesce':
      return 'coalesce()';
    case 'select':
      return `select(${stage.fields.map(formatField).join(', ')})`;
    case 'scalar_filter':
      return `${formatScalar(stage.left)} ${stage.operator} ${formatScalar(stage.right)}`;
    default:
      return formatSpansets(stage);
  }
}

function formatSpansets(expr: SpansetExpr): string {
  switch (expr.kind) {
    case 'filter':
      return `{ ${formatFieldExpr(expr.expr)} }`;
    case 'pipeline':
      return `(${formatPipeline(expr)})`;
    case 'spanset_operation':
      return formatOperation(expr);
  }
}

/** A filter beside a pipeline stands in brackets, which make it one too. */
function formatOperation(expr: SpansetOperation): string {
  const filtersOnly = hasFiltersOnly(expr);
  const side = (one: SpansetExpr): string =>
    one.kind === 'spanset_operation' || (one.kind === 'filter' && !filtersOnly)
      ? `(${formatSpansets(one)})`
      : formatSpansets(one);
  return `${side(expr.left)} ${expr.operator} ${side(expr.right)}`;
}

const hasFiltersOnly = (expr: SpansetExpr): boolean =>
  expr.kind === 'filter' ||
  (expr.kind === 'spanset_operation' && hasFiltersOnly(expr.left) && hasFiltersOnly(expr.right));

/** A figure as it is written. */
export function formatScalar(expr: ScalarExpr): string {
  switch (expr.kind) {
    case 'static':
      return formatValue(expr.value);
    case 'aggregate':
      return `${expr.func}(${expr.expr === undefined ? '' : formatFieldExpr(expr.expr)})`;
    case 'scalar_pipeline':
      return `(${formatPipeline(expr.pipeline)} | ${formatScalar(expr.aggregate)})`;
    case 'scalar_operation': {
      const side = (one: ScalarExpr): string =>
        one.kind === 'scalar_operation' ? `(${formatScalar(one)})` : formatScalar(one);
      return `${side(expr.left)} ${expr.operator} ${side(expr.right)}`;
    }
  }
}

/** What stands between braces. */
export function formatFieldExpr(expr: FieldExpr): string {
  switch (expr.kind) {
    case 'static':
      return formatValue(expr.value);
    case 'intrinsic':
    case 'attribute':
      return formatField(expr);
    case 'exists':
      return `${bracketed(expr.expr)} ${expr.negated ? '=' : '!='} nil`;
    case 'unary':
      return `${expr.operator}${bracketed(expr.expr)}`;
    case 'binary':
      return `${bracketed(expr.left)} ${expr.operator} ${bracketed(expr.right)}`;
  }
}

const bracketed = (expr: FieldExpr): string =>
  expr.kind === 'binary' || expr.kind === 'exists' || expr.kind === 'unary'
    ? `(${formatFieldExpr(expr)})`
    : formatFieldExpr(expr);

/** One that begins with a digit would read as a number after the dot. */
const PLAIN_NAME = /^(?!\d)[^\s{}()=~!<>&|^,"\\]+$/u;

/** An attribute or intrinsic as it is written; labels of metrics are named so. */
export function formatField(field: Field): string {
  if (field.kind === 'intrinsic') return field.text;
  const parent = field.parent ? 'parent.' : '';
  const scope = field.scope === 'none' ? (field.parent ? '' : '.') : `${field.scope}.`;
  const name = PLAIN_NAME.test(field.name)
    ? field.name
    : `"${field.name.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
  return `${parent}${scope}${name}`;
}

/** A literal as it is written. */
export function formatValue(value: StaticValue): string {
  switch (value.type) {
    case 'nil':
      return 'nil';
    case 'string':
      return value.value.includes('`') ? JSON.stringify(value.value) : `\`${value.value}\``;
    case 'duration':
      return formatDurationNanos(value.value);
    case 'float':
      return Number.isInteger(value.value) ? value.value.toFixed(1) : String(value.value);
    case 'int':
      return formatInt(value.value);
    default:
      return String(value.value);
  }
}

/** The largest ones go by their names, which no number stands for exactly. */
function formatInt(value: number): string {
  if (Math.abs(value) >= 2 ** 63) return value < 0 ? 'minInt' : 'maxInt';
  return Number.isSafeInteger(value) ? String(value) : String(BigInt(value));
}

function formatMetrics(metrics: MetricsExpr): string {
  switch (metrics.kind) {
    case 'metrics_aggregate':
      return formatAggregate(metrics);
    case 'second_stage':
      return formatSecondStage(metrics);
    case 'metrics_operation':
      return `${formatMetricsSide(metrics.left)} ${metrics.operator} ${formatMetricsSide(metrics.right)}`;
  }
}

const formatMetricsSide = (side: MetricsExpr | Static): string =>
  side.kind === 'static' ? formatValue(side.value) : `(${formatMetrics(side)})`;

function formatSecondStage({ expr, stage }: SecondStage): string {
  const inner = expr.kind === 'metrics_operation' ? `(${formatMetrics(expr)})` : formatMetrics(expr);
  return 'func' in stage
    ? `${inner} | ${stage.func}(${stage.limit})`
    : `${inner} ${stage.operator} ${formatValue(stage.value.value)}`;
}

function formatAggregate(metrics: MetricsAggregate): string {
  const { compare, func, field, quantiles, by } = metrics;
  const args =
    compare === undefined
      ? [...(field === undefined ? [] : [formatField(field)]), ...quantiles.map(String)]
      : [
          `{ ${formatFieldExpr(compare.filter.expr)} }`,
          String(compare.topN),
          ...(compare.startNanos === 0 && compare.endNanos === 0
            ? []
            : [String(compare.startNanos), String(compare.endNanos)]),
        ];
  const grouping = by.length === 0 ? '' : ` by (${by.map(formatField).join(', ')})`;
  return `${formatPipeline(metrics.pipeline)} | ${func}(${args.join(', ')})${grouping}`;
}
