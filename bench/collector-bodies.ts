import { transcode } from '../collector/json/transcode.ts';
import type { OtlpSignal } from '../model/telemetry.ts';

/** Items in one request. */
export const BATCH = 512;

const START_NANO = 1_763_700_000_000_000_000n;
const text = (key: string, value: string) => ({ key, value: { stringValue: value } });
const RESOURCE = {
  attributes: [
    text('service.name', 'order'),
    text('service.instance.id', 'order-7d9c'),
    text('service.version', '1.4.2'),
  ],
};

/** An order's span as the demo's services send them: 11 attributes. */
const span = (index: number) => ({
  traceId: (index + 1).toString(16).padStart(32, 'a'),
  spanId: (index + 1).toString(16).padStart(16, 'b'),
  parentSpanId: (index + 1).toString(16).padStart(16, 'c'),
  name: 'POST /orders',
  kind: 2,
  startTimeUnixNano: String(START_NANO + BigInt(index) * 1_000_000n),
  endTimeUnixNano: String(START_NANO + BigInt(index) * 1_000_000n + 7_512_345n),
  flags: 257,
  attributes: [
    text('http.request.method', 'POST'),
    text('http.route', '/orders'),
    { key: 'http.response.status_code', value: { intValue: 200 } },
    text('server.address', 'order-7d9c.shop.internal'),
    text('campaign.id', 'one-cent-tickets'),
    text('offer.id', 'two-park-ticket'),
    text('city.code', '440100'),
    text('channel', 'mini_program'),
    text('customer.tier', 'normal'),
    text('user.id', `u-${(index * 2_654_435_761) % 4_294_967_296}`),
    text('order.id', `20251122-${index}`),
  ],
  status: {},
});

const POINT = { startTimeUnixNano: String(START_NANO), timeUnixNano: String(START_NANO + 15_000_000_000n) };
const pointAttributes = (index: number) => [
  text('campaign.id', 'one-cent-tickets'),
  text('city.code', String(440_100 + index)),
];
const histogramPoint = (index: number) => ({
  ...POINT,
  attributes: pointAttributes(index),
  count: 1_000 + index,
  sum: 25.5,
  bucketCounts: Array.from({ length: 12 }, (_, bucket) => bucket * 10 + index),
  explicitBounds: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
});

const log = (index: number) => ({
  timeUnixNano: String(START_NANO + BigInt(index)),
  severityNumber: 9,
  severityText: 'INFO',
  body: { stringValue: `order 20251122-${index} placed` },
  attributes: [text('campaign.id', 'one-cent-tickets'), text('order.id', `20251122-${index}`)],
  traceId: (index + 1).toString(16).padStart(32, 'a'),
  spanId: (index + 1).toString(16).padStart(16, 'b'),
});

const many = <T>(make: (index: number) => T): T[] => Array.from({ length: BATCH }, (_, index) => make(index));

const REQUESTS: Readonly<Record<OtlpSignal, () => object>> = {
  traces: () => ({ resourceSpans: [{ resource: RESOURCE, scopeSpans: [{ spans: many(span) }] }] }),
  metrics: () => ({
    resourceMetrics: [
      {
        resource: RESOURCE,
        scopeMetrics: [
          {
            metrics: [
              {
                name: 'checkout.duration',
                unit: 's',
                histogram: { aggregationTemporality: 2, dataPoints: many(histogramPoint) },
              },
            ],
          },
        ],
      },
    ],
  }),
  logs: () => ({ resourceLogs: [{ resource: RESOURCE, scopeLogs: [{ logRecords: many(log) }] }] }),
};

/** A request of {@link BATCH} items of the signal, as protobuf. */
export const telemetryBody = (signal: OtlpSignal): Buffer => transcode(signal, REQUESTS[signal]());

/** The same as OTLP/JSON text. */
export const telemetryJson = (signal: OtlpSignal): string => JSON.stringify(REQUESTS[signal]());
