import type { AttributeScope } from '../../traceql/ast.ts';
import { SERVICE_NAME } from '../../traceql/trace.ts';
import { type Comparison, compareSql, type ValueSql } from './compare-sql.ts';
import type { SqlParameters } from './sql-parameters.ts';

/** Where an attribute is: its text, whether it is there, and which keys are not strings (`kind:key` between U+0001). */
interface AttributeColumns {
  readonly text: (name: string) => string;
  readonly there: (name: string) => string;
  readonly kinds: string;
  /** A condition that costs less and holds wherever a string attribute is this text. */
  readonly hint?: (text: string) => string;
}

/** A column of texts by key. Its keys and values are read as columns of their own: half the work of `map[key]`. */
const mapColumn = (map: string, kinds: string): AttributeColumns => ({
  text: (name) => `${map}.values[indexOf(${map}.keys, ${name})]`,
  there: (name) => `has(${map}.keys, ${name})`,
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
  kinds: `''`,
};
/** Within `arrayExists` over the two arrays of events or links. */
const ELEMENT: AttributeColumns = {
  text: (name) => `texts[${name}]`,
  there: (name) => `mapContains(texts, ${name})`,
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
  const name = parameters.bind(key, 'String');
  switch (scope) {
    case 'span':
      return inColumns(SPAN, name, parameters);
    case 'resource':
      return inColumns(resourceColumns(key), name, parameters);
    case 'instrumentation':
      return inColumns(INSTRUMENTATION, name, parameters);
    case 'none':
      return spanThenResource(resourceColumns(key), name, parameters);
    case 'event':
    case 'link':
      return inElements(scope === 'event' ? 'events' : 'links', name, parameters);
  }
}

/** Whether the key is listed among those of a kind: i integer, d double, b bool, j list or map, n no value. */
const hasKind = ({ kinds }: AttributeColumns, kind: string, name: string): string =>
  `position(concat('\\x01', ${kinds}, '\\x01'), concat('\\x01${kind}:', ${name}, '\\x01')) > 0`;

const anyKind = (columns: AttributeColumns, letters: string, name: string): string =>
  `(${[...letters].map((kind) => hasKind(columns, kind, name)).join(' OR ')})`;

function inColumns(columns: AttributeColumns, name: string, parameters: SqlParameters): AttributeSql {
  const [text, there] = [columns.text(name), columns.there(name)];
  const scalar: ValueSql = {
    text,
    isString: `NOT ${anyKind(columns, 'idbjn', name)}`,
    number: `toFloat64OrZero(${text})`,
    isNumber: anyKind(columns, 'id', name),
    bool: `${text} = 'true'`,
    isBool: hasKind(columns, 'b', name),
  };
  const isList = `(${hasKind(columns, 'j', name)} AND startsWith(${text}, '['))`;
  const elements = listElements(text);
  return {
    compare: (comparison) => {
      const one = compareSql(comparison, scalar, parameters);
      const each = compareSql(comparison, elementSql('e'), parameters);
      const all = comparison.operator === '!=' || comparison.operator === '!~';
      const list = all
        ? `notEmpty(${elements}) AND arrayAll(e -> ${each}, ${elements})`
        : `arrayExists(e -> ${each}, ${elements})`;
      const condition = `${there} AND ((${one}) OR (${isList} AND ${list}))`;
      const { operator, value } = comparison;
      // `has` does not find '' in such a column.
      const hinted = operator === '=' && value.type === 'string' && value.value !== '';
      if (columns.hint === undefined || !hinted) return `(${condition})`;
      const hint = columns.hint(parameters.bind(value.value, 'String'));
      return `((${hint} OR ${hasKind(columns, 'j', name)}) AND ${condition})`;
    },
    exists: () =>
      `(${there} AND NOT ${hasKind(columns, 'n', name)} AND (NOT ${hasKind(columns, 'j', name)} OR (startsWith(${text}, '[') AND notEmpty(${elements}))))`,
    isTrue: () => `(${text} = 'true' AND ${hasKind(columns, 'b', name)})`,
    isFalse: () => `(${text} = 'false' AND ${hasKind(columns, 'b', name)})`,
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
const spanHasNone = (name: string): string =>
  `(NOT ${SPAN.there(name)} OR ${hasKind(SPAN, 'n', name)}
    OR (${hasKind(SPAN, 'j', name)} AND NOT startsWith(${SPAN.text(name)}, '[')))`;

/** The span's own attribute, and the resource's where the span has none. */
function spanThenResource(
  resourceColumns: AttributeColumns,
  name: string,
  parameters: SqlParameters,
): AttributeSql {
  const own = inColumns(SPAN, name, parameters);
  const resource = inColumns(resourceColumns, name, parameters);
  const either = (ask: (of: AttributeSql) => string): string =>
    `(${ask(own)} OR (${spanHasNone(name)} AND ${ask(resource)}))`;
  return {
    compare: (comparison) => either((of) => of.compare(comparison)),
    exists: () => either((of) => of.exists()),
    isTrue: () => either((of) => of.isTrue()),
    isFalse: () => either((of) => of.isFalse()),
  };
}

/** Of events or links: one that has it is enough; for `!=` and `!~` all that have it must differ. */
function inElements(column: 'events' | 'links', name: string, parameters: SqlParameters): AttributeSql {
  const element = inColumns(ELEMENT, name, parameters);
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
  const name = parameters.bind(key, 'String');
  if (scope !== 'none')
    return textAndKind(
      { span: SPAN, resource: resourceColumns(key), instrumentation: INSTRUMENTATION }[scope],
      name,
    );
  const [own, resource] = [textAndKind(SPAN, name), textAndKind(resourceColumns(key), name)];
  return {
    text: `if(${spanHasNone(name)}, ${resource.text}, ${own.text})`,
    kind: `if(${spanHasNone(name)}, ${resource.kind}, ${own.kind})`,
  };
}

function textAndKind(columns: AttributeColumns, name: string) {
  const text = columns.text(name);
  const isList = `(${hasKind(columns, 'j', name)} AND startsWith(${text}, '['))`;
  const first = `${listElements(text)}[1]`;
  const { isString, isBool, isNumber } = elementSql(first);
  const kindOfFirst = `multiIf(${isString}, 's', ${isBool}, 'b', ${isNumber}, 'd', '')`;
  const kind = `multiIf(NOT ${columns.there(name)} OR ${hasKind(columns, 'n', name)}, '', ${anyKind(columns, 'id', name)}, 'd',
    ${hasKind(columns, 'b', name)}, 'b', ${isList}, ${kindOfFirst}, ${hasKind(columns, 'j', name)}, '', 's')`;
  const own = `if(${isList}, if(${isString}, JSONExtractString(${first}), ${first}), toString(${text}))`;
  return {
    text: `multiIf(${kind} = '', '', ${kind} = 'd', toString(toFloat64OrZero(${own})), ${own})`,
    kind,
  };
}
