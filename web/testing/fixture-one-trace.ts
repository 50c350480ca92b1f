import { foundInTrace, type Span, spansOfId, type TraceDetail, traceDetail } from '../../model/api/trace.ts';
import { type OutlinedSpan, outlineBytes } from '../../model/api/trace-outline.ts';
import { columnsOf } from '../../model/testing/outline-columns.ts';
import { ODD_TRACE_ID, oddTrace } from './fixture-odd-trace.ts';
import { orderTraceById } from './fixture-orders.ts';
import { spansOf, TRACES } from './fixture-traces.ts';

/** A made-up trace by its id; null where there is none. */
export function traceById(traceId: string, nowMs: number): TraceDetail | null {
  if (traceId === ODD_TRACE_ID) return { traceId, cut: true, spans: [...oddTrace(nowMs - 60_000)] };
  const order = orderTraceById(traceId, nowMs);
  if (order !== null) return { traceId, cut: false, spans: [...order] };
  const index = TRACES.findIndex((one) => one.traceId === traceId);
  const trace = TRACES[index];
  return trace === undefined ? null : { traceId, cut: false, spans: [...spansOf(trace, nowMs, index)] };
}

/** What `/api/traces/ID` and the paths below it answer; null where there is no such thing. */
export function answerTrace(
  trace: TraceDetail,
  [part, spanId]: readonly (string | undefined)[],
  search: URLSearchParams,
): unknown {
  const { spans } = trace;
  if (part === undefined) return traceDetail.parse(trace);
  if (part === 'outline') return outlineBytes(outlineOf(trace));
  if (part === 'find') {
    const found = spans.filter(meets(search.get('text') ?? ''));
    return foundInTrace.parse({ spans: found });
  }
  const ofId = spans.filter((span) => span.spanId === spanId);
  return ofId.length === 0 ? null : spansOfId.parse({ spans: ofId });
}

function outlineOf({ spans, ...trace }: TraceDetail) {
  const startUnixNano = spans[0]?.startUnixNano ?? '0';
  const after = (nano: string): number => Number(BigInt(nano) - BigInt(startUnixNano));
  const outlined = ({ spanId, parentSpanId, service, name, kind, status, ...span }: Span): OutlinedSpan => ({
    ...{ spanId, parentSpanId, service, name, kind, status },
    clock: String(span.resource['host.name'] ?? `service ${service}`),
    campaignId: (span.attributes['campaign.id'] as string | undefined) ?? null,
    startNano: after(span.startUnixNano),
    durationNano: Number(span.durationNano),
    events: span.events.map((event) => ({ atNano: after(event.atUnixNano), name: event.name })),
    links: span.links.length,
  });
  return columnsOf({ ...trace, startUnixNano }, spans.map(outlined));
}

/** One `name=value` of a span itself or of its attributes, or one text anywhere: enough for made-up traces. */
function meets(text: string): (span: Span) => boolean {
  const [, key, value] = /^([^=]+)="?(.*?)"?$/.exec(text) ?? [];
  if (key === undefined) return (span) => JSON.stringify(span).toLowerCase().includes(text.toLowerCase());
  return (span) => [span[key as keyof Span], span.attributes[key]].some((own) => String(own) === value);
}
