/**
 * How the crowd's phones reach the services, bounded in number and time. What a user does (`tap`) is traced and counted
 * on the device, because a request that dies on its way is seen nowhere else; what a device does by itself (`look`) is
 * neither.
 */
import {
  type Context,
  context,
  propagation,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import type { ProcessContext } from '../demo/child.ts';
import type { ServiceName } from '../demo/settings.ts';
import { meter, tracer } from '../services/telemetry.ts';

const TIMEOUT_MS = 5_000;
const IN_FLIGHT_MAX = 128;

interface Reply {
  readonly status: number;
  readonly body: unknown;
}

/** What a user wants, as `client.requests` names it. */
export type Operation = 'place' | 'cancel' | 'support' | 'visit';
const OPERATIONS = ['place', 'cancel', 'support', 'visit'] as const satisfies readonly Operation[];
const OUTCOMES = ['done', 'refused', 'error'] as const;
export type TrafficKind = 'live' | 'test' | 'synthetic';

interface Tap {
  readonly operation: Operation;
  readonly service: ServiceName;
  readonly path: string;
  /** The route's template, for the span's name. */
  readonly target: string;
  readonly body: unknown;
  readonly kind?: TrafficKind;
}

export interface CrowdClient {
  /** A POST that a user waits for. Null: no answer, or too many requests are under way (a phone that never gets through). */
  tap(tap: Tap): Promise<Reply | null>;
  /** A GET, or with a body a POST, in the background. */
  look(service: ServiceName, path: string, body?: unknown): Promise<Reply | null>;
}

export function crowdClient({ settings }: ProcessContext, signal: AbortSignal): CrowdClient {
  const campaignId = settings.campaign.id;
  let inFlight = 0;
  const count = requestCounter(campaignId);
  const send = async (
    service: ServiceName,
    path: string,
    body: unknown,
    active: Context,
  ): Promise<Reply | null> => {
    if (inFlight >= IN_FLIGHT_MAX || signal.aborted) return null;
    inFlight += 1;
    try {
      const headers: Record<string, string> = { 'content-type': 'application/json' };
      propagation.inject(active, headers);
      const response = await fetch(new URL(path, settings.urls[service]), {
        method: body === undefined ? 'GET' : 'POST',
        headers,
        signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      return { status: response.status, body: text === '' ? null : JSON.parse(text) };
    } catch {
      return null;
    } finally {
      inFlight -= 1;
    }
  };
  return {
    look: (service, path, body) => send(service, path, body, deviceContext(campaignId, 'live')),
    tap: async ({ operation, service, path, target, body, kind = 'live' }) => {
      const parent = deviceContext(campaignId, kind);
      const span = tracer().startSpan(
        `POST ${target}`,
        {
          kind: SpanKind.CLIENT,
          attributes: { 'http.request.method': 'POST', 'url.template': target, operation },
        },
        parent,
      );
      const active = trace.setSpan(parent, span);
      const reply = await send(service, path, body, active);
      const outcome = outcomeOf(reply);
      if (!signal.aborted) describe(span, reply, outcome);
      span.end();
      if (kind === 'live' && !signal.aborted) context.with(active, () => count(operation, outcome));
      return reply;
    },
  };
}

function deviceContext(campaignId: string, kind: TrafficKind): Context {
  const entries = { 'campaign.id': { value: campaignId } };
  return propagation.setBaggage(
    ROOT_CONTEXT,
    propagation.createBaggage(kind === 'live' ? entries : { ...entries, 'traffic.kind': { value: kind } }),
  );
}

/** 4xx is an answer that a user may not like; no answer and 5xx are failures. */
const outcomeOf = (reply: Reply | null): (typeof OUTCOMES)[number] =>
  reply === null || reply.status >= 500 ? 'error' : reply.status >= 400 ? 'refused' : 'done';

function describe(span: Span, reply: Reply | null, outcome: string): void {
  span.setAttribute('outcome', outcome);
  if (reply !== null) span.setAttribute('http.response.status_code', reply.status);
  if (outcome !== 'error') return;
  span.setAttribute('error.type', reply === null ? 'no_answer' : String(reply.status));
  span.setStatus({ code: SpanStatusCode.ERROR });
}

function requestCounter(campaignId: string) {
  const requests = meter().createCounter('client.requests', {
    unit: '{request}',
    description: "What users' devices asked for, and what they saw.",
  });
  const add = (amount: number, operation: Operation, outcome: string) =>
    requests.add(amount, { 'campaign.id': campaignId, operation, outcome });
  for (const operation of OPERATIONS) for (const outcome of OUTCOMES) add(0, operation, outcome);
  return (operation: Operation, outcome: string) => add(1, operation, outcome);
}

/** What every kind of person in the crowd is given. */
export interface Crowd {
  readonly running: ProcessContext;
  readonly client: CrowdClient;
  /** Resolves after so many milliseconds, at once when the crowd goes home. */
  pause(ms: number): Promise<void>;
  readonly signal: AbortSignal;
}
