import type { Intrinsic, StaticValue } from '../../traceql/ast.ts';
import { type Comparison, textSql } from './compare-sql.ts';
import type { SqlParameters } from './sql-parameters.ts';

const NO_PARENT = `parent_span_id = toFixedString('', 8)`;

/** Text of a column, or of every element of one. */
type TextOf = { readonly text: string } | { readonly each: string; readonly of: string };

const TEXTS: Partial<Record<Intrinsic, TextOf>> = {
  'span:name': { text: 'name' },
  'span:statusMessage': { text: 'status_message' },
  'span:kind': { text: 'toString(kind)' },
  'span:status': { text: 'toString(status)' },
  'span:id': { text: 'lower(hex(span_id))' },
  'span:parentID': { text: `if(${NO_PARENT}, '', lower(hex(parent_span_id)))` },
  'trace:id': { text: 'lower(hex(trace_id))' },
  'instrumentation:name': { text: 'scope' },
  'instrumentation:version': { text: 'scope_version' },
  'event:name': { each: 'e', of: 'events.name' },
  'link:traceID': { each: 'lower(hex(e))', of: 'links.trace_id' },
  'link:spanID': { each: 'lower(hex(e))', of: 'links.span_id' },
};

const ID_BYTES: Partial<Record<Intrinsic, readonly [column: string, bytes: number]>> = {
  'span:id': ['span_id', 8],
  'trace:id': ['trace_id', 16],
};

/**
 * A comparison of an intrinsic with a literal; undefined where one row of `spans` does not tell: where a span stands in its trace, and
 * what the trace is.
 */
export function intrinsicSql(
  intrinsic: Intrinsic,
  comparison: Comparison,
  parameters: SqlParameters,
): string | undefined {
  const { operator, value } = comparison;
  if (intrinsic === 'span:duration') return numberSql('duration', comparison, parameters);
  if (intrinsic === 'nestedSetParent') return rootSql(comparison);
  if (intrinsic === 'event:timeSinceStart') return sinceStartSql(comparison, parameters);
  const id = ID_BYTES[intrinsic];
  if (id !== undefined && operator === '=' && value.type === 'string') return idSql(id, value, parameters);
  const source = TEXTS[intrinsic];
  if (source === undefined) return undefined;
  const literal = textLiteral(value);
  if (literal === undefined) return '0';
  if ('text' in source) return textSql(operator, source.text, literal, parameters);
  const one = textSql(operator, source.each, literal, parameters);
  return operator === '!=' || operator === '!~'
    ? `(notEmpty(${source.of}) AND arrayAll(e -> ${one}, ${source.of}))`
    : `arrayExists(e -> ${one}, ${source.of})`;
}

const textLiteral = (value: StaticValue): string | undefined =>
  value.type === 'string' || value.type === 'status' || value.type === 'kind' ? value.value : undefined;

function numberSql(sql: string, { operator, value }: Comparison, parameters: SqlParameters): string {
  if (value.type !== 'int' && value.type !== 'float' && value.type !== 'duration') return '0';
  return `${sql} ${operator} ${parameters.bind(value.value, 'Float64')}`;
}

/** `nestedSetParent < 0` and its like: whether the span is a root. Other numbers are known only when the trace is together. */
function rootSql({ operator, value }: Comparison): string | undefined {
  if (value.type !== 'int') return undefined;
  const asked = `${operator} ${value.value}`;
  if (asked === '< 0' || asked === '= -1' || asked === '<= -1') return NO_PARENT;
  return asked === '>= 0' || asked === '!= -1' || asked === '> -1' ? `NOT ${NO_PARENT}` : undefined;
}

function sinceStartSql(comparison: Comparison, parameters: SqlParameters): string {
  const since = 'toUnixTimestamp64Nano(e) - toUnixTimestamp64Nano(time)';
  const one = numberSql(since, comparison, parameters);
  return comparison.operator === '!='
    ? `(notEmpty(events.time) AND arrayAll(e -> ${one}, events.time))`
    : `arrayExists(e -> ${one}, events.time)`;
}

/** By its bytes, so that the index serves. */
function idSql(
  [column, bytes]: readonly [column: string, bytes: number],
  value: StaticValue & { readonly type: 'string' },
  parameters: SqlParameters,
): string {
  const hex = new RegExp(`^[0-9a-f]{${bytes * 2}}$`);
  if (!hex.test(value.value)) return '0';
  return `${column} = toFixedString(unhex(${parameters.bind(value.value, 'String')}), ${bytes})`;
}

/** Whether a span has the intrinsic at all: only events and links may be missing. */
export function intrinsicExistsSql(intrinsic: Intrinsic): string {
  if (intrinsic.startsWith('event:')) return 'notEmpty(events.name)';
  return intrinsic.startsWith('link:') ? 'notEmpty(links.span_id)' : '1';
}
