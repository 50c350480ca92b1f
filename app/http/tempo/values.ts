import type { StaticValue } from '../../../traceql/ast.ts';
import { goDuration } from '../../../traceql/duration.ts';
import type { AnyValue, KeyValue } from '../otlp/any-value.ts';

/** A value of TraceQL as Tempo's answers write it: durations, kinds and statuses as text. */
export function toAnyValue(value: StaticValue): AnyValue {
  switch (value.type) {
    case 'nil':
      return { stringValue: 'nil' };
    case 'int':
      return { intValue: String(value.value) };
    case 'float':
      return { doubleValue: toJsonNumber(value.value) };
    case 'bool':
      return { boolValue: value.value };
    default:
      return { stringValue: textOf(value) };
  }
}

/** A value as text: strings as they are, durations as Go prints them. */
export function textOf(value: StaticValue): string {
  if (value.type === 'nil') return 'nil';
  return value.type === 'duration' ? goDuration(value.value) : String(value.value);
}

/** The type of a value by Tempo's name: words of the language are keywords. */
export const typeName = ({ type }: StaticValue): string =>
  type === 'status' || type === 'kind' ? 'keyword' : type;

/** Named values as a list of attributes. */
export const toKeyValues = (
  values: readonly { readonly name: string; readonly value: StaticValue }[],
): readonly KeyValue[] => values.map(({ name, value }) => ({ key: name, value: toAnyValue(value) }));

/** A number as protobuf's JSON has it, which knows the three that JSON does not. */
export const toJsonNumber = (value: number): number | 'NaN' | 'Infinity' | '-Infinity' =>
  Number.isFinite(value) ? value : (String(value) as 'NaN' | 'Infinity' | '-Infinity');
