import { randomBytes } from 'node:crypto';
import { transcode } from '../collector/json/transcode.ts';
import type { Signal } from '../model/telemetry.ts';

/** Spans or data points in one request. */
export const BATCH = 512;
const SPANS_PER_TRACE = 8;
const TEMPLATES = 32;
const SERIES = 4_096;
const BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

const text = (key: string, value: string) => ({ key, value: { stringValue: value } });
const resource = (service: string) => ({
  attributes: [
    text('service.name', service),
    text('service.instance.id', `${service}-1`),
    text('service.version', '1.4.2'),
  ],
});
const SERVICES = ['app', 'order', 'dispatch', 'support', 'gate'];
const ROUTES = ['/orders', '/orders/{id}/cancel', '/range', '/tickets/{id}/redeem', '/support/sessions'];
const CITIES = ['440100', '440300', '310000', '110000', '330100'];
const pick = <T>(list: readonly T[], index: number): T => list[index % list.length] as T;

/** A marker that is found again in the encoded bytes, to be overwritten with what differs from request to request. */
const marker = (kind: number, index: number): string =>
  Buffer.from([0xf0, kind, index >> 8, index & 255, ...Array(4).fill(0xee)]).toString('hex');

const TIME_MARK = 0x7a7a7a7a00000000n;

/**
 * Requests that cost the sender next to nothing: a few templates are encoded once, ids and times are written over in place.
 * Attribute values vary between templates as they do between real requests. Spans carry 11 attributes.
 */
export class LoadBodies {
  readonly #templates: readonly {
    readonly body: Buffer;
    readonly ids: readonly number[];
    readonly times: readonly number[];
  }[];
  readonly #signal: 'traces' | 'metrics';
  #next = 0;

  constructor(signal: 'traces' | 'metrics') {
    this.#signal = signal;
    const encode = signal === 'traces' ? encodeTraces : encodeMetrics;
    this.#templates = Array.from({ length: TEMPLATES }, (_, index) => withOffsets(encode(index), signal));
  }

  /** The next request. The buffer is overwritten when its template's turn comes again, {@link TEMPLATES} calls later. */
  next(nowMs: number): Buffer {
    const template = this.#templates[this.#next++ % TEMPLATES]!;
    if (this.#signal === 'traces') this.#freshSpans(template, nowMs);
    else this.#freshPoints(template, nowMs);
    return template.body;
  }

  #freshSpans(
    { body, ids, times }: { body: Buffer; ids: readonly number[]; times: readonly number[] },
    nowMs: number,
  ): void {
    const random = randomBytes(BATCH * 8 + (BATCH / SPANS_PER_TRACE) * 16);
    let at = 0;
    for (let span = 0; span < BATCH; span++) {
      const trace = Math.floor(span / SPANS_PER_TRACE);
      random.copy(body, ids[2 * span]!, BATCH * 8 + trace * 16, BATCH * 8 + trace * 16 + 16);
      random.copy(body, ids[2 * span + 1]!, at, at + 8);
      at += 8;
      const start = BigInt(Math.round(nowMs * 1_000)) * 1_000n + BigInt(span * 937);
      body.writeBigUInt64LE(start, times[2 * span]!);
      body.writeBigUInt64LE(start + BigInt(1_000_000 + (random[at] ?? 1) * 50_000), times[2 * span + 1]!);
    }
  }

  #freshPoints({ body, times }: { body: Buffer; times: readonly number[] }, nowMs: number): void {
    const time = BigInt(Math.round(nowMs)) * 1_000_000n;
    for (const offset of times) body.writeBigUInt64LE(time, offset);
  }
}

function withOffsets(body: Buffer, signal: Signal) {
  const ids: number[] = [];
  const times: number[] = [];
  for (let index = 0; index < BATCH; index++) {
    if (signal === 'traces') {
      ids.push(
        find(body, Buffer.from(marker(1, index), 'hex')),
        find(body, Buffer.from(marker(2, index), 'hex')),
      );
      times.push(findTime(body, 2 * index), findTime(body, 2 * index + 1));
    } else times.push(findTime(body, index));
  }
  return { body, ids, times };
}

function find(body: Buffer, bytes: Buffer): number {
  const offset = body.indexOf(bytes);
  if (offset < 0) throw new Error('a marker is not in the encoded request');
  return offset;
}

function findTime(body: Buffer, index: number): number {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(TIME_MARK + BigInt(index));
  return find(body, bytes);
}

function encodeTraces(template: number): Buffer {
  const spans = Array.from({ length: BATCH }, (_, index) => ({
    traceId: marker(1, index) + '00'.repeat(8),
    spanId: marker(2, index),
    name: `POST ${pick(ROUTES, index + template)}`,
    kind: 2,
    startTimeUnixNano: String(TIME_MARK + BigInt(2 * index)),
    endTimeUnixNano: String(TIME_MARK + BigInt(2 * index + 1)),
    attributes: [
      text('http.request.method', 'POST'),
      text('http.route', pick(ROUTES, index + template)),
      { key: 'http.response.status_code', value: { intValue: index % 50 === 0 ? 503 : 200 } },
      text('server.address', `node-${(index + template) % 20}.shop.internal`),
      text('campaign.id', 'bench'),
      text('offer.id', `offer-${index % 10}`),
      text('city.code', pick(CITIES, index)),
      text('channel', pick(['app', 'mini_program', 'assistant', 'web'], index)),
      text('customer.tier', pick(['new', 'normal', 'member', 'vip'], index + template)),
      text('user.id', `u-${(index * 977 + template * 131) % 1_000}`),
      text('order.id', `o-${(index * 31 + template * 517) % 1_000}`),
    ],
    status: index % 50 === 0 ? { code: 2, message: 'upstream' } : {},
  }));
  const perService = Math.ceil(BATCH / SERVICES.length);
  const resourceSpans = SERVICES.map((service, index) => ({
    resource: resource(service),
    scopeSpans: [
      { scope: { name: 'bench' }, spans: spans.slice(index * perService, (index + 1) * perService) },
    ],
  }));
  return transcode('traces', { resourceSpans });
}

/** A quarter of the points are histograms with 12 buckets, the others counters; series repeat as those of real services do. */
function encodeMetrics(template: number): Buffer {
  const point = (index: number) => ({
    timeUnixNano: String(TIME_MARK + BigInt(index)),
    attributes: [text('campaign.id', 'bench'), text('store.id', `s-${(template * BATCH + index) % SERIES}`)],
  });
  const counters = Array.from({ length: (BATCH * 3) / 4 }, (_, index) => ({
    ...point(index),
    asInt: `${index * 7 + template}`,
  }));
  const histograms = Array.from({ length: BATCH / 4 }, (_, index) => ({
    ...point((BATCH * 3) / 4 + index),
    count: 1_000 + index,
    sum: 25.5 + index,
    bucketCounts: Array.from({ length: BOUNDS.length + 1 }, (_, bucket) => bucket * 10 + index),
    explicitBounds: BOUNDS,
  }));
  const metrics = [
    {
      name: 'order.placed',
      unit: '{order}',
      sum: { aggregationTemporality: 2, isMonotonic: true, dataPoints: counters },
    },
    {
      name: 'checkout.duration',
      unit: 's',
      histogram: { aggregationTemporality: 2, dataPoints: histograms },
    },
  ];
  return transcode('metrics', {
    resourceMetrics: [{ resource: resource('order'), scopeMetrics: [{ metrics }] }],
  });
}

/** Rows of the table `samples` that one metrics request becomes. */
export const SAMPLES_PER_REQUEST = (BATCH * 3) / 4 + (BATCH / 4) * (BOUNDS.length + 1 + 2);
