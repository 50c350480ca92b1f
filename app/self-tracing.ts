import { context, propagation, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { ATTR_SERVICE_NAME, ATTR_SERVICE_VERSION } from '@opentelemetry/semantic-conventions';
import type { RequestHandler } from 'express';
import type { AnswerQuery } from '../promql/answer-query.ts';
import type { Promql } from '../promql/engine.ts';
import type { QueryError, QueryStats } from '../promql/result.ts';

/** Spans of this tracer cost next to nothing until {@link startSelfTracing} was called. */
const tracer = trace.getTracer('tidewarden');

/**
 * The product's own traces, when `tracing.endpoint` asks for them. The endpoint may be its own collector: the receivers
 * make no spans, so a span never begets spans. Instrumentation is by hand: packages that patch modules as they are
 * loaded see nothing of ES modules that were loaded before them.
 * @returns what flushes and ends it.
 */
export function startSelfTracing(endpoint: string, version: string): () => Promise<void> {
  const sdk = new NodeSDK({
    resource: resourceFromAttributes({ [ATTR_SERVICE_NAME]: 'tidewarden', [ATTR_SERVICE_VERSION]: version }),
    traceExporter: new OTLPTraceExporter({ url: new URL('/v1/traces', endpoint).href }),
    instrumentations: [],
    // A detected resource would carry the command line, and a command line may carry a token.
    autoDetectResources: false,
  });
  sdk.start();
  return () => sdk.shutdown();
}

/** A server span a request, named after its route as the semantic conventions want it; it continues the caller's trace. */
export const traceRequests: RequestHandler = (request, response, next) => {
  const parent = propagation.extract(context.active(), request.headers);
  const attributes = { 'http.request.method': request.method, 'url.path': request.path };
  const span = tracer.startSpan(request.method, { kind: SpanKind.SERVER, attributes }, parent);
  response.on('close', () => {
    const path: unknown = request.route?.path;
    if (typeof path === 'string') {
      const route = `${request.baseUrl}${path}`;
      span.updateName(`${request.method} ${route}`);
      span.setAttribute('http.route', route);
    }
    span.setAttribute('http.response.status_code', response.statusCode);
    if (response.statusCode >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
    span.end();
  });
  context.with(trace.setSpan(parent, span), next);
};

/** The same answers, with a span each until the body begins. */
export const traceAnswers =
  (answer: AnswerQuery): AnswerQuery =>
  (ask, options) =>
    tracedQuery(`promql.${ask.kind}`, ask.query, () => answer(ask, options));

/** What comes of a query, as far as its span says it. */
type Outcome =
  | { readonly ok: true; readonly stats: Pick<QueryStats, 'samples'> }
  | { readonly ok: false; readonly error: QueryError };

const tracedQuery = <Result extends Outcome>(
  name: string,
  query: string,
  run: () => Promise<Result>,
): Promise<Result> =>
  tracer.startActiveSpan(
    name,
    { attributes: { 'db.system.name': 'promql', 'db.query.text': query } },
    async (span) => {
      const result = await run();
      if (result.ok) span.setAttribute('tidewarden.samples', result.stats.samples);
      else span.setStatus({ code: SpanStatusCode.ERROR, message: result.error.type });
      if (!result.ok) span.setAttribute('error.type', result.error.type);
      span.end();
      return result;
    },
  );

/** The same engine, with a span a query: people's beneath their request, rules' alone. */
export function tracePromql(promql: Promql): Promql {
  return {
    parse: (query) => promql.parse(query),
    format: (query) => promql.format(query),
    instant: (query, timeMs, options) =>
      tracedQuery('promql.instant', query, () => promql.instant(query, timeMs, options)),
    range: (query, startMs, endMs, stepMs, options) =>
      tracedQuery('promql.range', query, () => promql.range(query, startMs, endMs, stepMs, options)),
  };
}
