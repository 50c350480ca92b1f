import type { AttributeScope } from '../../traceql/ast.ts';
import { SERVICE_NAME } from '../../traceql/trace.ts';
import { type Comparison, compareSql, textSql, type ValueSql } from './compare-sql.ts';
import type { SqlParameters } from './sql-parameters.ts';

/** An attribute's key in SQL. */
interface Key {
  readonly name: string;
  /** Whether it is in a column of keys, and at which place (from 1; 0: not there). */
  readonly isIn: (keys: string) => string;
  readonly placeIn: (keys: string) => string;
  /** A pattern that finds it among the keys of these kinds: i integer, d double, b bool, j list or map, n no value. */
  readonly among: (kinds: string) => string;
}

/** Where an attribute is: its text, whether it is there, and which keys are not strings (`kind:key` between U+0001; undefined: none). */
interface AttributeColumns {
  readonly text: (key: Key) => string;
  readonly there: (key: Key) => string;
  readonly kinds: string | undefined;
  /** A condition that costs less and holds wherever a string attribute is this text. */
  readonly hint?: (text: string) => string;
}

/** A column of texts by key. Its keys and values are read as columns of their own: half the work of `map[key]`. */
const mapColumn = (map: string, kinds: string): AttributeColumns => ({
  text: (key) => `${map}.values[${key.placeIn(`${map}.keys`)}]`,
  there: (key) => key.isIn(`${map}.keys`),
  kinds,
  hint: (text) => `has(${map}.values, ${text})`,
});

const SPAN = mapColumn('attributes', 'attribute_kinds');
const RESOURCE = mapColumn('resource', 'resource_kinds');
const INSTRUMENTATION = mapColumn('scope_attributes', 'scope_attribute_kinds');
/** The resource's `service.name` has a column of its own, '' where it is none; always a string. */
const SERVICE: AttributeColumns = {
  text: () => 'service',
  there: () => `service != ''`,
  kinds: undefined,
};
/** Within `arrayExists` over the two arrays of events or links. */
const ELEMENT: AttributeColumns = {
  text: ({ name }) => `texts[${name}]`,
  there: ({ name }) => `mapContains(texts, ${name})`,
  kinds: 'kinds',
};

const resourceColumns = (key: string): AttributeColumns => (key === SERVICE_NAME ? SERVICE : RESOURCE);

/** An attribute in SQL, to be compared or asked whether it is there. */
export interface AttributeSql {
  compare(comparison: Comparison): string;
  exists(): string;
  /** The attribute by itself as a condition: it is `true`. */
  isTrue(): string;
  isFalse(): string;
}

/** How an attribute of a scope is asked for. Answers are those of the evaluator in `traceql/`. */
export function attributeSql(scope: AttributeScope, key: string, parameters: SqlParameters): AttributeSql {
  const bound = bindKey(key, parameters);
  switch (scope) {
    case 'span':
      return inColumns(SPAN, bound, parameters);
    case 'resource':
      return inColumns(resourceColumns(key), bound, parameters);
    case 'instrumentation':
      return inColumns(INSTRUMENTATION, bound, parameters);
    case 'none':
      return spanThenResource(resourceColumns(key), bound, parameters);
    case 'event':
    case 'link':
      return inElements(scope === 'event' ? 'events' : 'links', bound, parameters);
  }
}

function bindKey(key: string, parameters: SqlParameters): Key {
  const name = parameters.bind(key, 'String');
  return {
    name,
    // `has` and `indexOf` do not find '' in a column of few different texts.
    isIn: (keys) => (key === '' ? `arrayExists(k -> k = '', ${keys})` : `has(${keys}, ${name})`),
    placeIn: (keys) => (key === '' ? `arrayFirstIndex(k -> k = '', ${keys})` : `indexOf(${keys}, ${name})`),
    among: (kinds) =>
      parameters.bind(
        `(?s)(^|\x01)[${kinds}]:${key.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')}(\x01|$)`,
        'String',
      ),
  };
}

/** Whether the key is listed among those of one of these kinds. */
const hasKind = ({ kinds }: AttributeColumns, letters: string, key: Key): string =>
  kinds === undefined ? '0' : `match(${kinds}, ${key.among(letters)})`;

/** Attributes that are strings, all of them. */
function inStrings({ text, there }: AttributeColumns, key: Key, parameters: SqlParameters): AttributeSql {
  return {
    compare: (comparison) =>
      comparison.value.type === 'string'
        ? `(${there(key)} AND ${textSql(comparison.operator, text(key), comparison.value.value, parameters)})`
        : '0',
    exists: () => there(key),
    isTrue: () => '0',
    isFalse: () => '0',
  };
}

function inColumns(columns: AttributeColumns, key: Key, parameters: SqlParameters): AttributeSql {
  if (columns.kinds === undefined) return inStrings(columns, key, parameters);
  const [text, there] = [columns.text(key), columns.there(key)];
  const scalar: ValueSql = {
    text,
    isString: `NOT ${hasKind(columns, 'idbjn', key)}`,
    number: `toFloat64OrZero(${text})`,
    isNumber: hasKind(columns, 'id', key),
    bool: `${text} = 'true'`,
    isBool: hasKind(columns, 'b', key),
  };
  const isList = `(${hasKind(columns, 'j', key)} AND startsWith(${text}, '['))`;
  const elements = listElements(text);
  return {
    compare: (comparison) => {
      const one = compareSql(comparison, scalar, parameters);
      const each = compareSql(comparison, elementSql('e'), parameters);
      const { operator, value } = comparison;
      // What cannot be compared has no type that `each` asks for.
      const list =
        operator === '!=' || operator === '!~'
          ? `notEmpty(${elements}) AND arrayAll(e -> ${each}, ${elements})`
          : `arrayExists(e -> ${each}, JSONExtractArrayRaw(${text}))`;
      const condition = `((${one}) OR (${isList} AND ${list}))`;
      // An attribute that is not there has the text '', and `has` does not find '' in such a column.
      if (operator !== '=' || value.type !== 'string' || value.value === '')
        return `(${there} AND ${condition})`;
      if (columns.hint === undefined) return condition;
      const hint = columns.hint(parameters.bind(value.value, 'String'));
      return `((${hint} OR ${hasKind(columns, 'j', key)}) AND ${condition})`;
    },
    exists: () =>
      `(${there} AND NOT ${hasKind(columns, 'n', key)} AND (NOT ${hasKind(columns, 'j', key)} OR (startsWith(${text}, '[') AND notEmpty(${elements}))))`,
    isTrue: () => `(${text} = 'true' AND ${hasKind(columns, 'b', key)})`,
    isFalse: () => `(${text} = 'false' AND ${hasKind(columns, 'b', key)})`,
  };
}

/** What of a list can be compared, as JSON: lists, maps and nulls in it are nothing. */
const listElements = (text: string): string =>
  `arrayFilter(e -> NOT (startsWith(e, '[') OR startsWith(e, '{') OR e = 'null'), JSONExtractArrayRaw(${text}))`;

/** An element of a list, as JSON. */
const elementSql = (json: string): ValueSql => ({
  text: `JSONExtractString(${json})`,
  isString: `startsWith(${json}, '"')`,
  number: `toFloat64OrZero(${json})`,
  isNumber: `match(${json}, '^-?[0-9]')`,
  bool: `${json} = 'true'`,
  isBool: `${json} IN ('true', 'false')`,
});

/** Whether a span has none of its own, so that its resource's counts: a map, or an attribute without a value, is none. */
const spanHasNone = (key: Key): string =>
  `(NOT ${SPAN.there(key)} OR ${hasKind(SPAN, 'n', key)}
    OR (${hasKind(SPAN, 'j', key)} AND NOT startsWith(${SPAN.text(key)}, '[')))`;

/** The span's own attribute, and the resource's where the span has none. */
function spanThenResource(
  resourceColumns: AttributeColumns,
  key: Key,
  parameters: SqlParameters,
): AttributeSql {
  const own = inColumns(SPAN, key, parameters);
  const resource = inColumns(resourceColumns, key, parameters);
  const either = (ask: (of: AttributeSql) => string): string =>
    `(${ask(own)} OR (${spanHasNone(key)} AND ${ask(resource)}))`;
  return {
    compare: (comparison) => either((of) => of.compare(comparison)),
    exists: () => either((of) => of.exists()),
    isTrue: () => either((of) => of.isTrue()),
    isFalse: () => either((of) => of.isFalse()),
  };
}

/** Of events or links: one that has it is enough; for `!=` and `!~` all that have it must differ. */
function inElements(column: 'events' | 'links', key: Key, parameters: SqlParameters): AttributeSql {
  const element = inColumns(ELEMENT, key, parameters);
  const arrays = `${column}.attributes, ${column}.kinds`;
  const some = (condition: string): string => `arrayExists((texts, kinds) -> ${condition}, ${arrays})`;
  return {
    compare: (comparison) => {
      if (comparison.operator !== '!=' && comparison.operator !== '!~')
        return some(element.compare(comparison));
      const differs = `NOT ${element.exists()} OR ${element.compare(comparison)}`;
      return `(${some(element.exists())} AND arrayAll((texts, kinds) -> ${differs}, ${arrays}))`;
    },
    exists: () => some(element.exists()),
    // Several values are no boolean.
    isTrue: () => '0',
    isFalse: () => '0',
  };
}

/**
 * An attribute, of a list its first element, as text and the letter of its kind (s, b, d for every number; '': none), to group by and
 * to reckon with: equal values are equal texts; undefined for events and links, of which a span has several.
 */
export function attributeColumns(
  scope: AttributeScope,
  key: string,
  parameters: SqlParameters,
): { readonly text: string; readonly kind: string } | undefined {
  if (scope === 'event' || scope === 'link') return undefined;
  const bound = bindKey(key, parameters);
  if (scope !== 'none')
    return textAndKind(
      { span: SPAN, resource: resourceColumns(key), instrumentation: INSTRUMENTATION }[scope],
      bound,
    );
  const [own, resource] = [textAndKind(SPAN, bound), textAndKind(resourceColumns(key), bound)];
  return {
    text: `if(${spanHasNone(bound)}, ${resource.text}, ${own.text})`,
    kind: `if(${spanHasNone(bound)}, ${resource.kind}, ${own.kind})`,
  };
}

function textAndKind(columns: AttributeColumns, key: Key) {
  const text = columns.text(key);
  const isList = `(${hasKind(columns, 'j', key)} AND startsWith(${text}, '['))`;
  const first = `${listElements(text)}[1]`;
  const { isString, isBool, isNumber } = elementSql(first);
  const kindOfFirst = `multiIf(${isString}, 's', ${isBool}, 'b', ${isNumber}, 'd', '')`;
  const kind = `multiIf(NOT ${columns.there(key)} OR ${hasKind(columns, 'n', key)}, '', ${hasKind(columns, 'id', key)}, 'd',
    ${hasKind(columns, 'b', key)}, 'b', ${isList}, ${kindOfFirst}, ${hasKind(columns, 'j', key)}, '', 's')`;
  const own = `if(${isList}, if(${isString}, JSONExtractString(${first}), ${first}), toString(${text}))`;
  return {
    text: `multiIf(${kind} = '', '', ${kind} = 'd', toString(toFloat64OrZero(${own})), ${own})`,
    kind,
  };
}
