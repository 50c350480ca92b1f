/** The order service's metrics, named as the telemetry contract names them. */
import type { Attributes } from '@opentelemetry/api';
import type { DemoCampaign } from '../../demo/campaign.ts';
import { countsInBusiness, meter } from '../telemetry.ts';

const CHECKOUT_BOUNDARIES = [0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1, 2, 3, 5, 10];
const PRICES_PER_OFFER_MAX = 20;
export const TIERS = ['new', 'normal', 'member', 'vip'] as const;
export const CHANNELS = ['app', 'mini_program', 'assistant', 'web'] as const;

/** Where an order stood when it was not made, as `order.failed` says. */
export type FailedStep = 'price' | 'stock' | 'limiter' | 'payment';

/** What every business metric of a request carries. */
export interface Shopper {
  readonly cityCode: string;
  readonly channel: string;
}

export interface OrderGauges {
  unitsReserved(): number;
  unitsConfirmed(): number;
  userUnitsMax(): Readonly<Record<'user' | 'device' | 'payer', number>>;
}

/** Creates all instruments once; every recording method drops test and synthetic traffic by itself. */
export function orderInstruments(campaign: DemoCampaign, gauges: OrderGauges) {
  const { offer } = campaign;
  const ofOffer: Attributes = { 'campaign.id': campaign.id, 'offer.id': offer.id };
  const counter = (name: string, unit: string, description: string) => {
    const instrument = meter().createCounter(name, { unit, description });
    return (value: number, attributes: Attributes) => {
      if (countsInBusiness()) instrument.add(value, { 'campaign.id': campaign.id, ...attributes });
    };
  };
  const placed = counter(
    'order.placed',
    '{order}',
    'Orders accepted: admitted and with their stock reserved.',
  );
  const paid = counter('order.paid', '{order}', 'Orders whose payment went through.');
  const delivered = counter('order.delivered', '{order}', 'Orders handed over.');
  const failed = counter(
    'order.failed',
    '{order}',
    'Orders that were not made, by the step that ended them.',
  );
  const units = counter('order.units', '{unit}', 'Units charged, by the price charged per unit.');
  const revenue = counter('order.revenue', 'CNY', 'Money charged.');
  const duplicates = counter('order.duplicates', '{order}', 'Requests that repeated an order.');
  const cancels = counter('order.cancel.requests', '{request}', 'Requests to cancel an order.');
  const refunds = counter('refund.issued', '{refund}', 'Refunds issued.');
  const refundAmount = counter('refund.amount', 'CNY', 'Money refunded.');
  const ticketsSold = counter('ticket.sold', '{ticket}', 'Tickets sold, by the day they are meant for.');
  const ticketsRefunded = counter('ticket.refunded', '{ticket}', 'Tickets refunded.');
  const offered = counter('limiter.offered', '{request}', 'Requests that reached the limiter.');
  const admitted = counter('limiter.admitted', '{request}', 'Requests that the limiter let through.');
  const rejected = counter('limiter.rejected', '{request}', 'Requests that the limiter turned away.');
  const basket = meter().createHistogram('order.basket', { unit: 'CNY', description: 'Value of an order.' });
  const checkout = meter().createHistogram('checkout.duration', {
    unit: 's',
    description: 'From the request to the answer.',
    advice: { explicitBucketBoundaries: CHECKOUT_BOUNDARIES },
  });

  const gauge = (name: string, unit: string, description: string, value: () => number) =>
    meter()
      .createObservableGauge(name, { unit, description })
      .addCallback((result) => result.observe(value(), ofOffer));
  gauge('offer.quota', '{unit}', 'Units that may be sold.', () => offer.quotaUnits);
  gauge('offer.units.reserved', '{unit}', 'Units held for orders not yet paid.', gauges.unitsReserved);
  gauge('offer.units.confirmed', '{unit}', 'Units sold, counted against the quota.', gauges.unitsConfirmed);
  gauge('limiter.limit', '{request}/s', 'What the limiter is set to.', () => offer.limiterPerSecond);
  meter()
    .createObservableGauge('offer.user_units.max', {
      unit: '{unit}',
      description: 'Most units of one buyer.',
    })
    .addCallback((result) => {
      for (const [by, value] of Object.entries(gauges.userUnitsMax()))
        result.observe(value, { ...ofOffer, by });
    });

  let lowestCny: number | null = null;
  meter()
    .createObservableGauge('offer.unit_price.min', { unit: 'CNY', description: 'Lowest price charged.' })
    .addCallback((result) => {
      // An interval without a sale has no lowest price: missing is not zero.
      if (lowestCny !== null) result.observe(lowestCny, ofOffer);
      lowestCny = null;
    });

  const prices = new Set<string>();
  const priceText = (priceCny: number) => {
    const text = priceCny.toFixed(2);
    if (prices.size < PRICES_PER_OFFER_MAX) prices.add(text);
    return prices.has(text) ? text : 'other';
  };
  const who = (shopper: Shopper): Attributes => ({
    'city.code': shopper.cityCode,
    channel: shopper.channel,
  });

  // Counters begin at zero and not at their first event: a shop that has restarted and sells nothing still reports,
  // and the first unit of a price is seen as growth.
  for (const cityCode of campaign.cities)
    for (const channel of CHANNELS) {
      const sale = { ...who({ cityCode, channel }), 'offer.id': offer.id };
      placed(0, sale);
      failed(0, { ...who({ cityCode, channel }), step: 'payment', 'error.type': 'declined' });
      units(0, { ...sale, price: priceText(offer.listPriceCny) });
    }
  for (const outcome of ['done', 'refused', 'error'])
    for (const tier of TIERS) cancels(0, { outcome, 'customer.tier': tier });
  for (const counted of [offered, admitted, rejected]) counted(0, { 'offer.id': offer.id });

  return {
    limiter: (admittedIt: boolean) => {
      const attributes = { 'offer.id': offer.id };
      offered(1, attributes);
      (admittedIt ? admitted : rejected)(1, attributes);
    },
    placed: (shopper: Shopper) => placed(1, { ...who(shopper), 'offer.id': offer.id }),
    failed: (shopper: Shopper, step: FailedStep, errorType: string) =>
      failed(1, { ...who(shopper), step, 'error.type': errorType }),
    duplicate: (shopper: Shopper) => duplicates(1, { ...who(shopper), cause: 'retry' }),
    /** A paid order: everything that counts units, money and tickets. */
    sold: (
      shopper: Shopper,
      sale: { units: number; priceCny: number; validityDay: string; venueId: string },
    ) => {
      const amountCny = sale.units * sale.priceCny;
      paid(1, { ...who(shopper), 'offer.id': offer.id });
      units(sale.units, { ...who(shopper), 'offer.id': offer.id, price: priceText(sale.priceCny) });
      revenue(amountCny, who(shopper));
      ticketsSold(sale.units, {
        'venue.id': sale.venueId,
        'validity.day': sale.validityDay,
        'offer.id': offer.id,
      });
      if (!countsInBusiness()) return;
      basket.record(amountCny, { 'campaign.id': campaign.id, ...who(shopper) });
      lowestCny = Math.min(lowestCny ?? sale.priceCny, sale.priceCny);
    },
    delivered: (shopper: Shopper) => delivered(1, { ...who(shopper), 'offer.id': offer.id }),
    checkout: (seconds: number, shopper: Shopper, outcome: string) => {
      if (countsInBusiness())
        checkout.record(seconds, { 'campaign.id': campaign.id, ...who(shopper), outcome });
    },
    cancelRequest: (outcome: 'done' | 'refused' | 'error', tier: string, errorType?: string) =>
      cancels(1, {
        outcome,
        'customer.tier': tier,
        ...(errorType === undefined ? {} : { 'error.type': errorType }),
      }),
    refunded: (sale: { units: number; priceCny: number; validityDay: string; venueId: string }) => {
      // Somebody asked for it and the answer tells them: neither silent nor unasked.
      const attributes = { cause: 'cancelled', requested: true, notified: true };
      refunds(1, attributes);
      refundAmount(sale.units * sale.priceCny, attributes);
      ticketsRefunded(sale.units, {
        'venue.id': sale.venueId,
        'validity.day': sale.validityDay,
        'offer.id': offer.id,
      });
    },
  };
}
export type OrderInstruments = ReturnType<typeof orderInstruments>;
