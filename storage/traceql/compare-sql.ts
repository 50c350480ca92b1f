import type { ComparisonOperator, StaticValue } from '../../traceql/ast.ts';
import type { SqlParameters } from './sql-parameters.ts';

/** A comparison of a field with a literal, the field on the left. */
export interface Comparison {
  readonly operator: ComparisonOperator | '=~' | '!~';
  readonly value: StaticValue;
}

/** A value in SQL, by what type it may have. */
export interface ValueSql {
  readonly text: string;
  readonly isString: string;
  readonly number: string;
  readonly isNumber: string;
  readonly bool: string;
  readonly isBool: string;
}

/** Whether a value compares so; false where its type is another one. */
export function compareSql(comparison: Comparison, value: ValueSql, parameters: SqlParameters): string {
  const { operator, value: literal } = comparison;
  switch (literal.type) {
    case 'string':
      return `${textSql(operator, value.text, literal.value, parameters)} AND ${value.isString}`;
    case 'int':
    case 'float':
    case 'duration':
      return operator === '=~' || operator === '!~'
        ? '0'
        : `${value.number} ${operator} ${parameters.bind(literal.value, 'Float64')} AND ${value.isNumber}`;
    case 'bool': {
      if (operator !== '=' && operator !== '!=') return '0';
      const wanted = literal.value === (operator === '=');
      return `${wanted ? '' : 'NOT '}(${value.bool}) AND ${value.isBool}`;
    }
    default:
      // A status or kind is never the value of an attribute.
      return '0';
  }
}

/** A text against a literal. Regular expressions match the whole, as RE2 does, line breaks included. */
export function textSql(
  operator: Comparison['operator'],
  text: string,
  literal: string,
  parameters: SqlParameters,
): string {
  if (operator !== '=~' && operator !== '!~')
    return `${text} ${operator} ${parameters.bind(literal, 'String')}`;
  const pattern = parameters.bind(`^(?s:${literal})$`, 'String');
  return `${operator === '!~' ? 'NOT ' : ''}match(${text}, ${pattern})`;
}
