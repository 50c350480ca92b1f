import { parentage } from '../api/parentage.ts';
import {
  OUTLINE_KINDS,
  OUTLINE_STATUSES,
  type OutlineColumns,
  type OutlinedSpan,
  type TraceOutline,
} from '../api/trace-outline.ts';

/** Made-up spans as the columns of an outline. Ids are 16 hex digits. */
export function columnsOf(
  trace: Pick<OutlineColumns, 'traceId' | 'cut' | 'startUnixNano'>,
  spans: readonly OutlinedSpan[],
): OutlineColumns {
  const texts: string[] = [];
  const place = (text: string): number => (texts.includes(text) ? texts.indexOf(text) : texts.push(text) - 1);
  const column = (value: (span: OutlinedSpan) => number) => Uint32Array.from(spans, value);
  const events = spans.flatMap((span, index) => span.events.map((event) => ({ index, ...event })));
  const linked = [...spans.keys()].filter((index) => spans[index]!.links > 0);
  return {
    ...trace,
    ...parentage(bytesOf(spans.map(({ spanId }) => spanId)), bytesOf(spans.map(parentIdOf))),
    services: column(({ service }) => place(service)),
    names: column(({ name }) => place(name)),
    clocks: column(({ clock }) => place(clock)),
    campaigns: column(({ campaignId }) => place(campaignId ?? '')),
    kinds: Uint8Array.from(spans, ({ kind }) => OUTLINE_KINDS.indexOf(kind)),
    statuses: Uint8Array.from(spans, ({ status }) => OUTLINE_STATUSES.indexOf(status)),
    startNanos: Float64Array.from(spans, ({ startNano }) => startNano),
    durationNanos: Float64Array.from(spans, ({ durationNano }) => durationNano),
    eventSpans: Uint32Array.from(events, ({ index }) => index),
    eventNanos: Float64Array.from(events, ({ atNano }) => atNano),
    eventNames: Uint32Array.from(events, ({ name }) => place(name)),
    linkSpans: Uint32Array.from(linked),
    linkCounts: Uint32Array.from(linked, (index) => spans[index]!.links),
    texts,
  };
}

const parentIdOf = ({ parentSpanId }: OutlinedSpan): string => parentSpanId ?? '0'.repeat(16);

const bytesOf = (ids: readonly string[]): Uint8Array =>
  Uint8Array.from(ids.join('').match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));

/** All spans of an outline, as objects that can be compared. */
export const plainSpans = ({ size, spanAt }: TraceOutline): readonly OutlinedSpan[] =>
  Array.from({ length: size }, (_, index) => plainSpan(spanAt(index)));

const plainSpan = (span: OutlinedSpan): OutlinedSpan => ({
  ...{ spanId: span.spanId, parentSpanId: span.parentSpanId, service: span.service, name: span.name },
  ...{ kind: span.kind, status: span.status, clock: span.clock, campaignId: span.campaignId },
  ...{ startNano: span.startNano, durationNano: span.durationNano, events: span.events, links: span.links },
});
