import type {
  AttributeValue,
  FoundSpanset,
  Span,
  TraceDetail,
  TraceSearchResult,
  TraceSummary,
} from '../../model/api/trace.ts';
import { type StoredAttributes, typedAttributes } from '../../storage/attributes.ts';
import type { StoredSpan, StoredTrace } from '../../storage/traces.ts';
import type {
  FoundTrace,
  NamedValue,
  FoundSpanset as SpansetOfStore,
  TraceSearchRequest,
  TraceStore,
} from '../../traceql/trace-store.ts';
import { furtherMembers, jsonWithList } from '../http/json-list.ts';
import type { TraceSources } from '../trace-queries/trace-sources.ts';

/** A search of the store as the traces page shows it. Throws `StoreError`. */
export async function searchForPage(
  store: TraceStore,
  request: TraceSearchRequest,
): Promise<TraceSearchResult> {
  const { traces, partial } = await store.search(request);
  return { traces: traces.map(summaryOf), partial: partial !== null, reason: partial };
}

/** The same as JSON. */
export async function* answerPageSearch(
  { store }: Pick<TraceSources, 'store'>,
  request: Omit<TraceSearchRequest, 'abort'>,
  abort: AbortSignal,
): AsyncIterable<Uint8Array> {
  const { traces, ...rest } = await searchForPage(store, { ...request, abort });
  yield* jsonWithList('{"traces":', traces, (trace) => trace, `${furtherMembers(rest)}}`);
}

/** A trace as our own API shows it; nothing where there is none. */
export async function* answerPageTrace(
  { byId }: Pick<TraceSources, 'byId'>,
  { traceId }: { readonly traceId: string },
  abort: AbortSignal,
): AsyncIterable<Uint8Array> {
  const trace = await byId(traceId, abort);
  if (trace !== null) yield* traceDetailJson(trace);
}

function summaryOf(trace: FoundTrace): TraceSummary {
  const services = Object.entries(trace.services);
  return {
    traceId: trace.traceId,
    startMs: msOf(trace.startNanos),
    startUnixNano: String(trace.startNanos),
    durationMs: trace.durationNanos / 1e6,
    rootService: trace.rootService,
    rootName: trace.rootName,
    spans: services.reduce((sum, [, { spans }]) => sum + spans, 0),
    errors: services.reduce((sum, [, { errors }]) => sum + errors, 0),
    services: services.map(([name]) => name).sort(),
    campaignId: trace.campaignId,
    complete: trace.complete,
    spansets: trace.spansets.map(spansetOf),
  };
}

const msOf = (nanos: bigint): number => Number(nanos / 1_000n) / 1_000;

const spansetOf = ({ matched, attributes, spans }: SpansetOfStore): FoundSpanset => ({
  matched,
  attributes: valuesOf(attributes),
  spans: spans.map((span) => ({
    spanId: span.spanId,
    service: span.service,
    name: span.name,
    startUnixNano: String(span.startNanos),
    durationNano: String(span.durationNanos),
    attributes: valuesOf(span.attributes),
  })),
});

const valuesOf = (values: readonly NamedValue[]): Record<string, AttributeValue> =>
  Object.fromEntries(values.map(({ name, value }) => [name, value.type === 'nil' ? null : value.value]));

/** A trace as our own API shows it. */
export const traceDetailOf = ({ traceId, cut, spans }: StoredTrace): TraceDetail => ({
  ...{ traceId, cut },
  spans: spans.map(spanOf),
});

/** The same as JSON, some spans at a time, so that a long trace keeps nobody waiting. */
export function* traceDetailJson({ traceId, cut, spans }: StoredTrace): Iterable<Uint8Array> {
  const { spans: _, ...head } = traceDetailOf({ traceId, cut, spans: [] });
  const opening = `${JSON.stringify(head).slice(0, -1)},"spans":[`;
  for (let from = 0; from < spans.length || from === 0; from += SPANS_OF_A_CHUNK) {
    const some = spans.slice(from, from + SPANS_OF_A_CHUNK).map((span) => JSON.stringify(spanOf(span)));
    yield Buffer.from((from === 0 ? opening : ',') + some.join(','));
  }
  yield Buffer.from(']}');
}
const SPANS_OF_A_CHUNK = 500;

/** A span as our own API shows it. */
export const spanOf = (span: StoredSpan): Span => ({
  spanId: span.spanId,
  parentSpanId: span.parentSpanId,
  service: span.service,
  name: span.name,
  kind: span.kind,
  status: span.status,
  statusMessage: span.statusMessage,
  startUnixNano: String(span.startNanos),
  durationNano: String(span.durationNanos),
  attributes: typed(span.attributes),
  resource: typed(span.resource),
  scope: span.scope.name,
  scopeVersion: span.scope.version,
  scopeAttributes: typed(span.scope.attributes),
  traceState: span.traceState,
  events: span.events.map(({ atNanos, name, attributes }) => ({
    atUnixNano: String(atNanos),
    name,
    attributes: typed(attributes),
  })),
  links: span.links.map(({ traceId, spanId, attributes }) => ({
    ...{ traceId, spanId },
    attributes: typed(attributes),
  })),
});

const typed = ({ texts, kinds }: StoredAttributes): Record<string, AttributeValue> =>
  typedAttributes(texts, kinds);
