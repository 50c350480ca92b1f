/**
 * HTTP between the demo's services, traced by hand. The automatic instrumentations were tried under ESM on Node 24 and
 * are not enough here: express is not patched (no `http.route`, so every span is called `POST`), `fetch` is not seen.
 */
import {
  type Attributes,
  context,
  propagation,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import type { Express, Request, Response } from 'express';
import { z } from 'zod';
import { log, meter, tracer, withCampaign } from './telemetry.ts';

/** Bucket boundaries of the HTTP semantic conventions, in seconds. */
const DURATION_BOUNDARIES = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];
const CLIENT_TIMEOUT_MS = 3_000;

/** Something broke (as opposed to a business refusal): becomes `error.type`, a failed span and this HTTP status. */
export class ServiceFault extends Error {
  readonly errorType: string;
  readonly status: number;
  constructor(errorType: string, message: string, status = 500) {
    super(message);
    this.errorType = errorType;
    this.status = status;
  }
}

/** What a handler answers: a status and a JSON body. A refusal is an answer, not an exception. */
export interface Answer {
  readonly status: number;
  readonly body?: unknown;
}

/** Marks a span as failed: status, `error.type`, and the exception as an event. */
export function failSpan(span: Span, error: unknown): string {
  const errorType =
    error instanceof ServiceFault ? error.errorType : error instanceof Error ? error.name : 'unknown';
  span.setAttribute('error.type', errorType);
  span.setStatus({
    code: SpanStatusCode.ERROR,
    message: error instanceof Error ? error.message : String(error),
  });
  if (error instanceof Error) span.recordException(error);
  return errorType;
}

/** Runs one step of a business operation as a span of its own; an exception fails the span and goes on. */
export async function step<Result>(
  name: string,
  attributes: Attributes,
  run: (span: Span) => Promise<Result> | Result,
): Promise<Result> {
  return tracer().startActiveSpan(name, { attributes }, async (span) => {
    try {
      return await run(span);
    } catch (error) {
      failSpan(span, error);
      throw error;
    } finally {
      span.end();
    }
  });
}

type Method = 'get' | 'post';

/**
 * Registers a traced route: the server span is called `POST /orders/:id/cancel` in the form `POST /orders/{id}/cancel`,
 * continues the caller's trace and baggage, and `http.server.request.duration` is recorded.
 */
export function tracedRoute(
  app: Express,
  campaignId: string,
  method: Method,
  route: string,
  handler: (request: Request, span: Span) => Promise<Answer> | Answer,
): void {
  const template = route.replace(/:(\w+)/g, '{$1}');
  const verb = method.toUpperCase();
  const duration = meter().createHistogram('http.server.request.duration', {
    unit: 's',
    description: 'Duration of HTTP server requests.',
    advice: { explicitBucketBoundaries: DURATION_BOUNDARIES },
  });
  app[method](route, async (request, response) => {
    const startedAt = performance.now();
    const parent = withCampaign(propagation.extract(ROOT_CONTEXT, request.headers), campaignId);
    const labels: Attributes = {
      'http.request.method': verb,
      'http.route': template,
      'campaign.id': propagation.getBaggage(parent)?.getEntry('campaign.id')?.value ?? campaignId,
    };
    const kind = propagation.getBaggage(parent)?.getEntry('traffic.kind')?.value ?? 'live';
    // As on every metric: without the attribute it is live traffic.
    if (kind !== 'live') labels['traffic.kind'] = kind;
    const span = tracer().startSpan(
      `${verb} ${template}`,
      { kind: SpanKind.SERVER, attributes: { ...labels, 'url.path': request.path, 'url.scheme': 'http' } },
      parent,
    );
    const answer = await context.with(trace.setSpan(parent, span), () =>
      answerOf(handler, request, span, labels),
    );
    labels['http.response.status_code'] = answer.status;
    span.setAttribute('http.response.status_code', answer.status);
    send(response, answer);
    span.end();
    duration.record((performance.now() - startedAt) / 1_000, labels);
  });
}

async function answerOf(
  handler: (request: Request, span: Span) => Promise<Answer> | Answer,
  request: Request,
  span: Span,
  labels: Attributes,
): Promise<Answer> {
  try {
    return await handler(request, span);
  } catch (error) {
    if (error instanceof z.ZodError) return { status: 400, body: { error: z.prettifyError(error) } };
    const errorType = failSpan(span, error);
    labels['error.type'] = errorType;
    const message = error instanceof Error ? error.message : String(error);
    log('error', message, { 'error.type': errorType });
    return {
      status: error instanceof ServiceFault ? error.status : 500,
      body: { error: message, errorType },
    };
  }
}

function send(response: Response, answer: Answer): void {
  response.status(answer.status);
  if (answer.body === undefined) response.end();
  else response.json(answer.body);
}

export interface ServiceReply {
  readonly status: number;
  readonly body: unknown;
}

/**
 * Calls another service within the active trace. Answers of any status are returned; a service that cannot be
 * reached, or not in 3 s, is a ServiceFault. `target` is the route's template, for the span's name.
 */
export async function callService(
  baseUrl: string,
  method: 'GET' | 'POST',
  path: string,
  target: string,
  body?: unknown,
): Promise<ServiceReply> {
  const url = new URL(path, baseUrl);
  const attributes: Attributes = {
    'http.request.method': method,
    'server.address': url.hostname,
    'server.port': Number(url.port),
    'url.full': url.href,
    'url.template': target,
  };
  return tracer().startActiveSpan(
    `${method} ${target}`,
    { kind: SpanKind.CLIENT, attributes },
    async (span) => {
      const headers: Record<string, string> = { 'content-type': 'application/json' };
      propagation.inject(context.active(), headers);
      try {
        const response = await fetch(url, {
          method,
          headers,
          signal: AbortSignal.timeout(CLIENT_TIMEOUT_MS),
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        });
        span.setAttribute('http.response.status_code', response.status);
        if (response.status >= 500) {
          span.setAttribute('error.type', String(response.status));
          span.setStatus({ code: SpanStatusCode.ERROR });
        }
        return { status: response.status, body: await readJson(response) };
      } catch (error) {
        const fault = new ServiceFault(
          error instanceof Error && error.name === 'TimeoutError' ? 'timeout' : 'connection_refused',
          `${method} ${url.href}: ${error instanceof Error ? error.message : String(error)}`,
          502,
        );
        failSpan(span, fault);
        throw fault;
      } finally {
        span.end();
      }
    },
  );
}

/** The body as JSON; undefined where there is none or it is not JSON. */
async function readJson(response: globalThis.Response): Promise<unknown> {
  const text = await response.text();
  try {
    return text === '' ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
