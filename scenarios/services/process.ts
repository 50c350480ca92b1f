/** A demo service: telemetry, express, its routes, health. */
import type { Server } from 'node:http';
import { context, trace } from '@opentelemetry/api';
import express, { type Express } from 'express';
import { type ProcessContext, runChild } from '../demo/child.ts';
import type { ServiceName } from '../demo/settings.ts';
import { annotate, DEMO_VERSION, log, startTelemetry, tracer, withCampaign } from './telemetry.ts';

export interface ServiceContext extends ProcessContext {
  readonly app: Express;
}

export interface ServiceDefinition {
  readonly name: ServiceName;
  readonly defaultPort: number;
  /** Registers routes and instruments, after the telemetry is up; `close` ends its timers. */
  mount(service: ServiceContext): { close(): void };
}

/** Runs a service until it is told to stop; what is buffered of its telemetry is sent before the end. */
export async function runService(definition: ServiceDefinition): Promise<void> {
  await runChild(definition.name, definition.defaultPort, async (running) => {
    const telemetry = startTelemetry({ serviceName: definition.name, ...running.settings });
    const app = express();
    app.disable('x-powered-by');
    app.use(express.json({ limit: '64kb' }));
    const service = definition.mount({ ...running, app });
    app.get('/healthz', (_request, response) => {
      response.json({ service: definition.name, status: 'ok', faults: running.faults() });
    });
    const server = await listen(app, running.settings.port);
    const port = portOf(server);
    noteStart(definition.name, running.settings.campaign.id, port);
    return {
      port,
      close: async () => {
        server.close();
        server.closeAllConnections();
        service.close();
        await telemetry.shutdown();
      },
    };
  });
}

/** A start is an event that graphs should show: after a deploy, or after a crash. */
function noteStart(name: string, campaignId: string, port: number): void {
  const active = withCampaign(context.active(), campaignId);
  const span = tracer().startSpan('service.start', { attributes: { 'server.port': port } }, active);
  annotate(span, 'deploy', `${name} ${DEMO_VERSION} has started`, campaignId);
  context.with(trace.setSpan(active, span), () =>
    log('info', `${name} ${DEMO_VERSION} listens`, { 'server.port': port }),
  );
  span.end();
}

function listen(app: Express, port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = app.listen(port, '127.0.0.1', (error?: Error) => {
      if (error === undefined) resolve(server);
      else reject(error);
    });
  });
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
