/** The dispatch service: brings printed passes to doors. Riders ask it for work. */
import { setTimeout as delay } from 'node:timers/promises';
import { type Attributes, context, SpanKind, trace } from '@opentelemetry/api';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { DEFAULT_PORTS } from '../../demo/settings.ts';
import { callService, failSpan, step, tracedRoute } from '../http.ts';
import { runService, type ServiceContext } from '../process.ts';
import { carrierOf, contextOf, log, tracer } from '../telemetry.ts';
import { type DispatchInstruments, dispatchInstruments } from './instruments.ts';
import { DispatchJournal } from './journal.ts';
import { type Assignment, DispatchQueue } from './queue.ts';

const RANGE_KM = 12;
const cityCode = z.string().regex(/^\d{6}$/);
const dispatchRequest = z.strictObject({
  orderId: z.string().min(1).max(80),
  cityCode,
  channel: z.string().max(32),
  tier: z.string().max(16),
});
const rangeRequest = z.strictObject({ cityCode, distanceKm: z.number().min(0).max(1_000) });
const nextRequest = z.strictObject({ cityCode });
const riderId = z.string().min(1).max(64);

await runService({
  name: 'dispatch',
  defaultPort: DEFAULT_PORTS.dispatch,
  mount: (service) => {
    const queue = new DispatchQueue(new DispatchJournal(service.settings.dataDirectory));
    const instruments = dispatchInstruments(service.settings.campaign, queue, service.now);
    mountIntake(service, queue, instruments);
    mountRiders(service, queue, instruments);
    return { close: () => {} };
  },
});

/** What the order service asks for. */
function mountIntake(service: ServiceContext, queue: DispatchQueue, instruments: DispatchInstruments): void {
  const { app, random } = service;
  const { campaign } = service.settings;
  tracedRoute(app, campaign.id, 'post', '/range-checks', async (request) => {
    const asked = rangeRequest.parse(request.body);
    return step(
      'range.check',
      { 'city.code': asked.cityCode, 'distance.km': asked.distanceKm },
      async (span) => {
        await delay(random.logNormal(4, 0.4));
        const outcome = asked.distanceKm <= RANGE_KM ? 'in_range' : 'out_of_range';
        span.setAttribute('outcome', outcome);
        instruments.rangeCheck(asked.cityCode, outcome);
        return { status: 200, body: { outcome } };
      },
    );
  });
  tracedRoute(app, campaign.id, 'post', '/dispatches', (request, span) => {
    const asked = dispatchRequest.parse(request.body);
    span.setAttributes({ 'order.id': asked.orderId, 'city.code': asked.cityCode });
    const queued = queue.add({ ...asked, queuedAtMs: service.now(), carrier: carrierOf(context.active()) });
    if (!queued) {
      instruments.refused(asked.cityCode);
      log('warn', 'the dispatch queue of a city is full', { 'city.code': asked.cityCode });
    }
    span.setAttribute('outcome', queued ? 'queued' : 'queue_full');
    return { status: queued ? 202 : 429 };
  });
}

/**
 * What riders' phones ask for. Polls are not traced: each step of the work is one span of the order's trace, as long as
 * the step took.
 */
function mountRiders(service: ServiceContext, queue: DispatchQueue, instruments: DispatchInstruments): void {
  const { app, now } = service;
  const answer = (request: Request, response: Response, act: (rider: string) => unknown) => {
    const parsed = riderId.safeParse(request.params.id);
    if (!parsed.success) response.status(400).end();
    else response.json(act(parsed.data) ?? null);
  };
  app.post('/riders/:id/next', (request, response) => {
    const asked = nextRequest.safeParse(request.body);
    if (!asked.success) response.status(400).json({ error: z.prettifyError(asked.error) });
    else
      answer(request, response, (rider) => {
        const known = queue.of(rider, now());
        const assignment = queue.assign(rider, asked.data.cityCode, now());
        if (assignment !== undefined && known === undefined) recordAssignment(assignment, instruments);
        return assignment && { orderId: assignment.dispatch.orderId };
      });
  });
  app.post('/riders/:id/pickup', (request, response) =>
    answer(request, response, (rider) => {
      const assignment = queue.of(rider, now());
      if (assignment === undefined || assignment.pickedUpAtMs !== null) return null;
      assignment.pickedUpAtMs = now();
      recordSpan('rider.pickup', assignment, assignment.assignedAtMs, assignment.pickedUpAtMs);
      return { orderId: assignment.dispatch.orderId };
    }),
  );
  app.post('/riders/:id/deliver', async (request, response) => {
    const parsed = riderId.safeParse(request.params.id);
    const assignment = parsed.success ? queue.of(parsed.data, now()) : undefined;
    if (!parsed.success || assignment === undefined || assignment.pickedUpAtMs === null) {
      response.status(409).end();
      return;
    }
    queue.finish(parsed.data);
    await handOver(service, assignment, instruments);
    response.json({ orderId: assignment.dispatch.orderId });
  });
}

function recordAssignment(assignment: Assignment, instruments: DispatchInstruments): void {
  const { dispatch, assignedAtMs } = assignment;
  recordSpan('dispatch.assign', assignment, dispatch.queuedAtMs, assignedAtMs, SpanKind.CONSUMER);
  const seconds = Math.max(0, assignedAtMs - dispatch.queuedAtMs) / 1_000;
  instruments.assigned(dispatch.cityCode, dispatch.tier, seconds);
}

/** A finished step of the work; the next one becomes its child. */
function recordSpan(
  name: string,
  { dispatch, riderId: rider }: Assignment,
  startTime: number,
  endTime: number,
  kind: SpanKind = SpanKind.INTERNAL,
): void {
  const parent = contextOf(dispatch.carrier);
  const attributes: Attributes = {
    'order.id': dispatch.orderId,
    'rider.id': rider,
    'city.code': dispatch.cityCode,
    'customer.tier': dispatch.tier,
  };
  const span = tracer().startSpan(name, { kind, attributes, startTime }, parent);
  dispatch.carrier = carrierOf(trace.setSpan(parent, span));
  span.end(endTime);
}

/** The pass is at the door: the last span, and the order service is told within it. */
async function handOver(
  service: ServiceContext,
  assignment: Assignment,
  instruments: DispatchInstruments,
): Promise<void> {
  const { dispatch, pickedUpAtMs } = assignment;
  const parent = contextOf(dispatch.carrier);
  const span = tracer().startSpan(
    'rider.deliver',
    {
      startTime: pickedUpAtMs ?? service.now(),
      attributes: {
        'order.id': dispatch.orderId,
        'rider.id': assignment.riderId,
        'city.code': dispatch.cityCode,
        outcome: 'delivered',
      },
    },
    parent,
  );
  const active = trace.setSpan(parent, span);
  try {
    const { cityCode: city, channel, orderId } = dispatch;
    await context.with(active, () =>
      callService(
        service.settings.urls.order,
        'POST',
        `/orders/${encodeURIComponent(orderId)}/delivered`,
        '/orders/{id}/delivered',
        { cityCode: city, channel },
      ),
    );
  } catch (error) {
    failSpan(span, error);
    context.with(active, () => log('error', 'the order service was not told of a delivery'));
  } finally {
    span.end();
  }
  const seconds = Math.max(0, service.now() - dispatch.queuedAtMs) / 1_000;
  instruments.delivered(dispatch.cityCode, dispatch.tier, seconds);
}
