/** A receiver of OTLP/HTTP that only keeps what it gets: what any backend would be sent by the demo's services. */
import { createServer, type IncomingMessage } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { z } from 'zod';
import { decodeMessage, type FieldTable } from './protobuf.ts';

const ANY_VALUE: FieldTable = {
  1: ['stringValue', 'string'],
  2: ['boolValue', 'bool'],
  3: ['intValue', 'varint'],
  4: ['doubleValue', 'double'],
};
const KEY_VALUE: FieldTable = { 1: ['key', 'string'], 2: ['value', () => ANY_VALUE] };
const attributes = (name = 'attributes*') => [name, () => KEY_VALUE] as const;
const RESOURCE: FieldTable = { 1: attributes() };
const EVENT: FieldTable = { 2: ['name', 'string'], 3: attributes() };
const STATUS: FieldTable = { 2: ['message', 'string'], 3: ['code', 'varint'] };
const SPAN: FieldTable = {
  1: ['traceId', 'hex'],
  2: ['spanId', 'hex'],
  4: ['parentSpanId', 'hex'],
  5: ['name', 'string'],
  6: ['kind', 'varint'],
  7: ['startNano', 'fixed64'],
  8: ['endNano', 'fixed64'],
  9: attributes(),
  11: ['events*', () => EVENT],
  15: ['status', () => STATUS],
};
const POINT: FieldTable = {
  4: ['asDouble', 'double'],
  6: ['asInt', 'sfixed64'],
  7: attributes(),
};
const HISTOGRAM_POINT: FieldTable = { 4: ['count', 'fixed64'], 5: ['sum', 'double'], 9: attributes() };
const EXPONENTIAL_POINT: FieldTable = { 1: attributes(), 4: ['count', 'fixed64'], 5: ['sum', 'double'] };
const METRIC: FieldTable = {
  1: ['name', 'string'],
  3: ['unit', 'string'],
  5: ['gauge', () => ({ 1: ['points*', () => POINT] })],
  7: ['sum', () => ({ 1: ['points*', () => POINT], 2: ['temporality', 'varint'], 3: ['monotonic', 'bool'] })],
  9: ['histogram', () => ({ 1: ['points*', () => HISTOGRAM_POINT], 2: ['temporality', 'varint'] })],
  10: ['exponential', () => ({ 1: ['points*', () => EXPONENTIAL_POINT], 2: ['temporality', 'varint'] })],
};
const LOG: FieldTable = {
  2: ['severity', 'varint'],
  5: ['body', () => ANY_VALUE],
  6: attributes(),
  9: ['traceId', 'hex'],
  10: ['spanId', 'hex'],
};
const scoped = (item: FieldTable): FieldTable => ({
  1: ['resource', () => RESOURCE],
  2: ['scopes*', () => ({ 2: ['items*', () => item] })],
});
const request = (item: FieldTable): FieldTable => ({ 1: ['resources*', () => scoped(item)] });
const REQUESTS: Readonly<Record<string, FieldTable>> = {
  '/v1/traces': request(SPAN),
  '/v1/metrics': request(METRIC),
  '/v1/logs': request(LOG),
};

const value = z
  .object({
    stringValue: z.string().optional(),
    boolValue: z.boolean().optional(),
    intValue: z.number().optional(),
    doubleValue: z.number().optional(),
  })
  .transform((any) => any.stringValue ?? any.boolValue ?? any.intValue ?? any.doubleValue ?? '');
const attributeMap = z
  .array(z.object({ key: z.string(), value: value.default('') }))
  .default([])
  .transform(
    (pairs): Record<string, string | number | boolean> =>
      Object.fromEntries(pairs.map((pair) => [pair.key, pair.value])),
  );
const number64 = z.union([z.bigint(), z.number()]).transform(Number);
const nested = <Item extends z.ZodType>(item: Item) =>
  z.object({
    resources: z
      .array(
        z.object({
          resource: z.object({ attributes: attributeMap }),
          scopes: z.array(z.object({ items: z.array(item).default([]) })).default([]),
        }),
      )
      .default([]),
  });
const spanItem = z.object({
  traceId: z.string(),
  spanId: z.string(),
  parentSpanId: z.string().default(''),
  name: z.string(),
  kind: z.number().default(0),
  startNano: z.bigint(),
  endNano: z.bigint(),
  attributes: attributeMap,
  events: z.array(z.object({ name: z.string(), attributes: attributeMap })).default([]),
  status: z
    .object({ code: z.number().default(0), message: z.string().default('') })
    .default({ code: 0, message: '' }),
});
const point = z
  .object({ asDouble: z.number().optional(), asInt: number64.optional(), attributes: attributeMap })
  .transform((item) => ({ attributes: item.attributes, value: item.asInt ?? item.asDouble ?? 0 }));
const histogramPoint = z
  .object({ count: number64.default(0), sum: z.number().default(0), attributes: attributeMap })
  .transform((item) => ({ attributes: item.attributes, value: item.count }));
const points = z.array(point).default([]);
const histogramPoints = z.array(histogramPoint).default([]);
const metricItem = z.object({
  name: z.string(),
  unit: z.string().default(''),
  gauge: z.object({ points }).optional(),
  sum: z.object({ points, temporality: z.number(), monotonic: z.boolean().default(false) }).optional(),
  histogram: z.object({ points: histogramPoints }).optional(),
  exponential: z.object({ points: histogramPoints }).optional(),
});
const logItem = z.object({
  severity: z.number().default(0),
  body: value.default(''),
  attributes: attributeMap,
  traceId: z.string().default(''),
  spanId: z.string().default(''),
});

type AttributeMap = z.output<typeof attributeMap>;
export type SinkSpan = z.output<typeof spanItem> & { service: string; resource: AttributeMap };
type SinkLog = z.output<typeof logItem> & { service: string };
export interface SinkMetric {
  readonly service: string;
  readonly name: string;
  readonly unit: string;
  readonly kind: 'counter' | 'gauge' | 'histogram' | 'exponential histogram';
  /** The newest value by attributes; for histograms the count. */
  readonly points: Map<string, { attributes: AttributeMap; value: number }>;
}

export interface OtlpSink {
  readonly url: string;
  readonly spans: SinkSpan[];
  readonly logs: SinkLog[];
  /** By `service metric`. */
  readonly metrics: Map<string, SinkMetric>;
  /** Sum of the newest points of a metric whose attributes include these. */
  total(service: string, metric: string, where?: Record<string, string | boolean>): number;
  stop(): Promise<void>;
}

/** Listens on a free port of loopback until stopped. A body that cannot be read is answered with 400. */
export async function startOtlpSink(): Promise<OtlpSink> {
  const spans: SinkSpan[] = [];
  const logs: SinkLog[] = [];
  const metrics = new Map<string, SinkMetric>();
  const take: Readonly<Record<string, (decoded: unknown) => void>> = {
    '/v1/traces': (decoded) => {
      for (const [service, resource, item] of itemsOf(nested(spanItem), decoded))
        spans.push({ ...item, service, resource });
    },
    '/v1/logs': (decoded) => {
      for (const [service, , item] of itemsOf(nested(logItem), decoded)) logs.push({ ...item, service });
    },
    '/v1/metrics': (decoded) => {
      for (const [service, , item] of itemsOf(nested(metricItem), decoded))
        keepMetric(metrics, service, item);
    },
  };
  const server = createServer(async (incoming, response) => {
    try {
      const path = incoming.url ?? '';
      const body = await bodyOf(incoming);
      take[path]?.(decodeMessage(body, REQUESTS[path] ?? {}));
      response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end();
    } catch (error) {
      response.writeHead(400).end(String(error));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`,
    spans,
    logs,
    metrics,
    total: (service, metric, where = {}) => {
      let sum = 0;
      for (const item of metrics.get(`${service} ${metric}`)?.points.values() ?? [])
        if (Object.entries(where).every(([key, wanted]) => item.attributes[key] === wanted))
          sum += item.value;
      return sum;
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function keepMetric(metrics: OtlpSink['metrics'], service: string, item: z.output<typeof metricItem>): void {
  const { name, unit, gauge, sum, histogram, exponential } = item;
  const kind =
    sum !== undefined
      ? sum.monotonic
        ? ('counter' as const)
        : ('gauge' as const)
      : gauge !== undefined
        ? ('gauge' as const)
        : histogram !== undefined
          ? ('histogram' as const)
          : ('exponential histogram' as const);
  const key = `${service} ${name}`;
  const metric: SinkMetric = metrics.get(key) ?? { service, name, unit, kind, points: new Map() };
  metrics.set(key, metric);
  for (const one of (sum ?? gauge ?? histogram ?? exponential)?.points ?? [])
    metric.points.set(JSON.stringify(Object.entries(one.attributes).sort()), one);
}

function* itemsOf<Item>(
  schema: z.ZodType<{
    resources: { resource: { attributes: AttributeMap }; scopes: { items: Item[] }[] }[];
  }>,
  decoded: unknown,
): Generator<[service: string, resource: AttributeMap, item: Item]> {
  for (const { resource, scopes } of schema.parse(decoded).resources)
    for (const { items } of scopes)
      for (const item of items)
        yield [String(resource.attributes['service.name']), resource.attributes, item];
}

async function bodyOf(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(Buffer.from(chunk));
  const body = Buffer.concat(chunks);
  return incoming.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
}
