import type { RequestHandler } from 'express';
import { HOUR_MS } from '../../../model/units.ts';
import type { Pipeline } from '../../../traceql/ast.ts';
import { parseQuery } from '../../../traceql/parser.ts';
import { validateQuery } from '../../../traceql/validate.ts';
import type { AskTraces } from '../../trace-queries/trace-answers.ts';
import { abortOf } from '../route.ts';
import { sendChunks } from '../send-chunks.ts';
import { legacyPipeline } from './legacy-search.ts';
import { Parameters } from './parameters.ts';
import { Refusal } from './refusal.ts';

const LIMIT = 20;
const LIMIT_MAX = 5_000;
const SPANS_PER_SPANSET = 3;

/** `search`: traces by TraceQL, or by tags and durations as before there was TraceQL. */
export const searchHandler =
  (ask: AskTraces, now: () => number): RequestHandler =>
  async (request, response) => {
    const parameters = new Parameters(request);
    const range = parameters.secondsRange() ?? { startMs: now() - HOUR_MS, endMs: now() };
    const search = {
      pipeline: pipelineOf(parameters),
      ...range,
      limit: parameters.limit(LIMIT, LIMIT_MAX),
      spansPerSpanset: parameters.integer('spss') ?? SPANS_PER_SPANSET,
    };
    await sendChunks(response.type('json'), ask('tempoSearch', search, abortOf(response)));
  };

function pipelineOf(parameters: Parameters): Pipeline {
  const q = parameters.text('q');
  if (q === undefined) return legacyPipeline(parameters);
  if (parameters.text('tags') !== undefined)
    throw new Refusal(400, "can't specify tags and q in the same query");
  const query = parseQuery(q);
  validateQuery(query);
  if (query.kind === 'metrics')
    throw new Refusal(
      400,
      'invalid TraceQL query: it works out metrics, which api/metrics/query_range answers',
    );
  return query.pipeline;
}
