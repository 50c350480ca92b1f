import { type RequestHandler, Router } from 'express';
import { HOUR_MS } from '../../../model/units.ts';
import { TAG_SCOPES, type TagScope, type TagSearch } from '../../../storage/traceql/tags.ts';
import type { Field } from '../../../traceql/ast.ts';
import { parseAttribute } from '../../../traceql/parse-field.ts';
import type { AskTraces } from '../../trace-queries/trace-answers.ts';
import { abortOf } from '../route.ts';
import { sendChunks } from '../send-chunks.ts';
import { Parameters } from './parameters.ts';
import { readableFilter } from './readable-filter.ts';
import { Refusal } from './refusal.ts';

const LIMIT = 5_000;
const LIMIT_MAX = 100_000;

/** `search/tags`, `search/tag/{tag}/values`, and both under `v2/`. */
export function tagRoutes(ask: AskTraces, now: () => number): Router {
  const router = Router();
  router.get('/search/tags', namesHandler(ask, now, 1));
  router.get('/v2/search/tags', namesHandler(ask, now, 2));
  router.get('/search/tag/*tag/values', valuesHandler(ask, now, 1, parseLegacyTag));
  router.get('/v2/search/tag/*tag/values', valuesHandler(ask, now, 2, parseTag));
  return router;
}

const namesHandler =
  (ask: AskTraces, now: () => number, version: 1 | 2): RequestHandler =>
  async (request, response) => {
    const parameters = new Parameters(request);
    const scopes = scopesOf(parameters.text('scope') ?? '');
    const asked = { scopes, search: searchOf(parameters, now()), version };
    await sendChunks(response.type('json'), ask('tempoTagNames', asked, abortOf(response)));
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
  (ask: AskTraces, now: () => number, version: 1 | 2, parse: (tag: string) => Field): RequestHandler =>
  async (request, response) => {
    const parameters = new Parameters(request);
    const field = parse([request.params.tag].flat().join('/'));
    const asked = { field, search: searchOf(parameters, now()), version };
    await sendChunks(response.type('json'), ask('tempoTagValues', asked, abortOf(response)));
  };

function searchOf(parameters: Parameters, nowMs: number): Omit<TagSearch, 'abort'> {
  const range = parameters.secondsRange() ?? { startMs: nowMs - HOUR_MS, endMs: nowMs };
  const limit = Math.min(parameters.integer('limit') || LIMIT, LIMIT_MAX);
  const filter = readableFilter(parameters.text('q') ?? '');
  return { ...range, limit, filter };
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
