import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SPAN_KINDS } from '../../../traceql/ast.ts';
import type { AttributeValue, Trace, TraceSpan } from '../../../traceql/trace.ts';
import { createInserter } from '../../loader/insert.ts';
import {
  type Attributes,
  delimited,
  encodeTraces,
  type SpanInput,
  type Value,
} from '../../loader/testing/otlp-encode.ts';
import type { TestStore } from '../../testing/store.ts';

/** Loads traces as the product does: OTLP in a file, read by ClickHouse. */
export async function loadTraces(store: TestStore, token: string, traces: readonly Trace[]): Promise<void> {
  const requests = traces.flatMap((trace) =>
    trace.spans.map((span) =>
      encodeTraces(attributesOf(span.resource), [spanOf(trace, span)], attributesOf(span.scope.attributes)),
    ),
  );
  const path = join(store.directory, `${token}.pb`);
  writeFileSync(path, delimited(requests));
  const times = traces.flatMap(({ spans }) => spans.map(({ startNanos }) => Number(startNanos / 1_000_000n)));
  await createInserter({ clickhouse: store.clickhouse, embedded: true, seriesPerMetric: 1 }).insert({
    signal: 'traces',
    token,
    paths: [path],
    oldestMs: Math.min(...times),
    newestMs: Math.max(...times),
    acceptedMs: Math.max(...times),
  });
}

const spanOf = ({ traceId }: Trace, span: TraceSpan): SpanInput => ({
  traceId,
  spanId: span.spanId,
  ...(span.parentSpanId !== null && { parentSpanId: span.parentSpanId }),
  name: span.name,
  kind: SPAN_KINDS.indexOf(span.kind),
  startNano: span.startNanos,
  endNano: span.startNanos + BigInt(span.durationNanos),
  attributes: attributesOf(span.attributes),
  status: { code: { unset: 0, ok: 1, error: 2 }[span.status], message: span.statusMessage },
  events: span.events.map(({ atNanos, name, attributes }) => ({
    timeNano: atNanos,
    name,
    attributes: attributesOf(attributes),
  })),
  links: span.links.map(({ traceId: trace, spanId, attributes }) => ({
    traceId: trace,
    spanId,
    attributes: attributesOf(attributes),
  })),
});

const attributesOf = (attributes: TraceSpan['attributes']): Attributes =>
  Object.fromEntries(Object.entries(attributes).map(([key, value]) => [key, otlp(value)]));

function otlp(value: AttributeValue): Value {
  if (typeof value === 'number' && !Number.isInteger(value)) return { double: value };
  if (Array.isArray(value)) return value.map(otlp);
  if (typeof value === 'object' && value !== null)
    return {
      map: Object.fromEntries(Object.entries(value).map(([key, one]) => [key, otlp(one as AttributeValue)])),
    };
  return value as string | number | boolean | null;
}
