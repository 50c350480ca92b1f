import type { PositionRange } from '../promql/position.ts';

export const SPAN_STATUSES = ['ok', 'error', 'unset'] as const;
export const SPAN_KINDS = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'] as const;
export type SpanStatus = (typeof SPAN_STATUSES)[number];
export type SpanKind = (typeof SPAN_KINDS)[number];

/** A value as TraceQL knows them. Durations are nanoseconds. */
export type StaticValue =
  | { readonly type: 'nil' }
  | { readonly type: 'int' | 'float' | 'duration'; readonly value: number }
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'bool'; readonly value: boolean }
  | { readonly type: 'status'; readonly value: SpanStatus }
  | { readonly type: 'kind'; readonly value: SpanKind };

/** Intrinsics by their scoped names; the unscoped spellings (`name`, `rootServiceName`) mean the same. */
export const INTRINSICS = [
  'span:duration',
  'span:name',
  'span:kind',
  'span:status',
  'span:statusMessage',
  'span:id',
  'span:parentID',
  'span:childCount',
  'trace:duration',
  'trace:rootName',
  'trace:rootService',
  'trace:id',
  'event:name',
  'event:timeSinceStart',
  'link:traceID',
  'link:spanID',
  'instrumentation:name',
  'instrumentation:version',
  'nestedSetLeft',
  'nestedSetRight',
  'nestedSetParent',
  'parent',
] as const;
export type Intrinsic = (typeof INTRINSICS)[number];

/** Where an attribute is looked for; `none` is the span first, then its resource. */
export type AttributeScope = 'none' | 'span' | 'resource' | 'event' | 'link' | 'instrumentation';

export interface Static {
  readonly kind: 'static';
  readonly value: StaticValue;
  readonly position: PositionRange;
}

export interface IntrinsicField {
  readonly kind: 'intrinsic';
  readonly intrinsic: Intrinsic;
  /** As it was written: `name` or `span:name`. Labels of metrics keep it. */
  readonly text: string;
  readonly position: PositionRange;
}

export interface AttributeField {
  readonly kind: 'attribute';
  readonly scope: AttributeScope;
  /** Of the parent span. Parsed and refused, as in Tempo. */
  readonly parent: boolean;
  readonly name: string;
  readonly position: PositionRange;
}

export type Field = IntrinsicField | AttributeField;

export type ArithmeticOperator = '+' | '-' | '*' | '/' | '%' | '^';
export type ComparisonOperator = '=' | '!=' | '<' | '<=' | '>' | '>=';
export type FieldOperator = ArithmeticOperator | ComparisonOperator | '=~' | '!~' | '&&' | '||';

export interface BinaryField {
  readonly kind: 'binary';
  readonly operator: FieldOperator;
  readonly left: FieldExpr;
  readonly right: FieldExpr;
  readonly position: PositionRange;
}

export interface UnaryField {
  readonly kind: 'unary';
  readonly operator: '-' | '!';
  readonly expr: FieldExpr;
  readonly position: PositionRange;
}

/** `expr != nil`, or with `negated` `expr = nil`. */
export interface ExistsField {
  readonly kind: 'exists';
  readonly negated: boolean;
  readonly expr: FieldExpr;
  readonly position: PositionRange;
}

/** What stands between braces and in the arguments of aggregates. */
export type FieldExpr = Static | Field | BinaryField | UnaryField | ExistsField;

/** `{ … }`: the spans of which the expression is true. */
export interface SpansetFilter {
  readonly kind: 'filter';
  readonly expr: FieldExpr;
  readonly position: PositionRange;
}

/** How the spans of the right side stand to those of the left one. `!` forms take those that do not, `&` forms both sides. */
export const STRUCTURAL_OPERATORS = [
  '>',
  '>>',
  '<',
  '<<',
  '~',
  '!>',
  '!>>',
  '!<',
  '!<<',
  '!~',
  '&>',
  '&>>',
  '&<',
  '&<<',
  '&~',
] as const;
export type StructuralOperator = (typeof STRUCTURAL_OPERATORS)[number];
export type SpansetOperator = StructuralOperator | '&&' | '||';

export interface SpansetOperation {
  readonly kind: 'spanset_operation';
  readonly operator: SpansetOperator;
  readonly left: SpansetExpr;
  readonly right: SpansetExpr;
  readonly position: PositionRange;
}

export type SpansetExpr = SpansetFilter | SpansetOperation | Pipeline;

export interface Pipeline {
  readonly kind: 'pipeline';
  readonly stages: readonly Stage[];
  readonly position: PositionRange;
}

export type Stage = SpansetExpr | ScalarFilter | GroupBy | Coalesce | Select;

/** `by(expr)`: each spanset is split by the value. */
export interface GroupBy {
  readonly kind: 'by';
  readonly expr: FieldExpr;
  readonly position: PositionRange;
}

/** `coalesce()`: the spansets of a trace become one again. */
export interface Coalesce {
  readonly kind: 'coalesce';
  readonly position: PositionRange;
}

/** `select(…)`: fields that the answer shows beside those that were asked for. */
export interface Select {
  readonly kind: 'select';
  readonly fields: readonly Field[];
  readonly position: PositionRange;
}

/** `count() > 2`: the spansets whose figure compares so. */
export interface ScalarFilter {
  readonly kind: 'scalar_filter';
  readonly operator: ComparisonOperator;
  readonly left: ScalarExpr;
  readonly right: ScalarExpr;
  readonly position: PositionRange;
}

export type AggregateFunction = 'count' | 'min' | 'max' | 'avg' | 'sum';

export interface Aggregate {
  readonly kind: 'aggregate';
  readonly func: AggregateFunction;
  /** Absent for `count()`. */
  readonly expr: FieldExpr | undefined;
  readonly position: PositionRange;
}

export interface ScalarOperation {
  readonly kind: 'scalar_operation';
  readonly operator: ArithmeticOperator;
  readonly left: ScalarExpr;
  readonly right: ScalarExpr;
  readonly position: PositionRange;
}

/** `({ … } | count())`: a pipeline that ends in a figure. */
export interface ScalarPipeline {
  readonly kind: 'scalar_pipeline';
  readonly pipeline: Pipeline;
  readonly aggregate: Aggregate;
  readonly position: PositionRange;
}

export type ScalarExpr = Static | Aggregate | ScalarOperation | ScalarPipeline;

export type MetricsFunction =
  | 'rate'
  | 'count_over_time'
  | 'min_over_time'
  | 'max_over_time'
  | 'avg_over_time'
  | 'sum_over_time'
  | 'quantile_over_time'
  | 'histogram_over_time'
  | 'compare';

/** `pipeline | rate() by (…)`. */
export interface MetricsAggregate {
  readonly kind: 'metrics_aggregate';
  readonly pipeline: Pipeline;
  readonly func: MetricsFunction;
  /** Of the `…_over_time` functions but `count_over_time`. */
  readonly field: Field | undefined;
  /** Of `quantile_over_time`. */
  readonly quantiles: readonly number[];
  readonly compare: Compare | undefined;
  readonly by: readonly Field[];
  readonly position: PositionRange;
}

/** `compare({ … }, topN, start, end)`: what sets the filter's spans (between the two times) apart from the rest. */
export interface Compare {
  readonly filter: SpansetFilter;
  /** So many values of an attribute are told apart. */
  readonly topN: number;
  /** Epoch nanoseconds; both 0: the whole range. */
  readonly startNanos: number;
  readonly endNanos: number;
}

/** Arithmetic between metrics, or between metrics and a number. */
export interface MetricsOperation {
  readonly kind: 'metrics_operation';
  readonly operator: '+' | '-' | '*' | '/';
  readonly left: MetricsExpr | Static;
  readonly right: MetricsExpr | Static;
  readonly position: PositionRange;
}

/** `| topk(5)`, `| bottomk(5)`, `> 10`. */
export interface SecondStage {
  readonly kind: 'second_stage';
  readonly expr: MetricsExpr;
  readonly stage:
    | { readonly func: 'topk' | 'bottomk'; readonly limit: number }
    | { readonly operator: ComparisonOperator; readonly value: Static };
  readonly position: PositionRange;
}

export type MetricsExpr = MetricsAggregate | MetricsOperation | SecondStage;

/** `with(name=value)`. Unknown ones are ignored, as in Tempo. */
export interface Hint {
  readonly name: string;
  readonly value: StaticValue;
}

/** A whole query: spansets to find, or metrics to work out. */
export type Query =
  | { readonly kind: 'search'; readonly pipeline: Pipeline; readonly hints: readonly Hint[] }
  | { readonly kind: 'metrics'; readonly metrics: MetricsExpr; readonly hints: readonly Hint[] };
