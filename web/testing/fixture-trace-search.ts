import type { Span, TraceSearchResult } from '../../model/api/trace.ts';
import type { StaticValue } from '../../traceql/ast.ts';
import { TraceqlError, TraceqlParseError } from '../../traceql/errors.ts';
import { MemoryTraceStore } from '../../traceql/memory-trace-store.ts';
import { combineMetrics } from '../../traceql/metrics/combine.ts';
import { gridOver } from '../../traceql/metrics/series.ts';
import { parseQuery } from '../../traceql/parser.ts';
import { assembleTrace, type TraceSpan } from '../../traceql/trace.ts';
import { validateQuery } from '../../traceql/validate.ts';
import { ORDER_TRACES, orderTrace } from './fixture-orders.ts';
import { spansOf, TRACES } from './fixture-traces.ts';

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

function toTraceSpan(span: Span): TraceSpan {
  return {
    ...span,
    startNanos: BigInt(span.startUnixNano),
    durationNanos: Number(span.durationNano),
    scope: { name: span.scope, version: span.scopeVersion, attributes: span.scopeAttributes },
    events: span.events.map(({ atUnixNano, ...event }) => ({ ...event, atNanos: BigInt(atUnixNano) })),
  } as unknown as TraceSpan;
}

/** All made-up traces as they are now; with `empty` there are none. */
function received(nowMs: number, empty: boolean): readonly { traceId: string; spans: readonly Span[] }[] {
  if (empty) return [];
  return [
    ...TRACES.map((trace, index) => ({ traceId: trace.traceId, spans: spansOf(trace, nowMs, index) })),
    ...Array.from({ length: ORDER_TRACES }, (_, index) => orderTrace(index, nowMs)),
  ];
}

const storeOf = (all: ReturnType<typeof received>): MemoryTraceStore =>
  new MemoryTraceStore(all.map(({ traceId, spans }) => assembleTrace(traceId, spans.map(toTraceSpan))));

/** GET /api/traces over the made-up traces, evaluated as the product does. */
export async function searchFixtureTraces(search: URLSearchParams, empty: boolean): Promise<Answer> {
  const now = Date.now();
  const all = received(now, empty);
  const q = search.get('q') ?? '{ }';
  try {
    const query = parseQuery(q);
    validateQuery(query);
    if (query.kind === 'metrics')
      return refusal('bad_request', 'this works out metrics: ask /tempo/api/metrics/query_range for them');
    const answer = await storeOf(all).search({
      pipeline: query.pipeline,
      startMs: Number(search.get('start') ?? now - 3_600_000),
      endMs: Number(search.get('end') ?? now),
      limit: Number(search.get('limit') ?? 50),
      spansPerSpanset: Number(search.get('spss') ?? 3),
    });
    const spans = new Map(all.map((trace) => [trace.traceId, trace.spans]));
    const result: TraceSearchResult = {
      traces: answer.traces.map((trace) => {
        const own = spans.get(trace.traceId) ?? [];
        return {
          traceId: trace.traceId,
          startMs: Number(trace.startNanos / 1_000n) / 1_000,
          startUnixNano: String(trace.startNanos),
          durationMs: trace.durationNanos / 1e6,
          rootService: trace.rootService,
          rootName: trace.rootName,
          spans: own.length,
          errors: own.filter(({ status }) => status === 'error').length,
          services: Object.keys(trace.services).sort(),
          campaignId: String(own[0]?.attributes['campaign.id'] ?? '') || null,
          complete: trace.traceId !== TRACES[0]?.traceId,
          spansets: trace.spansets.map(({ matched, attributes, spans }) => ({
            matched,
            attributes: named(attributes),
            spans: spans.map((span) => ({
              spanId: span.spanId,
              service: span.service,
              name: span.name,
              startUnixNano: String(span.startNanos),
              durationNano: String(span.durationNanos),
              attributes: named(span.attributes),
            })),
          })),
        };
      }),
      // A search that asks for slow traces of everything is cut short, to show what that looks like.
      partial: q.includes('duration > 7s'),
      reason: q.includes('duration > 7s')
        ? 'it took longer than 10 s; the oldest 40 minutes were not read'
        : null,
    };
    return { status: 200, body: result };
  } catch (error) {
    if (!(error instanceof TraceqlError)) throw error;
    return refusal(
      error.code,
      error.message,
      error instanceof TraceqlParseError ? error.position : undefined,
    );
  }
}

const refusal = (code: string, message: string, position?: unknown): Answer => ({
  status: 400,
  body: { error: { code, message, at: 'query.q', ...(position !== undefined && { position }) } },
});

const named = (values: readonly { readonly name: string; readonly value: StaticValue }[]) =>
  Object.fromEntries(values.map(({ name, value }) => [name, value.type === 'nil' ? null : value.value]));

/** Tempo's API over the made-up traces: metrics, names of attributes and their values. */
export async function answerTempo(path: string, search: URLSearchParams, empty: boolean): Promise<Answer> {
  const all = received(Date.now(), empty);
  if (path === 'metrics/query_range') return metrics(all, search);
  if (path === 'v2/search/tags') return { status: 200, body: { scopes: tagsOf(all) } };
  const field = /^v2\/search\/tag\/(.+)\/values$/.exec(path)?.[1];
  if (field !== undefined) return { status: 200, body: { tagValues: valuesOf(all, field) } };
  return { status: 404, body: 'not found' };
}

async function metrics(all: ReturnType<typeof received>, search: URLSearchParams): Promise<Answer> {
  try {
    const query = parseQuery(search.get('q') ?? '');
    validateQuery(query);
    if (query.kind !== 'metrics') return { status: 400, body: 'it works out no metrics' };
    const stepMs = Number(search.get('step')?.replace('s', '')) * 1_000;
    const grid = gridOver(Number(search.get('start')) * 1_000, Number(search.get('end')) * 1_000, stepMs);
    const store = storeOf(all);
    const series = await combineMetrics(
      query.metrics,
      async (aggregate) => (await store.aggregate({ aggregate, grid })).series,
    );
    return {
      status: 200,
      body: {
        series: series.map(({ labels, values }) => ({
          labels: labels.map(({ name, value }) => ({ key: name, value: anyValue(value) })),
          samples: [...values].flatMap((value, step) =>
            Number.isNaN(value) ? [] : [{ timestampMs: String(grid.startMs + step * stepMs), value }],
          ),
        })),
        metrics: {},
      },
    };
  } catch (error) {
    if (!(error instanceof TraceqlError)) throw error;
    return { status: 400, body: `invalid TraceQL query: ${error.message}` };
  }
}

function anyValue(value: StaticValue): object {
  switch (value.type) {
    case 'nil':
      return { stringValue: 'nil' };
    case 'int':
      return { intValue: String(value.value) };
    case 'float':
      return { doubleValue: value.value };
    case 'bool':
      return { boolValue: value.value };
    default:
      return { stringValue: String(value.value) };
  }
}

function tagsOf(all: ReturnType<typeof received>): readonly { name: string; tags: readonly string[] }[] {
  const spans = all.flatMap((trace) => trace.spans);
  const names = (of: (span: Span) => object): string[] =>
    [...new Set(spans.flatMap((span) => Object.keys(of(span))))].sort();
  return [
    { name: 'resource', tags: names(({ resource }) => resource) },
    { name: 'span', tags: names(({ attributes }) => attributes) },
  ];
}

function valuesOf(
  all: ReturnType<typeof received>,
  field: string,
): readonly { type: string; value: string }[] {
  const [scope, ...rest] = field.split('.');
  const name = rest.join('.');
  const values = all.flatMap(({ spans }) =>
    spans.map((span): unknown => {
      if (field === 'name') return span.name;
      if (field === 'rootName') return spans[0]?.name;
      if (field === 'rootServiceName') return spans[0]?.service;
      return scope === 'resource' ? span.resource[name] : span.attributes[name];
    }),
  );
  return [...new Set(values)]
    .filter((value) => value !== undefined)
    .map((value) => ({ type: typeof value === 'number' ? 'int' : 'string', value: String(value) }));
}
