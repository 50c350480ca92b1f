import { type HrTime, SpanKind } from '@opentelemetry/api';
import { SeverityNumber } from '@opentelemetry/api-logs';
import { type ExportResult, ExportResultCode } from '@opentelemetry/core';
import { OTLPLogExporter as LogGrpc } from '@opentelemetry/exporter-logs-otlp-grpc';
import { OTLPLogExporter as LogJson } from '@opentelemetry/exporter-logs-otlp-http';
import { OTLPLogExporter as LogProto } from '@opentelemetry/exporter-logs-otlp-proto';
import { OTLPMetricExporter as MetricGrpc } from '@opentelemetry/exporter-metrics-otlp-grpc';
import { OTLPMetricExporter as MetricJson } from '@opentelemetry/exporter-metrics-otlp-http';
import { OTLPMetricExporter as MetricProto } from '@opentelemetry/exporter-metrics-otlp-proto';
import { OTLPTraceExporter as TraceGrpc } from '@opentelemetry/exporter-trace-otlp-grpc';
import { OTLPTraceExporter as TraceJson } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPTraceExporter as TraceProto } from '@opentelemetry/exporter-trace-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { InMemoryLogRecordExporter, LoggerProvider, SimpleLogRecordProcessor } from '@opentelemetry/sdk-logs';
import {
  AggregationTemporality,
  AggregationType,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { OtlpSignal } from '../model/telemetry.ts';
import { startCollector, type TestCollector } from './testing/harness.ts';

const resource = resourceFromAttributes({
  'service.name': 'order',
  'service.instance.id': 'order-1',
  'campaign.id': 'one-cent-tickets',
});

type Send = (done: (result: ExportResult) => void) => void;
type Options = { url: string; compression: never };

let target: TestCollector;
beforeAll(async () => {
  target = await startCollector();
});
afterAll(async () => {
  await target[Symbol.asyncDispose]();
});

function makeSpans() {
  const memory = new InMemorySpanExporter();
  const provider = new BasicTracerProvider({ resource, spanProcessors: [new SimpleSpanProcessor(memory)] });
  const tracer = provider.getTracer('order', '1.2.3');
  for (let i = 0; i < 5; i++) {
    const span = tracer.startSpan('POST /orders 中文', { kind: SpanKind.SERVER });
    span.setAttributes({
      'offer.id': 'two-park-ticket',
      price: 0.01,
      paid: true,
      cities: ['440100', '440300'],
    });
    span.addEvent('limiter.admit', { admitted: false });
    span.recordException(new Error('out of stock'));
    span.addLink({
      context: { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', traceFlags: 1 },
    });
    span.end(startPlus(i));
  }
  return memory.getFinishedSpans();
}

const startPlus = (i: number): HrTime => [
  Math.floor((performance.timeOrigin + performance.now()) / 1_000) + 1,
  i,
];

async function makeMetrics() {
  const memory = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter: memory, exportIntervalMillis: 3_600_000 });
  const provider = new MeterProvider({
    resource,
    readers: [reader],
    views: [{ instrumentName: 'order.basket', aggregation: { type: AggregationType.EXPONENTIAL_HISTOGRAM } }],
  });
  const meter = provider.getMeter('order');
  meter.createCounter('order.placed', { unit: '{order}' }).add(3, { 'offer.id': 'two-park-ticket' });
  meter.createUpDownCounter('rider.online').add(-1);
  meter.createHistogram('checkout.duration', { unit: 's' }).record(0.25);
  meter.createHistogram('order.basket', { unit: 'CNY' }).record(260);
  meter.createObservableGauge('gate.density').addCallback((result) => result.observe(2.5));
  await reader.forceFlush();
  const [metrics] = memory.getMetrics();
  await provider.shutdown();
  return metrics!;
}

function makeLogs() {
  const memory = new InMemoryLogRecordExporter();
  const provider = new LoggerProvider({
    resource,
    processors: [new SimpleLogRecordProcessor({ exporter: memory })],
  });
  const logger = provider.getLogger('order');
  logger.emit({ body: 'sold out', severityNumber: SeverityNumber.WARN, attributes: { 'offer.id': 'x' } });
  logger.emit({ body: { nested: { list: [1, 'two', null, { deep: true }] } }, eventName: 'order.rejected' });
  return memory.getFinishedLogRecords();
}

const SENDERS: Record<OtlpSignal, Record<'proto' | 'json' | 'grpc', (options: Options) => Promise<Send>>> = {
  traces: {
    proto: async (options) => sendSpans(new TraceProto(options)),
    json: async (options) => sendSpans(new TraceJson(options)),
    grpc: async (options) => sendSpans(new TraceGrpc(options)),
  },
  metrics: {
    proto: async (options) => sendMetrics(new MetricProto(options)),
    json: async (options) => sendMetrics(new MetricJson(options)),
    grpc: async (options) => sendMetrics(new MetricGrpc(options)),
  },
  logs: {
    proto: async (options) => sendLogs(new LogProto(options)),
    json: async (options) => sendLogs(new LogJson(options)),
    grpc: async (options) => sendLogs(new LogGrpc(options)),
  },
};

function sendSpans(exporter: TraceProto): Send {
  const spans = makeSpans();
  return (done) => exporter.export(spans, done);
}

async function sendMetrics(exporter: Pick<MetricProto, 'export'>): Promise<Send> {
  const metrics = await makeMetrics();
  return (done) => exporter.export(metrics, done);
}

function sendLogs(exporter: LogProto): Send {
  const logs = makeLogs();
  return (done) => exporter.export(logs, done);
}

/** Items, and rows that the loader will write, of what each sender sends. The histogram has 15 bounds. */
const SENT: Record<OtlpSignal, { items: number; rows: number }> = {
  traces: { items: 5, rows: 5 },
  metrics: { items: 5, rows: 4 + 16 + 2 },
  logs: { items: 2, rows: 2 },
};

describe.each(['traces', 'metrics', 'logs'] as const)('what the npm SDK sends: %s', (signal) => {
  describe.each(['proto', 'json', 'grpc'] as const)('over %s', (protocol) => {
    test.each(['none', 'gzip'] as const)('compression %s', async (compression) => {
      const url = protocol === 'grpc' ? `http://${target.grpcAddress}` : `${target.httpUrl}/v1/${signal}`;
      const send = await SENDERS[signal][protocol]({ url, compression: compression as never });
      const result = await new Promise<ExportResult>(send);
      expect(result.error).toBeUndefined();
      expect(result.code).toBe(ExportResultCode.SUCCESS);
      const segment = await target.collector.segments.next(signal, AbortSignal.timeout(5_000));
      expect(segment).toMatchObject({ signal, records: 1, ...SENT[signal] });
      await target.collector.segments.release(segment!);
    });
  });
});
