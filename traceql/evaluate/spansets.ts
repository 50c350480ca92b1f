import type {
  Aggregate,
  FieldExpr,
  Pipeline,
  ScalarFilter,
  SpansetExpr,
  Stage,
  StaticValue,
} from '../ast.ts';
import { formatFieldExpr, formatScalar } from '../printer.ts';
import type { Trace } from '../trace.ts';
import { evaluateField } from './field.ts';
import { relate, type SpanIndexes, union } from './structure.ts';
import { type FieldValue, isTrue, numberOf, operate } from './values.ts';

/** Spans of a trace that belong together, and what is known of them all: keys of `by`, figures of aggregates. */
export interface Spanset {
  readonly spans: SpanIndexes;
  readonly attributes: readonly { readonly name: string; readonly value: StaticValue }[];
}

/** The spansets that a pipeline leaves of a trace; none if the trace does not match. */
export function evaluatePipeline(pipeline: Pipeline, trace: Trace): readonly Spanset[] {
  return runStages(pipeline, trace, [{ spans: Array.from(trace.spans.keys()), attributes: [] }]);
}

function runStages(pipeline: Pipeline, trace: Trace, input: readonly Spanset[]): readonly Spanset[] {
  let spansets = input;
  for (const stage of pipeline.stages) {
    spansets = runStage(stage, trace, spansets);
    if (spansets.length === 0) break;
  }
  return spansets;
}

function runStage(stage: Stage, trace: Trace, input: readonly Spanset[]): readonly Spanset[] {
  switch (stage.kind) {
    case 'by':
      return input.flatMap((spanset) => split(stage.expr, trace, spanset));
    case 'coalesce':
      return [
        { spans: input.reduce<SpanIndexes>((all, { spans }) => union(all, spans), []), attributes: [] },
      ];
    case 'select':
      return input;
    case 'scalar_filter':
      return input.flatMap((spanset) => filterByFigure(stage, trace, spanset));
    case 'pipeline':
      return runStages(stage, trace, input);
    case 'filter':
    case 'spanset_operation':
      return input.flatMap((spanset) => {
        const spans = spansOf(stage, trace, spanset);
        return spans.length === 0 ? [] : [{ ...spanset, spans }];
      });
  }
}

/** The spans of one spanset that an expression finds. */
function spansOf(expr: SpansetExpr, trace: Trace, input: Spanset): SpanIndexes {
  switch (expr.kind) {
    case 'filter':
      return input.spans.filter((index) => isTrue(evaluateField(expr.expr, trace, index)));
    case 'pipeline':
      return runStages(expr, trace, [input]).reduce<SpanIndexes>((all, { spans }) => union(all, spans), []);
    case 'spanset_operation': {
      const left = spansOf(expr.left, trace, input);
      const right = spansOf(expr.right, trace, input);
      if (expr.operator === '&&') return left.length > 0 && right.length > 0 ? union(left, right) : [];
      if (expr.operator === '||') return union(left, right);
      return relate(expr.operator, trace, left, right);
    }
  }
}

/** One spanset for each value of the expression, in the order in which they appear. */
function split(expr: FieldExpr, trace: Trace, spanset: Spanset): readonly Spanset[] {
  const groups = new Map<string, { value: StaticValue; spans: number[] }>();
  for (const index of spanset.spans) {
    const value = firstOf(evaluateField(expr, trace, index));
    const key = `${value.type} ${value.type === 'nil' ? '' : value.value}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { value, spans: [index] });
    else group.spans.push(index);
  }
  const name = `by(${formatFieldExpr(expr)})`;
  return [...groups.values()].map(({ value, spans }) => ({
    spans,
    attributes: [...spanset.attributes, { name, value }],
  }));
}

/** Of several values the first one stands for the span. */
export const firstOf = (value: FieldValue): StaticValue =>
  value.type === 'several' ? (value.values[0] ?? { type: 'nil' }) : value;

function filterByFigure(filter: ScalarFilter, trace: Trace, spanset: Spanset): readonly Spanset[] {
  if (filter.left.kind !== 'aggregate' || filter.right.kind !== 'static') return [];
  const value = figureOf(filter.left, trace, spanset.spans);
  if (value === undefined || !isTrue(operate(filter.operator, value, filter.right.value))) return [];
  const attribute = { name: formatScalar(filter.left), value };
  return [{ ...spanset, attributes: [...spanset.attributes, attribute] }];
}

/** An aggregate over spans; those without a number are left out. Undefined if none has one. */
function figureOf({ func, expr }: Aggregate, trace: Trace, spans: SpanIndexes): StaticValue | undefined {
  if (func === 'count' || expr === undefined) return { type: 'int', value: spans.length };
  const values = spans
    .map((index) => firstOf(evaluateField(expr, trace, index)))
    .filter((value) => !Number.isNaN(numberOf(value)));
  const first = values[0];
  if (first === undefined) return undefined;
  const numbers = values.map(numberOf);
  const sum = numbers.reduce((total, each) => total + each, 0);
  const value = {
    min: () => numbers.reduce((least, each) => Math.min(least, each)),
    max: () => numbers.reduce((most, each) => Math.max(most, each)),
    sum: () => sum,
    avg: () => sum / numbers.length,
  }[func]();
  if (first.type === 'duration') return { type: 'duration', value: Math.trunc(value) };
  return { type: func !== 'avg' && Number.isInteger(value) ? 'int' : 'float', value };
}
