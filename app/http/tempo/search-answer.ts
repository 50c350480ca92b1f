import type {
  FoundSpan,
  FoundSpanset,
  FoundTrace,
  TraceSearchRequest,
} from '../../../traceql/trace-store.ts';
import type { TraceSources } from '../../trace-queries/trace-sources.ts';
import { furtherMembers, jsonWithList } from '../json-list.ts';
import type { KeyValue } from '../otlp/any-value.ts';
import { partialStatus } from './partial-status.ts';
import { toKeyValues } from './values.ts';

/** Tempo's `SearchResponse`, with the status that its other answers have. */
export async function* answerSearch(
  { store }: Pick<TraceSources, 'store'>,
  request: Omit<TraceSearchRequest, 'abort'>,
  abort: AbortSignal,
): AsyncIterable<Uint8Array> {
  const { traces, partial, inspectedTraces, inspectedSpans } = await store.search({ ...request, abort });
  const metrics = {
    inspectedTraces,
    inspectedSpans: String(inspectedSpans),
    completedJobs: partial === null ? 1 : 0,
    totalJobs: 1,
  };
  const rest = furtherMembers({ metrics, ...partialStatus(partial) });
  yield* jsonWithList('{"traces":', traces, traceJson, `${rest}}`);
}

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
