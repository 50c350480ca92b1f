import { compileRegex } from '../promql/matcher.ts';
import type {
  Aggregate,
  BinaryField,
  ExistsField,
  Field,
  FieldExpr,
  MetricsAggregate,
  MetricsExpr,
  MetricsFunction,
  Pipeline,
  Query,
  ScalarExpr,
  ScalarFilter,
  ScalarOperation,
  SpansetFilter,
  Stage,
  UnaryField,
} from './ast.ts';
import { TraceqlUnsupportedError, TraceqlValidationError } from './errors.ts';
import {
  type FieldType,
  fitTogether,
  isNumeric,
  operatorFits,
  readsSpan,
  typeOfField,
  typeOfScalar,
} from './field-type.ts';
import { formatField, formatFieldExpr, formatScalar } from './printer.ts';

/** Keys of a metric's `by`. */
const GROUP_BY_MAX = 5;
/** Functions that take one of the keys for themselves: the quantile, the bucket, how many a mean is of. */
const LABELLED: ReadonlySet<MetricsFunction> = new Set([
  'quantile_over_time',
  'histogram_over_time',
  'avg_over_time',
]);

/**
 * Checks that a query makes sense, in Tempo's order, so that the first fault is the one that Tempo names.
 *
 * @throws TraceqlValidationError, and TraceqlUnsupportedError for what reads well and cannot be answered
 */
export function validateQuery(query: Query): void {
  if (query.kind === 'search') checkPipeline(query.pipeline);
  else checkMetrics(query.metrics);
}

function checkPipeline(pipeline: Pipeline): void {
  for (const stage of pipeline.stages) checkStage(stage);
}

function checkStage(stage: Stage): void {
  switch (stage.kind) {
    case 'filter':
      checkFilter(stage);
      return;
    case 'spanset_operation':
      checkStage(stage.left);
      checkStage(stage.right);
      return;
    case 'pipeline':
      checkPipeline(stage);
      return;
    case 'scalar_filter':
      checkScalarFilter(stage);
      return;
    case 'by':
      if (!readsSpan(stage.expr))
        throw invalid(
          `grouping field expressions must reference the span: by(${formatFieldExpr(stage.expr)})`,
          stage,
        );
      checkField(stage.expr);
      return;
    case 'select':
      for (const field of stage.fields) checkField(field);
      return;
    case 'coalesce':
      return;
  }
}

function checkFilter(filter: SpansetFilter): void {
  checkField(filter.expr);
  const type = typeOfField(filter.expr);
  if (type !== 'attribute' && type !== 'bool')
    throw invalid(
      `span filter field expressions must resolve to a boolean: { ${formatFieldExpr(filter.expr)} }`,
      filter,
    );
}

function checkField(expr: FieldExpr): void {
  switch (expr.kind) {
    case 'static':
      return;
    case 'attribute':
      if (expr.parent) throw new TraceqlUnsupportedError('parent', expr.position);
      return;
    case 'intrinsic':
      if (expr.intrinsic === 'parent') throw new TraceqlUnsupportedError('intrinsic (parent)', expr.position);
      return;
    case 'unary':
      checkUnary(expr);
      return;
    case 'exists':
      checkExists(expr);
      return;
    case 'binary':
      checkBinary(expr);
      return;
  }
}

function checkUnary(expr: UnaryField): void {
  checkField(expr.expr);
  const type = typeOfField(expr.expr);
  const fits = type === 'attribute' || (expr.operator === '!' ? type === 'bool' : isNumeric(type));
  if (!fits) throw invalid(`illegal operation for the given type: ${formatFieldExpr(expr)}`, expr);
}

/** What every span has cannot be missing. */
function checkExists(expr: ExistsField): void {
  checkField(expr.expr);
  if (!expr.negated) return;
  const field = expr.expr;
  if (field.kind === 'intrinsic')
    throw invalid(`${formatField(field)} = nil is not valid because intrinsics cannot be nil`, expr);
  if (field.kind === 'attribute' && field.scope === 'resource' && field.name === 'service.name')
    throw invalid(
      'resource.service.name = nil is not valid because resource.service.name cannot be nil',
      expr,
    );
}

function checkBinary(expr: BinaryField): void {
  checkField(expr.left);
  checkField(expr.right);
  const [left, right] = [typeOfField(expr.left), typeOfField(expr.right)];
  checkTypes(left, right, expr.operator, expr.position, () => formatFieldExpr(expr));
  if (expr.operator !== '=~' && expr.operator !== '!~') return;
  if (expr.right.kind !== 'static' || expr.right.value.type !== 'string')
    throw invalid(`invalid type for =~ or !~: ${formatFieldExpr(expr.right)}`, expr.right);
  const compiled = compileRegex(expr.right.value.value);
  if (!compiled.ok) throw invalid(`invalid regex: ${compiled.error}`, expr.right);
}

function checkTypes(
  left: FieldType,
  right: FieldType,
  operator: BinaryField['operator'],
  position: BinaryField['position'],
  shown: () => string,
): void {
  if (!fitTogether(left, right))
    throw invalid(`binary operations must operate on the same type: ${shown()}`, { position });
  if (!operatorFits(operator, left) || !operatorFits(operator, right))
    throw invalid(`illegal operation for the given types: ${shown()}`, { position });
}

function checkScalar(expr: ScalarExpr): void {
  switch (expr.kind) {
    case 'static':
      return;
    case 'aggregate':
      checkAggregate(expr);
      return;
    case 'scalar_pipeline':
      checkPipeline(expr.pipeline);
      checkAggregate(expr.aggregate);
      return;
    case 'scalar_operation':
      checkScalarPair(expr, expr.operator);
      return;
  }
}

function checkScalarPair(pair: ScalarOperation | ScalarFilter, operator: BinaryField['operator']): void {
  checkScalar(pair.left);
  checkScalar(pair.right);
  checkTypes(typeOfScalar(pair.left), typeOfScalar(pair.right), operator, pair.position, () =>
    [formatScalar(pair.left), operator, formatScalar(pair.right)].join(' '),
  );
}

function checkAggregate(aggregate: Aggregate): void {
  const { expr } = aggregate;
  if (expr === undefined) return;
  checkField(expr);
  const type = typeOfField(expr);
  if (type !== 'attribute' && !isNumeric(type))
    throw invalid(
      `aggregate field expressions must resolve to a number type: ${formatScalar(aggregate)}`,
      aggregate,
    );
  if (!readsSpan(expr))
    throw invalid(
      `aggregate field expressions must reference the span: ${formatScalar(aggregate)}`,
      aggregate,
    );
}

/** Only one aggregate against one value can be answered, as in Tempo. */
function checkScalarFilter(filter: ScalarFilter): void {
  checkScalarPair(filter, filter.operator);
  if (filter.left.kind !== 'aggregate')
    throw new TraceqlUnsupportedError(
      'a scalar filter whose left side is not one aggregate',
      filter.left.position,
    );
  if (filter.right.kind !== 'static')
    throw new TraceqlUnsupportedError(
      'a scalar filter whose right side is not a value',
      filter.right.position,
    );
}

function checkMetrics(metrics: MetricsExpr): void {
  switch (metrics.kind) {
    case 'metrics_aggregate':
      checkMetricsAggregate(metrics);
      return;
    case 'metrics_operation':
      for (const side of [metrics.left, metrics.right]) {
        if (side.kind === 'static') continue;
        checkMetrics(side);
        checkNotCompared(side, metrics);
      }
      return;
    case 'second_stage': {
      checkMetrics(metrics.expr);
      checkNotCompared(metrics.expr, metrics);
      const { stage } = metrics;
      if ('func' in stage && stage.limit <= 0)
        throw invalid(`${stage.func}() limit must be greater than 0`, metrics);
      return;
    }
  }
}

/** `compare()` gives tables of values, with which there is no reckoning. */
function checkNotCompared(metrics: MetricsExpr, at: MetricsExpr): void {
  const inner = metrics.kind === 'metrics_aggregate' && metrics.func === 'compare';
  if (inner) throw invalid('compare() cannot be combined with any other pipeline stage', at);
}

function checkMetricsAggregate(metrics: MetricsAggregate): void {
  checkPipeline(metrics.pipeline);
  const fields: readonly Field[] = metrics.field === undefined ? metrics.by : [metrics.field, ...metrics.by];
  fields.forEach(checkField);
  const most = LABELLED.has(metrics.func) ? GROUP_BY_MAX - 1 : GROUP_BY_MAX;
  if (metrics.by.length > most)
    throw new TraceqlUnsupportedError(
      `metrics group by ${metrics.by.length} values (at most ${most})`,
      metrics.position,
    );
  const quantile = metrics.quantiles.find((each) => !(each >= 0 && each <= 1));
  if (quantile !== undefined) throw invalid(`quantile must be between 0 and 1: ${quantile}`, metrics);
  if (metrics.compare !== undefined) checkCompare(metrics, metrics.compare);
}

function checkCompare(metrics: MetricsAggregate, compare: NonNullable<MetricsAggregate['compare']>): void {
  checkFilter(compare.filter);
  const { topN, startNanos, endNanos } = compare;
  if (topN <= 0) throw invalid('compare() top number of values must be integer greater than 0', metrics);
  if (startNanos === 0 && endNanos === 0) return;
  if (startNanos <= 0 || endNanos <= 0)
    throw invalid('compare() timestamps must be positive integer unix nanoseconds', metrics);
  if (endNanos <= startNanos)
    throw invalid('compare() end timestamp must be greater than start timestamp', metrics);
}

const invalid = (message: string, { position }: { readonly position: FieldExpr['position'] }) =>
  new TraceqlValidationError(message, position);
