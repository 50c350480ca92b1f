import { type RequestHandler, Router } from 'express';
import { HOUR_MS } from '../../../model/units.ts';
import type { Reader } from '../../../storage/clickhouse/clickhouse.ts';
import {
  readTagNames,
  readTagValues,
  TAG_SCOPES,
  type TagScope,
  type TagSearch,
} from '../../../storage/traceql/tags.ts';
import type { Field, StaticValue } from '../../../traceql/ast.ts';
import { parseAttribute } from '../../../traceql/parse-field.ts';
import { abortOf } from '../route.ts';
import { Parameters } from './parameters.ts';
import { readableFilter } from './readable-filter.ts';
import { Refusal } from './refusal.ts';
import { partialStatus } from './search.ts';
import { textOf } from './values.ts';

const LIMIT = 5_000;
const LIMIT_MAX = 100_000;

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

/** `search/tags`, `search/tag/{tag}/values`, and both under `v2/`. */
export function tagRoutes(reader: Reader, now: () => number): Router {
  const names = namesHandler(reader, now);
  const values = valuesHandler(reader, now);
  const router = Router();
  router.get(
    '/search/tags',
    names((scopes) => ({ tagNames: [...new Set(scopes.flatMap(({ tags }) => tags))].sort() })),
  );
  router.get(
    '/v2/search/tags',
    names((scopes) => ({ scopes: scopes.filter(({ tags }) => tags.length > 0) })),
  );
  router.get(
    '/search/tag/*tag/values',
    values(parseLegacyTag, (found) => ({ tagValues: found.map(textOf) })),
  );
  router.get(
    '/v2/search/tag/*tag/values',
    values(parseTag, (found) => ({
      tagValues: found.map((value) => ({ type: value.type, value: textOf(value) })),
    })),
  );
  return router;
}

interface ScopeTags {
  readonly name: TagScope | 'intrinsic';
  readonly tags: readonly string[];
}

const namesHandler =
  (reader: Reader, now: () => number) =>
  (shape: (scopes: readonly ScopeTags[]) => object): RequestHandler =>
  async (request, response) => {
    const parameters = new Parameters(request);
    const scopes = scopesOf(parameters.text('scope') ?? '');
    const stored = TAG_SCOPES.filter((scope) => scopes.includes(scope));
    const search = searchOf(parameters, now(), abortOf(response));
    const { names, partial } =
      stored.length === 0 ? { names: null, partial: null } : await readTagNames(reader, stored, search);
    const found = [
      ...stored.map((name) => ({ name, tags: names?.[name] ?? [] })),
      ...(scopes.includes('intrinsic') ? [{ name: 'intrinsic' as const, tags: INTRINSIC_TAGS }] : []),
    ];
    response.json({ ...shape(found), metrics: {}, ...partialStatus(partial) });
  };

/** @throws Refusal */
function scopesOf(text: string): readonly (TagScope | 'intrinsic')[] {
  if (text === '' || text === 'none') return [...TAG_SCOPES, 'intrinsic'];
  if (text === 'intrinsic' || text === 'trace') return ['intrinsic'];
  const scope = TAG_SCOPES.find((each) => each === text);
  if (scope === undefined) throw new Refusal(400, `invalid scope: ${text.slice(0, 100)}`);
  return [scope];
}

const valuesHandler =
  (reader: Reader, now: () => number) =>
  (parse: (tag: string) => Field, shape: (values: readonly StaticValue[]) => object): RequestHandler =>
  async (request, response) => {
    const parameters = new Parameters(request);
    const field = parse([request.params.tag].flat().join('/'));
    const search = searchOf(parameters, now(), abortOf(response));
    const { values, partial } = await readTagValues(reader, field, search);
    response.json({ ...shape(values), metrics: {}, ...partialStatus(partial) });
  };

function searchOf(parameters: Parameters, nowMs: number, abort: AbortSignal): TagSearch {
  const range = parameters.secondsRange() ?? { startMs: nowMs - HOUR_MS, endMs: nowMs };
  const limit = Math.min(parameters.integer('limit') || LIMIT, LIMIT_MAX);
  const filter = readableFilter(parameters.text('q') ?? '');
  return { ...range, limit, filter, abort };
}

/** @throws Refusal */
function parseTag(tag: string): Field {
  const field = parseAttribute(tag);
  if (field === undefined)
    throw new Refusal(400, `tag name is not valid intrinsic or scoped attribute: ${tag.slice(0, 200)}`);
  return field;
}

/** Before there were scopes a tag was an attribute's name, or one of the intrinsics'. */
const parseLegacyTag = (tag: string): Field => {
  const field = parseAttribute(tag);
  return field?.kind === 'intrinsic' ? field : parseTag(`."${tag.replace(/[\\"]/g, '\\$&')}"`);
};
