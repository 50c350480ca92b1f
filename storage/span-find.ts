import { z } from 'zod';
import { SPAN_KINDS } from '../traceql/ast.ts';
import type { Reader } from './clickhouse/clickhouse.ts';
import { isTraceId, OF_WANTED_TRACE, SPANS_OF_A_TRACE, TRACE_LIMITS, WANTED_TRACE } from './traces.ts';

/** A condition on the columns of `spans` with the parameters that it names. */
interface Condition {
  readonly sql: string;
  readonly parameters: Readonly<Record<string, string>>;
}

/** More words than anybody types; each is a look at every attribute. */
export const FIND_WORDS_MAX = 20;

/**
 * What a search within a trace asks for. Words apart by spaces must all be met; `"two words"` is one. `key=value` and
 * `key!=value` compare an attribute of span, resource, scope or event, or `service`, `name`, `kind`, `status`, `id`; anything
 * else is text to be found in names, messages, ids, and the keys and values of attributes. Case does not matter.
 *
 * @returns null where nothing is asked for.
 */
function conditionOf(text: string): Condition | null {
  const words = (text.match(/(?:[^\s"]|"[^"]*(?:"|$))+/g) ?? []).slice(0, FIND_WORDS_MAX);
  if (words.length === 0) return null;
  const conditions = words.map((word, index) => wordCondition(word, `word${index}`, `key${index}`));
  return {
    sql: conditions.map(({ sql }) => `(${sql})`).join(' AND '),
    parameters: Object.assign({}, ...conditions.map(({ parameters }) => parameters)),
  };
}

const unquoted = (text: string): string => text.replaceAll('"', '');

function wordCondition(word: string, wordName: string, keyName: string): Condition {
  const pair = /^([^\s"=!]+)(!?=)(.+)$/.exec(word);
  if (pair === null)
    return { sql: hasText(`{${wordName}:String}`), parameters: { [wordName]: unquoted(word) } };
  const [, key = '', operator, value = ''] = pair;
  const own = OWN_COLUMNS.get(key);
  const wanted = `lowerUTF8({${wordName}:String})`;
  const equal =
    own === undefined
      ? attributeIs(`{${keyName}:String}`, wanted)
      : `lowerUTF8(toString(${own})) = ${wanted}`;
  return {
    sql: operator === '=' ? equal : `NOT (${equal})`,
    parameters: { [wordName]: unquoted(value), ...(own === undefined && { [keyName]: key }) },
  };
}

const OWN_COLUMNS: ReadonlyMap<string, string> = new Map([
  ['service', 'service'],
  ['name', 'name'],
  ['kind', 'kind'],
  ['status', 'status'],
  ['id', 'hex(span_id)'],
]);
const MAPS = ['attributes', 'resource', 'scope_attributes'];

const attributeIs = (key: string, wanted: string): string =>
  [
    ...MAPS.map((map) => `(mapContains(${map}, ${key}) AND lowerUTF8(${map}[${key}]) = ${wanted})`),
    `arrayExists(a -> mapContains(a, ${key}) AND lowerUTF8(a[${key}]) = ${wanted}, events.attributes)`,
  ].join(' OR ');

function hasText(text: string): string {
  const has = (where: string): string => `positionCaseInsensitiveUTF8(${where}, ${text}) > 0`;
  const inMap = (map: string): string =>
    `arrayExists(t -> ${has('t')}, mapKeys(${map})) OR arrayExists(t -> ${has('t')}, mapValues(${map}))`;
  return [
    ...['name', 'service', 'lower(hex(span_id))', 'status_message'].map(has),
    ...MAPS.map(inMap),
    `arrayExists(t -> ${has('t')}, events.name)`,
    `arrayExists(a -> ${inMap('a')}, events.attributes)`,
  ].join(' OR ');
}

const foundRow = z.object({ spanId: z.string(), kind: z.enum(SPAN_KINDS) });
/** Id and kind tell spans of a trace apart: a client and a server may share an id. */
export type FoundSpan = z.infer<typeof foundRow>;

/**
 * The spans of a trace that meet a search (see {@link conditionOf}), ids as 16 hex digits; none for no words. `traceId` is 32 hex
 * digits in either case. Throws `StoreError`.
 */
export async function findSpans(
  reader: Reader,
  traceId: string,
  text: string,
  abort?: AbortSignal,
): Promise<readonly FoundSpan[]> {
  const condition = conditionOf(text);
  if (condition === null || !isTraceId(traceId)) return [];
  const rows = await reader.rows({
    sql: `${WANTED_TRACE}
      SELECT DISTINCT lower(hex(span_id)) AS spanId, kind ${OF_WANTED_TRACE} AND (${condition.sql}) LIMIT {most:UInt32}`,
    parameters: { ...condition.parameters, id: traceId, most: SPANS_OF_A_TRACE },
    limits: TRACE_LIMITS,
    what: 'find in a trace',
    ...(abort && { abort }),
  });
  return z.array(foundRow).parse(rows);
}
