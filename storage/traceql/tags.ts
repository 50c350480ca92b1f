import { z } from 'zod';
import type { Field, FieldExpr, Intrinsic, StaticValue } from '../../traceql/ast.ts';
import type { Reader } from '../clickhouse/clickhouse.ts';
import { StoreError } from '../clickhouse/errors.ts';
import { IN_WINDOW_OF_MS, windowOfMs } from '../minute-order.ts';
import { attributeColumns } from './attribute-sql.ts';
import { conditionOf } from './conditions.ts';
import { keyValue } from './metrics-rows.ts';
import { SqlParameters } from './sql-parameters.ts';

/** Scopes that have attributes of their own. */
export const TAG_SCOPES = ['resource', 'span', 'event', 'link', 'instrumentation'] as const;
export type TagScope = (typeof TAG_SCOPES)[number];

/** What names and values are collected from: the newest spans of a range that may match a filter. Times are epoch milliseconds. */
export interface TagSearch {
  readonly startMs: number;
  readonly endMs: number;
  /** Names of a scope, or values, at most. */
  readonly limit: number;
  readonly filter?: FieldExpr | undefined;
  readonly abort?: AbortSignal | undefined;
}

/** `partial` says why some may be missing; null when the whole range was looked at. */
export interface TagNames {
  readonly names: Readonly<Record<TagScope, readonly string[]>>;
  readonly partial: string | null;
}

export interface TagValues {
  /** The most frequent first. */
  readonly values: readonly StaticValue[];
  readonly partial: string | null;
}

/** Spans looked at: so many, and where that takes too long, fewer. */
const SPANS = [1_000_000, 50_000];
const LIMITS = { maxSeconds: 4, maxMemoryBytes: 500 * 1024 ** 2 };

const KEYS = {
  resource: 'mapKeys(resource)',
  span: 'mapKeys(attributes)',
  event: 'arrayFlatten(arrayMap(texts -> mapKeys(texts), events.attributes))',
  link: 'arrayFlatten(arrayMap(texts -> mapKeys(texts), links.attributes))',
  instrumentation: 'mapKeys(scope_attributes)',
} as const satisfies Record<TagScope, string>;

const names = z.array(z.string()).default([]);
const namesRow = z.object({
  ...{ resource: names, span: names, event: names, link: names, instrumentation: names },
  looked: z.coerce.number(),
});

/** Names of attributes by scope, of the scopes asked for. Throws `StoreError`. */
export async function readTagNames(
  reader: Reader,
  scopes: readonly TagScope[],
  search: TagSearch,
): Promise<TagNames> {
  const collect = scopes.map(
    (scope) => `arraySort(groupUniqArrayArray({limit:UInt32})(keys_${scope})) AS ${scope}`,
  );
  const columns = scopes.map((scope) => `${KEYS[scope]} AS keys_${scope}`);
  const { rows, looked, slow } = await fromNewest(
    reader,
    search,
    columns,
    (newest) => `SELECT ${[...collect, 'count() AS looked'].join(', ')} FROM (${newest})`,
  );
  const { looked: found, ...byScope } = namesRow.parse(rows[0] ?? { looked: 0 });
  return { names: byScope, partial: partialOf(found, looked, slow) };
}

const valueRow = z.object({
  text: z.string(),
  kind: z.string(),
  spans: z.coerce.number(),
  looked: z.coerce.number(),
});

/** Values of an attribute or an intrinsic. Of an intrinsic that has too many to name there are none. Throws `StoreError`. */
export async function readTagValues(reader: Reader, field: Field, search: TagSearch): Promise<TagValues> {
  const parameters = new SqlParameters();
  const found = foundIn(field, parameters);
  if (found === undefined) return { values: [], partial: null };
  const { rows, looked, slow } = await fromNewest(
    reader,
    search,
    [`${found} AS found`],
    (
      newest,
    ) => `SELECT found.1 AS text, found.2 AS kind, count() AS spans, sum(countIf(found.3 = 0)) OVER () AS looked
      FROM (${newest}) LEFT ARRAY JOIN found
      GROUP BY text, kind ORDER BY kind = '', spans DESC, text LIMIT {limit:UInt32}`,
    parameters,
  );
  const read = rows.map((row) => valueRow.parse(row));
  return {
    values: read.filter(({ kind }) => kind !== '').map(({ text, kind }) => keyValue(text, kind)),
    partial: partialOf(read[0]?.looked ?? 0, looked, slow),
  };
}

function partialOf(looked: number, most: number, slow: boolean): string | null {
  if (slow && most === 0) return 'The range has too many spans to look at in time; shorten it';
  return looked < most ? null : `Only the newest ${most} spans of the range were looked at; shorten it`;
}

const INTRINSIC_VALUES: Partial<Record<Intrinsic, string>> = {
  'span:name': one('toString(name)', `'s'`),
  'span:statusMessage': one('status_message', `if(status_message = '', '', 's')`),
  'span:kind': one('toString(kind)', `'kind'`),
  'span:status': one('toString(status)', `'status'`),
  'trace:rootName': one('toString(name)', ofRoot('s')),
  'trace:rootService': one('toString(service)', ofRoot('s')),
  'instrumentation:name': one('toString(scope)', `if(scope = '', '', 's')`),
  'instrumentation:version': one('toString(scope_version)', `if(scope_version = '', '', 's')`),
  'event:name': `arrayMap((name, i) -> (toString(name), 's', toUInt8(i > 1)), events.name, arrayEnumerate(events.name))`,
};

/** What is found in a span: texts, the letters of their kinds ('' for none), and 0 for the first, 1 for others. */
function one(text: string, kind: string): string {
  return `[(${text}, ${kind}, toUInt8(0))]`;
}

function ofRoot(kind: string): string {
  return `if(reinterpretAsUInt64(parent_span_id) = 0, '${kind}', '')`;
}

function foundIn(field: Field, parameters: SqlParameters): string | undefined {
  if (field.kind === 'intrinsic') return INTRINSIC_VALUES[field.intrinsic];
  if (field.scope === 'event' || field.scope === 'link')
    return inElements(`${field.scope}s`, parameters.bind(field.name, 'String'));
  const column = attributeColumns(field.scope, field.name, parameters);
  return column && one(column.text, column.kind);
}

/** An attribute of events or links: each that has it gives a value. */
function inElements(column: string, name: string): string {
  const kinds = ['i', 'd', 'b', 'n', 'j'].map((kind) => {
    const listed = `position(concat('\\x01', kinds, '\\x01'), concat('\\x01${kind}:', ${name}, '\\x01')) > 0`;
    return `${listed}, '${kind === 'n' || kind === 'j' ? '' : kind}'`;
  });
  const kind = `if(mapContains(texts, ${name}), multiIf(${kinds.join(', ')}, 's'), '')`;
  return `arrayMap((texts, kinds, i) -> (texts[${name}], ${kind}, toUInt8(i > 1)),
    ${column}.attributes, ${column}.kinds, arrayEnumerate(${column}.kinds))`;
}

/** Runs a query over the newest spans; over fewer, and at last none, where it takes too long. */
async function fromNewest(
  reader: Reader,
  { startMs, endMs, limit, filter, abort }: TagSearch,
  columns: readonly string[],
  over: (newest: string) => string,
  parameters = new SqlParameters(),
): Promise<{ rows: readonly Readonly<Record<string, unknown>>[]; looked: number; slow: boolean }> {
  const condition = filter === undefined ? '1' : conditionOf(filter, parameters).sql;
  for (const spans of SPANS) {
    const newest = `SELECT ${columns.join(', ')} FROM spans
      WHERE ${IN_WINDOW_OF_MS} AND ${condition}
      ORDER BY toStartOfMinute(time) DESC LIMIT {spans:UInt32}`;
    try {
      const rows = await reader.rows({
        sql: over(newest),
        parameters: {
          ...parameters.values,
          ...windowOfMs(startMs, endMs),
          ...{ limit, spans },
        },
        limits: LIMITS,
        what: 'tags of spans',
        ...(abort && { abort }),
      });
      return { rows, looked: spans, slow: false };
    } catch (error) {
      if (!(error instanceof StoreError && error.failure === 'too_much')) throw error;
    }
  }
  return { rows: [], looked: 0, slow: true };
}
