import { transcode } from '../json/transcode.ts';

/** Requests for tests, made from OTLP/JSON so that a test shows what it sends. */

export const START_NANO = 1_763_700_000_000_000_000n;

/** A span as OTLP/JSON; `number` (at least 1) makes its ids. */
export function spanJson(number: number, overrides: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    traceId: number.toString(16).padStart(32, '0'),
    spanId: number.toString(16).padStart(16, '0'),
    name: 'POST /orders',
    kind: 2,
    startTimeUnixNano: String(START_NANO + BigInt(number) * 1_000_000n),
    endTimeUnixNano: String(START_NANO + BigInt(number) * 1_000_000n + 800_000n),
    attributes: [
      { key: 'campaign.id', value: { stringValue: 'one-cent-tickets' } },
      { key: 'http.response.status_code', value: { intValue: '200' } },
    ],
    ...overrides,
  };
}

const RESOURCE = { attributes: [{ key: 'service.name', value: { stringValue: 'order' } }] };

export const tracesJson = (spans: readonly unknown[]) => ({
  resourceSpans: [{ resource: RESOURCE, scopeSpans: [{ scope: { name: 'test' }, spans }] }],
});

export const metricsJson = (metrics: readonly unknown[]) => ({
  resourceMetrics: [{ resource: RESOURCE, scopeMetrics: [{ scope: { name: 'test' }, metrics }] }],
});

export const logsJson = (logRecords: readonly unknown[]) => ({
  resourceLogs: [{ resource: RESOURCE, scopeLogs: [{ scope: { name: 'test' }, logRecords }] }],
});

/** A request of good spans whose numbers are `from` to `from + count - 1`. */
export const tracesBody = (from: number, count = 1): Buffer =>
  transcode('traces', tracesJson(Array.from({ length: count }, (_, index) => spanJson(from + index))));

/** Protobuf by hand, for what JSON cannot say. */
export const field = (number: number, wireType: number, content: Uint8Array): Buffer =>
  Buffer.concat([tag(number, wireType), ...(wireType === 2 ? [length(content.length)] : []), content]);

export const tag = (number: number, wireType: number): Buffer => length(number * 8 + wireType);

export function length(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 0x80);
  bytes.push(rest);
  return Buffer.from(bytes);
}

/** Wraps span fields into a whole request. */
export const requestOf = (...spans: Uint8Array[]): Buffer =>
  field(1, 2, field(2, 2, Buffer.concat(spans.map((span) => field(2, 2, span)))));
