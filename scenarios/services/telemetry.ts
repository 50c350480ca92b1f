/**
 * The OpenTelemetry SDK of a demo service, set up as a platform's own service would: traces, metrics and logs over
 * OTLP/HTTP protobuf, W3C trace context and baggage, nothing that knows this product.
 */
import {
  type Attributes,
  type Context,
  context,
  metrics,
  propagation,
  type Span,
  trace,
} from '@opentelemetry/api';
import { logs, SeverityNumber } from '@opentelemetry/api-logs';
import { OTLPLogExporter } from '@opentelemetry/exporter-logs-otlp-proto';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-proto';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchLogRecordProcessor, type LogRecordProcessor } from '@opentelemetry/sdk-logs';
import { AggregationType, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { NodeSDK, tracing } from '@opentelemetry/sdk-node';

export const DEMO_VERSION = '1.4.2';
const BATCH_DELAY_MS = 1_000;

/** Baggage entries that become attributes of every span and log record they pass. */
const CARRIED = ['campaign.id', 'campaign.phase', 'traffic.kind'] as const;

export interface TelemetryOptions {
  readonly serviceName: string;
  readonly otlpEndpoint: string;
  readonly exportIntervalMs: number;
}

/**
 * Starts the SDK; `shutdown` flushes what is buffered and must be awaited before the process ends.
 * Call it once a process, before any tracer or meter is asked for.
 */
export function startTelemetry(options: TelemetryOptions): { shutdown(): Promise<void> } {
  const url = (signal: string) => `${options.otlpEndpoint.replace(/\/$/, '')}/v1/${signal}`;
  const sdk = new NodeSDK({
    autoDetectResources: false,
    resource: resourceFromAttributes({
      'service.name': options.serviceName,
      // Stable over restarts, so that a restarted service continues its series with a counter reset.
      'service.instance.id': `${options.serviceName}-1`,
      'service.version': DEMO_VERSION,
      'deployment.environment.name': 'demo',
      'telemetry.sdk.language': 'nodejs',
      'telemetry.sdk.name': 'opentelemetry',
    }),
    spanProcessors: [
      baggageSpanProcessor,
      new tracing.BatchSpanProcessor(new OTLPTraceExporter({ url: url('traces') }), {
        scheduledDelayMillis: BATCH_DELAY_MS,
        maxExportBatchSize: 512,
        maxQueueSize: 8_192,
      }),
    ],
    metricReaders: [
      new PeriodicExportingMetricReader({
        exporter: new OTLPMetricExporter({ url: url('metrics') }),
        exportIntervalMillis: options.exportIntervalMs,
        exportTimeoutMillis: Math.min(options.exportIntervalMs, 5_000),
      }),
    ],
    views: [
      {
        instrumentName: 'order.basket',
        aggregation: { type: AggregationType.EXPONENTIAL_HISTOGRAM, options: { maxSize: 160 } },
      },
    ],
    logRecordProcessors: [
      baggageLogProcessor,
      new BatchLogRecordProcessor({
        exporter: new OTLPLogExporter({ url: url('logs') }),
        scheduledDelayMillis: BATCH_DELAY_MS,
      }),
    ],
    instrumentations: [],
  });
  sdk.start();
  return { shutdown: () => sdk.shutdown() };
}

const carriedBy = (active: Context): Attributes => {
  const baggage = propagation.getBaggage(active);
  const attributes: Attributes = {};
  for (const key of CARRIED) {
    const value = baggage?.getEntry(key)?.value;
    if (value !== undefined) attributes[key] = value;
  }
  return attributes;
};

const done = async () => {};

const baggageSpanProcessor: tracing.SpanProcessor = {
  onStart: (span, parent) => {
    span.setAttributes({ 'traffic.kind': 'live', ...carriedBy(parent) });
  },
  onEnd: () => {},
  forceFlush: done,
  shutdown: done,
};

const baggageLogProcessor: LogRecordProcessor = {
  onEmit: (record, active) => {
    for (const [key, value] of Object.entries(carriedBy(active ?? context.active()))) {
      if (value !== undefined) record.setAttribute(key, value);
    }
  },
  forceFlush: done,
  shutdown: done,
};

/** A context whose baggage names the campaign, unless it already names one. */
export function withCampaign(parent: Context, campaignId: string): Context {
  const baggage = propagation.getBaggage(parent) ?? propagation.createBaggage();
  if (baggage.getEntry('campaign.id') !== undefined) return parent;
  return propagation.setBaggage(parent, baggage.setEntry('campaign.id', { value: campaignId }));
}

/** The context as text headers, for whatever queue or store carries work to a later moment. */
export function carrierOf(active: Context): Record<string, string> {
  const carrier: Record<string, string> = {};
  propagation.inject(active, carrier);
  return carrier;
}

/** The opposite of `carrierOf`. */
export const contextOf = (carrier: Readonly<Record<string, string>>): Context =>
  propagation.extract(context.active(), carrier);

/** Whether the active request counts in business numbers: test and synthetic traffic never does. */
export const countsInBusiness = (): boolean =>
  (propagation.getActiveBaggage()?.getEntry('traffic.kind')?.value ?? 'live') === 'live';

/**
 * Marks a moment that graphs should show as a flag: a span event called `annotation`, as the telemetry contract has it.
 * `kind` is one of deploy, price, sale_start, sold_out.
 */
export function annotate(
  span: Span,
  kind: 'deploy' | 'price' | 'sale_start' | 'sold_out',
  text: string,
  campaign: string,
): void {
  span.addEvent('annotation', { kind, text, campaign });
}

const LEVELS = {
  info: SeverityNumber.INFO,
  warn: SeverityNumber.WARN,
  error: SeverityNumber.ERROR,
} as const;

/** Sends a log record with the active trace and campaign. */
export function log(level: keyof typeof LEVELS, message: string, attributes: Attributes = {}): void {
  logs.getLogger('demo').emit({
    severityNumber: LEVELS[level],
    severityText: level.toUpperCase(),
    body: message,
    attributes,
    context: context.active(),
  });
}

export const tracer = () => trace.getTracer('demo', DEMO_VERSION);
export const meter = () => metrics.getMeter('demo', DEMO_VERSION);
