/** The gate service: what staff's clickers and the lanes' scanners report to. */
import { z } from 'zod';
import { DEFAULT_PORTS } from '../../demo/settings.ts';
import { localTime } from '../calendar.ts';
import { callService, step, tracedRoute } from '../http.ts';
import { runService } from '../process.ts';
import { countsInBusiness, log } from '../telemetry.ts';
import { gateInstruments } from './instruments.ts';
import { GateQueues } from './queues.ts';

const arrivalRequest = z.strictObject({ people: z.number().int().min(1).max(1_000) });
const scanRequest = z.strictObject({
  ticketId: z.string().min(1).max(80),
  laneId: z.string().min(1).max(32),
});
const exitRequest = z.strictObject({ people: z.number().int().min(1).max(10_000) });
/** The venue's own annual passes, which no order service knows. */
const ANNUAL_PASS = /^annual-pass-[0-9a-f]{16}$/;
const redeemed = z.object({ offerId: z.string(), validityDay: z.string() });

await runService({
  name: 'gate',
  defaultPort: DEFAULT_PORTS.gate,
  mount: ({ app, settings, now }) => {
    const { campaign, urls } = settings;
    const { venue } = campaign;
    const queues = new GateQueues(venue);
    const isOpen = () => {
      const { hour } = localTime(now(), venue.timezone);
      return hour >= venue.opensAtHour && hour < venue.closesAtHour;
    };
    const instruments = gateInstruments(campaign, queues, isOpen);
    const known = (gateId: string) => queues.gates.some((gate) => gate.id === gateId);

    tracedRoute(app, campaign.id, 'post', '/gates/:id/arrivals', (request, span) => {
      const gateId = String(request.params.id);
      const { people } = arrivalRequest.parse(request.body);
      if (!known(gateId)) return { status: 404 };
      span.setAttributes({ 'venue.id': venue.id, 'gate.id': gateId, people });
      queues.join(gateId, people);
      instruments.arrived(gateId, people);
      return { status: 202, body: { queue: queues.length(gateId) } };
    });
    tracedRoute(app, campaign.id, 'post', '/gates/:id/scans', (request) => {
      const gateId = String(request.params.id);
      const { ticketId, laneId } = scanRequest.parse(request.body);
      if (!known(gateId)) return { status: 404 };
      const attributes = {
        'venue.id': venue.id,
        'gate.id': gateId,
        'lane.id': laneId,
        'ticket.id': ticketId,
      };
      return step('ticket.redeem', attributes, async (span) => {
        const startedAt = performance.now();
        const path = `/tickets/${encodeURIComponent(ticketId)}/redeem`;
        let outcome: 'accepted' | 'rejected' | 'error' = 'error';
        try {
          if (ANNUAL_PASS.test(ticketId)) {
            outcome = 'accepted';
            instruments.entered();
            return { status: 200, body: { outcome } };
          }
          const reply = await callService(urls.order, 'POST', path, '/tickets/{id}/redeem', {});
          outcome = reply.status === 200 ? 'accepted' : reply.status < 500 ? 'rejected' : 'error';
          if (outcome === 'accepted') {
            const ticket = redeemed.parse(reply.body);
            instruments.redeemed(ticket.offerId, ticket.validityDay);
          } else
            log(countsInBusiness() ? 'warn' : 'info', 'a ticket was not accepted', {
              'ticket.id': ticketId,
              outcome,
            });
          return { status: 200, body: { outcome } };
        } finally {
          span.setAttribute('outcome', outcome);
          instruments.scanned(gateId, laneId, outcome, (performance.now() - startedAt) / 1_000);
          queues.leave(gateId, outcome === 'accepted');
        }
      });
    });
    tracedRoute(app, campaign.id, 'post', '/exits', (request) => {
      const { people } = exitRequest.parse(request.body);
      instruments.left(queues.exit(people));
      return { status: 202 };
    });
    // For the crowd and its clickers to look at; not part of the business, so not traced.
    app.get('/gates', (_request, response) => {
      response.json({
        open: isOpen(),
        occupancy: queues.occupancy,
        gates: queues.gates.map((gate) => ({
          id: gate.id,
          lanes: gate.lanes,
          queue: queues.length(gate.id),
        })),
      });
    });
    return { close: () => {} };
  },
});
