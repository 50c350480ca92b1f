import type { AttributeField, FieldExpr, Intrinsic, StaticValue } from '../ast.ts';
import { SERVICE_NAME, type Trace, type TraceSpan } from '../trace.ts';
import { FALSE, type FieldValue, NIL, numberOf, operate, TRUE, toFieldValue } from './values.ts';

/** The value of an expression on span `index` of a trace. */
export function evaluateField(expr: FieldExpr, trace: Trace, index: number): FieldValue {
  switch (expr.kind) {
    case 'static':
      return expr.value;
    case 'attribute':
      return attributeOf(expr, trace.spans[index]!);
    case 'intrinsic':
      return INTRINSIC_VALUES[expr.intrinsic](trace.spans[index]!, trace, index);
    case 'binary':
      return operate(
        expr.operator,
        evaluateField(expr.left, trace, index),
        evaluateField(expr.right, trace, index),
      );
    case 'exists': {
      const there = exists(evaluateField(expr.expr, trace, index));
      return there === expr.negated ? FALSE : TRUE;
    }
    case 'unary':
      return negated(expr.operator, evaluateField(expr.expr, trace, index));
  }
}

const exists = (value: FieldValue): boolean =>
  value.type === 'several' ? value.values.length > 0 : value.type !== 'nil';

function negated(operator: '-' | '!', value: FieldValue): FieldValue {
  if (operator === '!') return value.type === 'bool' ? (value.value ? FALSE : TRUE) : NIL;
  const number = numberOf(value);
  if (Number.isNaN(number) || value.type === 'several' || value.type === 'nil') return NIL;
  return { ...value, value: -number } as StaticValue;
}

function attributeOf({ scope, name }: AttributeField, span: TraceSpan): FieldValue {
  switch (scope) {
    case 'span':
      return toFieldValue(span.attributes[name]);
    case 'resource':
      return resourceValue(span, name);
    case 'instrumentation':
      return toFieldValue(span.scope.attributes[name]);
    case 'event':
      return several(span.events.map(({ attributes }) => toFieldValue(attributes[name])));
    case 'link':
      return several(span.links.map(({ attributes }) => toFieldValue(attributes[name])));
    case 'none': {
      const own = toFieldValue(span.attributes[name]);
      return own.type === 'nil' ? resourceValue(span, name) : own;
    }
  }
}

function resourceValue({ resource }: TraceSpan, name: string): FieldValue {
  const value = resource[name];
  const isService = typeof value === 'string' && value !== '';
  return name === SERVICE_NAME && !isService ? NIL : toFieldValue(value);
}

/** Values of all events or links, the missing ones left out. */
const several = (values: readonly FieldValue[]): FieldValue => ({
  type: 'several',
  values: values.flatMap((value) =>
    value.type === 'several' ? value.values : value.type === 'nil' ? [] : [value],
  ),
});

const text = (value: string): StaticValue => ({ type: 'string', value });
const duration = (value: number): StaticValue => ({ type: 'duration', value });
const int = (value: number): StaticValue => ({ type: 'int', value });

const INTRINSIC_VALUES = {
  'span:duration': (span) => duration(span.durationNanos),
  'span:name': (span) => text(span.name),
  'span:kind': (span) => ({ type: 'kind', value: span.kind }),
  'span:status': (span) => ({ type: 'status', value: span.status }),
  'span:statusMessage': (span) => text(span.statusMessage),
  'span:id': (span) => text(span.spanId),
  'span:parentID': (span) => text(span.parentSpanId ?? ''),
  'span:childCount': (_, trace, index) => int(trace.childCounts[index]!),
  'trace:duration': (_, trace) => duration(trace.durationNanos),
  'trace:rootName': (_, trace) => text(trace.root?.name ?? ''),
  'trace:rootService': (_, trace) => text(trace.root?.service ?? ''),
  'trace:id': (_, trace) => text(trace.traceId),
  'event:name': (span) => several(span.events.map(({ name }) => text(name))),
  'event:timeSinceStart': (span) =>
    several(span.events.map(({ atNanos }) => duration(Number(atNanos - span.startNanos)))),
  'link:traceID': (span) => several(span.links.map(({ traceId }) => text(traceId))),
  'link:spanID': (span) => several(span.links.map(({ spanId }) => text(spanId))),
  'instrumentation:name': (span) => text(span.scope.name),
  'instrumentation:version': (span) => text(span.scope.version),
  nestedSetLeft: (_, trace, index) => int(trace.nestedLeft[index]!),
  nestedSetRight: (_, trace, index) => int(trace.nestedRight[index]!),
  nestedSetParent: (_, trace, index) => int(trace.nestedParent[index]!),
  parent: () => NIL,
} as const satisfies Record<Intrinsic, (span: TraceSpan, trace: Trace, index: number) => FieldValue>;
