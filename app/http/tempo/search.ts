import type { RequestHandler } from 'express';
import { HOUR_MS } from '../../../model/units.ts';
import type { Pipeline } from '../../../traceql/ast.ts';
import { parseQuery } from '../../../traceql/parser.ts';
import type {
  FoundSpan,
  FoundSpanset,
  FoundTrace,
  TraceSearchAnswer,
  TraceStore,
} from '../../../traceql/trace-store.ts';
import { validateQuery } from '../../../traceql/validate.ts';
import type { KeyValue } from '../otlp/any-value.ts';
import { abortOf } from '../route.ts';
import { legacyPipeline } from './legacy-search.ts';
import { Parameters } from './parameters.ts';
import { Refusal } from './refusal.ts';
import { toKeyValues } from './values.ts';

const LIMIT = 20;
const LIMIT_MAX = 5_000;
const SPANS_PER_SPANSET = 3;

/** `search`: traces by TraceQL, or by tags and durations as before there was TraceQL. */
export const searchHandler =
  (store: TraceStore, now: () => number): RequestHandler =>
  async (request, response) => {
    const parameters = new Parameters(request);
    const range = parameters.secondsRange() ?? { startMs: now() - HOUR_MS, endMs: now() };
    const answer = await store.search({
      pipeline: pipelineOf(parameters),
      ...range,
      limit: parameters.limit(LIMIT, LIMIT_MAX),
      spansPerSpanset: parameters.integer('spss') ?? SPANS_PER_SPANSET,
      abort: abortOf(response),
    });
    response.json(searchResponse(answer));
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

/** Tempo's `SearchResponse`, with the status that its other answers have. */
function searchResponse({ traces, partial, inspectedTraces, inspectedSpans }: TraceSearchAnswer): object {
  return {
    traces: traces.map(traceJson),
    metrics: {
      inspectedTraces,
      inspectedSpans: String(inspectedSpans),
      completedJobs: partial === null ? 1 : 0,
      totalJobs: 1,
    },
    ...partialStatus(partial),
  };
}

/** What an answer says that may lack something; nothing where it is whole. */
export const partialStatus = (partial: string | null): object =>
  partial === null ? {} : { status: 'PARTIAL', message: partial };

/** A trace whose root has not come is called so by Tempo. */
const NO_ROOT = '<root span not yet received>';

function traceJson(trace: FoundTrace): object {
  const spanSets = trace.spansets.map(spansetJson);
  return {
    traceID: trace.traceId,
    rootServiceName: trace.rootService === '' ? NO_ROOT : trace.rootService,
    ...(trace.rootName !== '' && { rootTraceName: trace.rootName }),
    startTimeUnixNano: String(trace.startNanos),
    durationMs: Math.floor(trace.durationNanos / 1e6),
    ...(spanSets.length > 0 && { spanSet: spanSets[0], spanSets }),
    serviceStats: Object.fromEntries(
      Object.entries(trace.services).map(([name, { spans, errors }]) => [
        name,
        { spanCount: spans, ...(errors > 0 && { errorCount: errors }) },
      ]),
    ),
  };
}

const spansetJson = ({ spans, matched, attributes }: FoundSpanset): object => ({
  spans: spans.map((span) => ({
    spanID: span.spanId,
    name: span.name,
    startTimeUnixNano: String(span.startNanos),
    durationNanos: String(span.durationNanos),
    attributes: spanAttributes(span),
  })),
  matched,
  ...(attributes.length > 0 && { attributes: toKeyValues(attributes) }),
});

/** Attributes go by their names alone, without a scope; the service is always there. */
function spanAttributes({ service, attributes }: FoundSpan): readonly KeyValue[] {
  const named = attributes.map(({ name, value }) => ({ name: withoutScope(name), value }));
  const known = named.some(({ name }) => name === 'service.name');
  const own = { name: 'service.name', value: { type: 'string', value: service } } as const;
  return toKeyValues(known ? named : [own, ...named]);
}

function withoutScope(name: string): string {
  const bare = name.replace(/^(span|resource|event|link|instrumentation)?\./, '');
  return bare.startsWith('"') ? bare.slice(1, -1).replace(/\\(.)/g, '$1') : bare;
}
