import {
  readTagNames,
  readTagValues,
  TAG_SCOPES,
  type TagScope,
  type TagSearch,
} from '../../../storage/traceql/tags.ts';
import type { Field } from '../../../traceql/ast.ts';
import type { TraceSources } from '../../trace-queries/trace-sources.ts';
import { furtherMembers, jsonWithList } from '../json-list.ts';
import { partialStatus } from './partial-status.ts';
import { textOf, typeName } from './values.ts';

/** What Tempo offers as tags that are no attributes. */
const INTRINSIC_TAGS = [
  'duration',
  'event:name',
  'event:timeSinceStart',
  'instrumentation:name',
  'instrumentation:version',
  'kind',
  'name',
  'rootName',
  'rootServiceName',
  'span:duration',
  'span:kind',
  'span:name',
  'span:status',
  'span:statusMessage',
  'status',
  'statusMessage',
  'trace:duration',
  'trace:rootName',
  'trace:rootService',
  'traceDuration',
];

interface TagsAsk {
  readonly search: Omit<TagSearch, 'abort'>;
  /** Of Tempo's API: the first has neither scopes nor types. */
  readonly version: 1 | 2;
}

/** `search/tags`: the names of the scopes asked for. */
export async function* answerTagNames(
  { clickhouse }: Pick<TraceSources, 'clickhouse'>,
  { scopes, search, version }: TagsAsk & { readonly scopes: readonly (TagScope | 'intrinsic')[] },
  abort: AbortSignal,
): AsyncIterable<Uint8Array> {
  const stored = TAG_SCOPES.filter((scope) => scopes.includes(scope));
  const { names, partial } =
    stored.length === 0
      ? { names: null, partial: null }
      : await readTagNames(clickhouse, stored, { ...search, abort });
  const found = [
    ...stored.map((name) => ({ name, tags: names?.[name] ?? [] })),
    ...(scopes.includes('intrinsic') ? [{ name: 'intrinsic', tags: INTRINSIC_TAGS }] : []),
  ];
  const shape =
    version === 1
      ? { tagNames: [...new Set(found.flatMap(({ tags }) => tags))].sort() }
      : { scopes: found.filter(({ tags }) => tags.length > 0) };
  yield Buffer.from(JSON.stringify({ ...shape, metrics: {}, ...partialStatus(partial) }));
}

/** `search/tag/{tag}/values`. */
export async function* answerTagValues(
  { clickhouse }: Pick<TraceSources, 'clickhouse'>,
  { field, search, version }: TagsAsk & { readonly field: Field },
  abort: AbortSignal,
): AsyncIterable<Uint8Array> {
  const { values, partial } = await readTagValues(clickhouse, field, { ...search, abort });
  const rest = `${furtherMembers({ metrics: {}, ...partialStatus(partial) })}}`;
  yield* jsonWithList(
    '{"tagValues":',
    values,
    (value) => (version === 1 ? textOf(value) : { type: typeName(value), value: textOf(value) }),
    rest,
  );
}
