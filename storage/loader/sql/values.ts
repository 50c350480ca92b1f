/** SQL over OTLP attribute values, as `otlp-schema.ts` declares them. */
import { literal } from '../../clickhouse/literal.ts';

const TEXT = '"(?:[^"\\\\]|\\\\.)*"';
const EMPTY_LISTS = ',"kvlist_value":\\{"values":\\{\\}\\},"array_value":\\{"values":\\[\\]\\}';
const scalar = (
  member: string,
  text: string,
  int: string,
  double: string,
  bytes: string,
  bool: string,
): string =>
  `\\{"value":"${member}","string_value":${text},"int_value":${int},"double_value":${double},"bytes_value":${bytes}${EMPTY_LISTS},"bool_value":${bool}\\}`;
const EMPTY_SCALARS = '"string_value":"","int_value":0,"double_value":0,"bytes_value":""';
const OPEN = (member: string): string => `{"value":"${member}",${EMPTY_SCALARS},"kvlist_value":{"values":`;

/**
 * Steps from ClickHouse's JSON of a value's columns, `{"value":"int_value","string_value":"",…,"int_value":5,…}`, to the value's own,
 * `5`. Written as replacements because an expression that walks the levels takes ClickHouse a second to plan. None of the
 * patterns can match inside a string: there a quote has a backslash before it.
 */
const STEPS: readonly (readonly [pattern: string, replacement: string, regular: boolean])[] = [
  [scalar('string_value', `(${TEXT})`, '0', '0', '""', 'false'), '\\1', true],
  [scalar('int_value', '""', '(-?[0-9]+)', '0', '""', 'false'), '\\1', true],
  [scalar('double_value', '""', '0', '([^,]+)', '""', 'false'), '\\1', true],
  [scalar('bytes_value', '""', '0', '0', `(${TEXT})`, 'false'), '\\1', true],
  [scalar('bool_value', '""', '0', '0', '""', '(true|false)'), '\\1', true],
  [scalar('none', '""', '0', '0', '""', 'false'), 'null', true],
  [`${OPEN('array_value')}{}},"array_value":{"values":`, '', false],
  [OPEN('kvlist_value'), '', false],
  ['},"array_value":{"values":[]},"bool_value":false}', '', false],
  ['},"bool_value":false}', '', false],
];

/** What the error says when a value is nested deeper than the columns are declared; the load is repeated with more levels. */
export const TOO_DEEP = 'value nested deeper than declared';

/** A list or map as JSON text. One that is deeper than declared shows as a value that has nothing but `bool_value`, and is refused. */
function json(value: string): string {
  const text = STEPS.reduce(
    (sql, [pattern, replacement, regular]) =>
      `${regular ? 'replaceRegexpAll' : 'replaceAll'}(${sql}, ${literal(pattern)}, ${literal(replacement)})`,
    `toJSONString(${value})`,
  );
  // Part of the result, so that it is not optimised away.
  return `substring(${text}, 1 + throwIf(position(toJSONString(${value}), '{"bool_value"') > 0, '${TOO_DEEP}'))`;
}

/**
 * A value as the text that is stored: a string as it is, a list or map as JSON, bytes as base64. `depth` is how deep lists and
 * maps are declared.
 */
export function valueText(value: string, depth: number): string {
  const lists =
    depth === 0
      ? `repeat('x', throwIf(${value}.value IN ('array_value', 'kvlist_value'), '${TOO_DEEP}'))`
      : json(value);
  return `multiIf(
    ${value}.value = 'string_value', ${value}.string_value,
    ${value}.value = 'int_value', toString(${value}.int_value),
    ${value}.value = 'bool_value', if(${value}.bool_value, 'true', 'false'),
    ${value}.value = 'double_value', toString(${value}.double_value),
    ${value}.value IN ('array_value', 'kvlist_value'), ${lists},
    ${value}.value = 'bytes_value', base64Encode(${value}.bytes_value), '')`;
}

/** The letter of a value's kind: s, i, d, b, j (list or map), y (bytes), n (none). */
export const kindLetter = (value: string): string =>
  `arrayElement(['n', 's', 'b', 'i', 'd', 'j', 'j', 'y'], toInt8(${value}.value) + 1)`;

/** Attributes as a map of texts; of a key that comes twice the first value is kept. */
export const attributeMap = (attributes: string, type: string, depth: number): string =>
  `CAST((${attributes}.key, arrayMap(a -> ${valueText('a.value', depth)}, ${attributes})), '${type}')`;

/** Which attributes are not strings: `kind:key`, joined by U+0001. */
export const attributeKinds = (attributes: string): string =>
  `arrayStringConcat(arrayMap(a -> concat(${kindLetter('a.value')}, ':', a.key),
    arrayFilter(a -> a.value.value != 'string_value', ${attributes})), '\\x01')`;

/** The text of one attribute, '' where it is missing. */
export const attributeText = (attributes: string, key: string): string =>
  `arrayFirst(a -> a.key = '${key}', ${attributes}).value.string_value`;
