/** The order service: sells the campaign's tickets, keeps the ledger, cancels and refunds. */
import { z } from 'zod';
import { DEFAULT_PORTS } from '../../demo/settings.ts';
import { localTime } from '../calendar.ts';
import { step, tracedRoute } from '../http.ts';
import { runService, type ServiceContext } from '../process.ts';
import { log } from '../telemetry.ts';
import { Checkout, orderRequest } from './checkout.ts';
import { type OrderInstruments, orderInstruments } from './instruments.ts';
import { Ledger } from './ledger.ts';
import { Limiter } from './limiter.ts';

const HANDOVER_RETRY_MS = 5_000;
const cancelRequest = z.strictObject({ tier: z.string().max(16).default('normal') });
const deliveredRequest = z.strictObject({ cityCode: z.string(), channel: z.string() });
const identifier = z.string().min(1).max(80);

await runService({
  name: 'order',
  defaultPort: DEFAULT_PORTS.order,
  mount: (service) => {
    const { campaign, dataDirectory } = service.settings;
    const ledger = new Ledger(
      dataDirectory,
      campaign.offer,
      localTime(service.now(), campaign.venue.timezone).day,
    );
    const limiter = new Limiter(campaign.offer.limiterPerSecond, service.now);
    const checkout: Checkout = new Checkout(service, ledger, limiter, () => instruments);
    const instruments = orderInstruments(campaign, {
      unitsReserved: () => checkout.unitsReserved,
      unitsConfirmed: () => ledger.unitsSold,
      userUnitsMax: () => checkout.mostUnits,
    });
    mountShop(service, checkout, ledger);
    mountAfterSale(service, ledger, instruments);
    const retry = setInterval(() => void checkout.retryHandovers(), HANDOVER_RETRY_MS);
    return { close: () => clearInterval(retry) };
  },
});

/** What a shopper does: look at the offer, order. */
function mountShop(service: ServiceContext, checkout: Checkout, ledger: Ledger): void {
  const { app } = service;
  const { campaign } = service.settings;
  tracedRoute(app, campaign.id, 'post', '/orders', (request, span) =>
    checkout.place(orderRequest.parse(request.body), span),
  );
  // Shop pages come from a cache in front of the service, so that looking is no trace.
  app.get('/offers/:id', (request, response) => {
    if (request.params.id !== campaign.offer.id) response.status(404).end();
    else
      response.json({
        offerId: campaign.offer.id,
        priceCny: checkout.priceCny(),
        listPriceCny: campaign.offer.listPriceCny,
        soldOut: checkout.soldOut(),
      });
  });
  // For the supervisor's status and for the crowd: not part of the business, so not traced.
  app.get('/tally', (_request, response) => {
    response.json(ledger.tally());
  });
  app.get('/tickets', (request, response) => {
    const day = z.iso.date().safeParse(request.query.day);
    if (!day.success) response.status(400).json({ error: 'day must be YYYY-MM-DD' });
    else response.json(ledger.ticketsFor(day.data, 50));
  });
}

/** What happens to an order later: hand-over, cancellation with a refund, the gate. */
function mountAfterSale(service: ServiceContext, ledger: Ledger, instruments: OrderInstruments): void {
  const { app } = service;
  const { campaign } = service.settings;
  tracedRoute(app, campaign.id, 'post', '/orders/:id/delivered', (request, span) => {
    span.setAttribute('order.id', identifier.parse(request.params.id));
    instruments.delivered(deliveredRequest.parse(request.body));
    return { status: 204 };
  });
  tracedRoute(app, campaign.id, 'post', '/orders/:id/cancel', async (request, span) => {
    const orderId = identifier.parse(request.params.id);
    const { tier } = cancelRequest.parse(request.body ?? {});
    const result = ledger.cancel(orderId);
    span.setAttributes({ 'order.id': orderId, outcome: result.outcome });
    instruments.cancelRequest(result.outcome, tier);
    if (result.outcome === 'refused') return { status: 409, body: result };
    await step('refund.issue', { 'order.id': orderId }, () => instruments.refunded(result.order));
    log('info', 'order cancelled and refunded', { 'order.id': orderId, units: result.order.units });
    return { status: 200, body: { outcome: 'done' } };
  });
  tracedRoute(app, campaign.id, 'post', '/tickets/:id/redeem', (request, span) => {
    const ticketId = identifier.parse(request.params.id);
    const result = ledger.redeem(ticketId);
    span.setAttributes({ 'ticket.id': ticketId, outcome: result.outcome });
    if (result.outcome === 'rejected') return { status: 409, body: result };
    return {
      status: 200,
      body: { outcome: 'accepted', offerId: campaign.offer.id, validityDay: result.order.validityDay },
    };
  });
}
