import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { ExpressInstrumentation } from '@opentelemetry/instrumentation-express';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { ATTR_SERVICE_NAME, ATTR_SERVICE_VERSION } from '@opentelemetry/semantic-conventions';

/**
 * The product's own traces, when `tracing.endpoint` asks for them. The endpoint may be its own collector: requests
 * under /v1/ are not traced, so a span never begets spans.
 * @returns what flushes and ends it.
 */
export function startSelfTracing(endpoint: string, version: string): () => Promise<void> {
  const sdk = new NodeSDK({
    resource: resourceFromAttributes({ [ATTR_SERVICE_NAME]: 'tidewarden', [ATTR_SERVICE_VERSION]: version }),
    traceExporter: new OTLPTraceExporter({ url: new URL('/v1/traces', endpoint).href }),
    instrumentations: [
      new HttpInstrumentation({
        ignoreIncomingRequestHook: (request) => request.url?.startsWith('/v1/') === true,
        ignoreOutgoingRequestHook: (request) => request.path?.startsWith('/v1/') === true,
      }),
      new ExpressInstrumentation(),
    ],
  });
  sdk.start();
  return () => sdk.shutdown();
}
