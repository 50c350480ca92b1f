import type { StoredSpan, StoredTrace } from '../../../storage/traces.ts';
import { type KeyValue, keyValues } from './any-value.ts';
import { groupByResource, type ResourceSpans } from './resource-spans.ts';

/**
 * A trace's ResourceSpans as protobuf's JSON has them, each with at most some hundreds of spans: ids are base64, 64-bit integers text,
 * what is empty or zero is left out.
 */
export function* resourceSpansJson(trace: StoredTrace): Iterable<string> {
  for (const group of groupByResource(trace)) yield JSON.stringify(resourceSpans(trace.traceId, group));
}

const resourceSpans = (traceId: string, { resource, scopes }: ResourceSpans): object => ({
  resource: { attributes: keyValues(resource) },
  scopeSpans: scopes.map(({ scope, spans }) => ({
    scope: {
      ...text('name', scope.name),
      ...text('version', scope.version),
      ...list('attributes', keyValues(scope.attributes)),
    },
    spans: spans.map((span) => spanJson(base64(traceId), span)),
  })),
});

const spanJson = (traceId: string, span: StoredSpan): object => ({
  traceId,
  spanId: base64(span.spanId),
  ...text('traceState', span.traceState),
  ...(span.parentSpanId !== null && { parentSpanId: base64(span.parentSpanId) }),
  ...text('name', span.name),
  ...(span.kind !== 'unspecified' && { kind: `SPAN_KIND_${span.kind.toUpperCase()}` }),
  startTimeUnixNano: String(span.startNanos),
  endTimeUnixNano: String(span.startNanos + span.durationNanos),
  ...list('attributes', keyValues(span.attributes)),
  ...list('events', span.events.map(eventJson)),
  ...list('links', span.links.map(linkJson)),
  status: {
    ...text('message', span.statusMessage),
    ...(span.status !== 'unset' && { code: `STATUS_CODE_${span.status.toUpperCase()}` }),
  },
});

const eventJson = ({ atNanos, name, attributes }: StoredSpan['events'][number]): object => ({
  timeUnixNano: String(atNanos),
  ...text('name', name),
  ...list('attributes', keyValues(attributes)),
});

const linkJson = ({ traceId, spanId, attributes }: StoredSpan['links'][number]): object => ({
  traceId: base64(traceId),
  spanId: base64(spanId),
  ...list('attributes', keyValues(attributes)),
});

const base64 = (hex: string): string => Buffer.from(hex, 'hex').toString('base64');
const text = (name: string, value: string): object => (value === '' ? {} : { [name]: value });
const list = (name: string, values: readonly (KeyValue | object)[]): object =>
  values.length === 0 ? {} : { [name]: values };
