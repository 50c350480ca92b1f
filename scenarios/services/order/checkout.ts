/** One order from the request to its confirmation: price, limiter, stock, payment, confirmation. */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { context, type Span } from '@opentelemetry/api';
import { z } from 'zod';
import type { ProcessContext } from '../../demo/child.ts';
import { type Answer, callService, ServiceFault, step } from '../http.ts';
import { annotate, carrierOf, contextOf, countsInBusiness, log } from '../telemetry.ts';
import { CHANNELS, type FailedStep, type OrderInstruments, TIERS } from './instruments.ts';
import type { Ledger } from './ledger.ts';
import type { Limiter } from './limiter.ts';

export const orderRequest = z.strictObject({
  offerId: z.string().max(64),
  units: z.number().int().min(1).max(20),
  venueId: z.string().max(64),
  validityDay: z.iso.date(),
  cityCode: z.string().regex(/^\d{6}$/),
  channel: z.enum(CHANNELS),
  tier: z.enum(TIERS),
  userId: z.string().max(64),
  deviceId: z.string().max(64),
  payerId: z.string().max(64),
  /** `courier`: a printed pass is brought to the door; `mobile`: a QR code on the phone. */
  fulfilment: z.enum(['courier', 'mobile']),
  distanceKm: z.number().min(0).max(1_000).default(2),
  idempotencyKey: z.string().min(1).max(64),
});
export type OrderRequest = z.infer<typeof orderRequest>;

const rangeReply = z.object({ outcome: z.string() });

const DECLINED_SHARE = 0.012;
const PAYMENT_TIMEOUT_SHARE = 0.003;
const HANDOVERS_WAITING_MAX = 2_000;
const IDEMPOTENCY_KEYS_MAX = 20_000;
const BUYERS_MAX = 100_000;

type PlacedAnswer = Answer & { readonly outcome: string };

/** Why an order was not made although nothing broke. */
interface Refusal {
  readonly step: FailedStep;
  readonly outcome: 'rate_limited' | 'sold_out' | 'declined' | 'unknown_offer';
  readonly status: number;
}

export class Checkout {
  readonly #service: ProcessContext;
  readonly #ledger: Ledger;
  readonly #limiter: Limiter;
  readonly #instruments: () => OrderInstruments;
  readonly #answers = new Map<string, Promise<PlacedAnswer>>();
  readonly #handovers: { carrier: Record<string, string>; body: unknown }[] = [];
  readonly #buyers = {
    user: new Map<string, number>(),
    device: new Map<string, number>(),
    payer: new Map<string, number>(),
  };
  readonly #mostUnits = { user: 0, device: 0, payer: 0 };
  #unitsReserved = 0;
  #lastPriceCny: number | null = null;
  #wasOnSale = false;
  #wasSoldOut = false;

  constructor(
    service: ProcessContext,
    ledger: Ledger,
    limiter: Limiter,
    instruments: () => OrderInstruments,
  ) {
    this.#service = service;
    this.#ledger = ledger;
    this.#limiter = limiter;
    this.#instruments = instruments;
  }

  get unitsReserved(): number {
    return this.#unitsReserved;
  }

  get mostUnits(): Readonly<Record<'user' | 'device' | 'payer', number>> {
    return this.#mostUnits;
  }

  /** What a unit costs now. */
  priceCny(): number {
    return this.#service.faults().priceOverrideCny ?? this.#service.settings.campaign.offer.listPriceCny;
  }

  soldOut(): boolean {
    const { quotaUnits } = this.#service.settings.campaign.offer;
    return !this.#service.faults().quotaCheckOff && this.#ledger.unitsSold >= quotaUnits;
  }

  /** Makes the order, or refuses it; a repeated idempotency key gets the first answer again. */
  async place(order: OrderRequest, span: Span): Promise<Answer> {
    const startedAt = performance.now();
    span.setAttributes({
      'offer.id': order.offerId,
      'city.code': order.cityCode,
      channel: order.channel,
      'customer.tier': order.tier,
      'user.id': order.userId,
      'device.id': order.deviceId,
      'payer.id': order.payerId,
      'idempotency.key': order.idempotencyKey,
    });
    const before = this.#answers.get(order.idempotencyKey);
    if (before !== undefined) {
      span.setAttribute('outcome', 'duplicate');
      this.#instruments().duplicate(order);
      return before;
    }
    // The promise, not the answer, so that two taps at once are one order as well.
    const placing = this.#steps(order, span);
    this.#remember(order.idempotencyKey, placing);
    let outcome = 'error';
    try {
      const answer = await placing;
      outcome = answer.outcome;
      span.setAttribute('outcome', outcome);
      return answer;
    } finally {
      // Who was refused may try again.
      if (outcome !== 'confirmed') this.#answers.delete(order.idempotencyKey);
      this.#instruments().checkout((performance.now() - startedAt) / 1_000, order, outcome);
    }
  }

  /** Sends printed passes again whose hand-over to dispatch failed. Call it now and then. */
  async retryHandovers(): Promise<void> {
    for (const handover of this.#handovers.splice(0)) {
      await context.with(contextOf(handover.carrier), () => this.#handOver(handover.body));
    }
  }

  async #steps(order: OrderRequest, span: Span): Promise<PlacedAnswer> {
    const { campaign } = this.#service.settings;
    if (order.offerId !== campaign.offer.id) return this.#refuse(order, UNKNOWN_OFFER);
    const priceCny = await step('price.quote', { 'offer.id': order.offerId }, async (quote) => {
      await this.#work(2);
      const price = this.priceCny();
      this.#notePrice(quote, price);
      quote.setAttributes({ 'price.unit': price.toFixed(2), 'price.currency': 'CNY' });
      return price;
    });
    const fulfilment = order.fulfilment === 'courier' && (await this.#inRange(order)) ? 'courier' : 'mobile';
    const admitted = await step('limiter.admit', { 'offer.id': order.offerId }, async (admit) => {
      const passes = !countsInBusiness() || this.#limiter.admit() || this.#service.faults().limiterOff;
      this.#instruments().limiter(passes);
      admit.setAttribute('outcome', passes ? 'admitted' : 'rejected');
      return passes;
    });
    if (!admitted) return this.#refuse(order, RATE_LIMITED);
    if (!(await this.#reserve(order))) return this.#refuse(order, SOLD_OUT);
    try {
      // A probe or a load test goes as far as it can without selling anything.
      if (!countsInBusiness()) return { status: 200, body: { outcome: 'not_sold' }, outcome: 'not_sold' };
      this.#instruments().placed(order);
      if (!(await this.#charge(order, priceCny))) return this.#refuse(order, DECLINED);
      const orderId = randomUUID();
      span.setAttribute('order.id', orderId);
      return await this.#confirm(orderId, { ...order, fulfilment }, priceCny);
    } finally {
      this.#unitsReserved -= order.units;
    }
  }

  /** Whether a rider may bring the pass. When dispatch does not answer we promise it and deliver late: fail open. */
  async #inRange(order: OrderRequest): Promise<boolean> {
    const { cityCode, distanceKm } = order;
    try {
      const { dispatch } = this.#service.settings.urls;
      const reply = await callService(dispatch, 'POST', '/range-checks', '/range-checks', {
        cityCode,
        distanceKm,
      });
      return rangeReply.safeParse(reply.body).data?.outcome !== 'out_of_range';
    } catch {
      return true;
    }
  }

  #reserve(order: OrderRequest): Promise<boolean> {
    const { quotaUnits } = this.#service.settings.campaign.offer;
    return step('stock.reserve', { 'offer.id': order.offerId, units: order.units }, async (span) => {
      await this.#work(3);
      const remaining = quotaUnits - this.#ledger.unitsSold - this.#unitsReserved;
      const enough = this.#service.faults().quotaCheckOff || order.units <= remaining;
      span.setAttributes({ outcome: enough ? 'reserved' : 'sold_out', 'units.remaining': remaining });
      if (enough) this.#unitsReserved += order.units;
      this.#noteStock(span, remaining);
      return enough;
    });
  }

  #charge(order: OrderRequest, priceCny: number): Promise<boolean> {
    const attributes = { 'payer.id': order.payerId, 'payment.amount': order.units * priceCny };
    return step('payment.charge', attributes, async (span) => {
      await this.#work(90);
      if (this.#service.random.chance(PAYMENT_TIMEOUT_SHARE)) {
        this.#instruments().failed(order, 'payment', 'provider_timeout');
        throw new ServiceFault('provider_timeout', 'The payment provider did not answer in time', 504);
      }
      const accepted = !this.#service.random.chance(DECLINED_SHARE);
      span.setAttribute('outcome', accepted ? 'charged' : 'declined');
      return accepted;
    });
  }

  #confirm(orderId: string, order: OrderRequest, priceCny: number): Promise<PlacedAnswer> {
    return step('order.confirm', { 'order.id': orderId, 'order.fulfilment': order.fulfilment }, async () => {
      await this.#work(5);
      const ticketIds = Array.from({ length: order.units }, (_, index) => `${orderId}-${index + 1}`);
      const { units, validityDay, venueId, tier } = order;
      this.#ledger.sell({ orderId, units, priceCny, validityDay, venueId, tier, ticketIds });
      this.#countBuyer(order);
      this.#instruments().sold(order, { units, priceCny, validityDay, venueId });
      log('info', 'order confirmed', {
        'order.id': orderId,
        units,
        price: priceCny.toFixed(2),
        'city.code': order.cityCode,
      });
      if (order.fulfilment === 'courier')
        await this.#handOver({ orderId, cityCode: order.cityCode, channel: order.channel, tier });
      else this.#instruments().delivered(order);
      return { status: 201, body: { orderId, priceCny, ticketIds, validityDay }, outcome: 'confirmed' };
    });
  }

  /** A pass that dispatch cannot take now waits here; the buyer's order stands either way. */
  async #handOver(body: unknown): Promise<void> {
    const carrier = carrierOf(context.active());
    try {
      const reply = await callService(
        this.#service.settings.urls.dispatch,
        'POST',
        '/dispatches',
        '/dispatches',
        body,
      );
      if (reply.status < 500) return;
    } catch (error) {
      log('warn', 'dispatch does not take a printed pass, it waits', { 'error.message': String(error) });
    }
    if (this.#handovers.length < HANDOVERS_WAITING_MAX) this.#handovers.push({ carrier, body });
  }

  #refuse(order: OrderRequest, refusal: Refusal): PlacedAnswer {
    this.#instruments().failed(order, refusal.step, refusal.outcome);
    return { status: refusal.status, body: { outcome: refusal.outcome }, outcome: refusal.outcome };
  }

  /** A change of price is an event that graphs should show; so are the sale's start and its end. */
  #notePrice(span: Span, priceCny: number): void {
    if (this.#lastPriceCny !== null && this.#lastPriceCny !== priceCny) {
      const { id } = this.#service.settings.campaign.offer;
      const text = `${id} now costs ${priceCny.toFixed(2)} CNY, before ${this.#lastPriceCny.toFixed(2)}`;
      annotate(span, 'price', text, this.#service.settings.campaign.id);
      log('info', text, { 'offer.id': id });
    }
    this.#lastPriceCny = priceCny;
  }

  #noteStock(span: Span, remaining: number): void {
    const { id, offer } = this.#service.settings.campaign;
    if (remaining === offer.quotaUnits && !this.#wasOnSale)
      annotate(span, 'sale_start', `${offer.id} is on sale`, id);
    this.#wasOnSale = true;
    const soldOut = remaining <= 0;
    if (soldOut && !this.#wasSoldOut) annotate(span, 'sold_out', `the quota of ${offer.id} is sold`, id);
    this.#wasSoldOut = soldOut;
  }

  #remember(key: string, answer: Promise<PlacedAnswer>): void {
    this.#answers.set(key, answer);
    const oldest = this.#answers.keys().next();
    if (this.#answers.size > IDEMPOTENCY_KEYS_MAX && !oldest.done) this.#answers.delete(oldest.value);
  }

  #countBuyer(order: OrderRequest): void {
    const ids = { user: order.userId, device: order.deviceId, payer: order.payerId };
    for (const by of ['user', 'device', 'payer'] as const) {
      const units = (this.#buyers[by].get(ids[by]) ?? 0) + order.units;
      if (this.#buyers[by].size < BUYERS_MAX || this.#buyers[by].has(ids[by]))
        this.#buyers[by].set(ids[by], units);
      this.#mostUnits[by] = Math.max(this.#mostUnits[by], units);
    }
  }

  /** Time that a step takes, log-normal around its median. */
  async #work(medianMs: number): Promise<void> {
    await delay(this.#service.random.logNormal(medianMs, 0.35));
  }
}

const UNKNOWN_OFFER: Refusal = { step: 'price', outcome: 'unknown_offer', status: 404 };
const RATE_LIMITED: Refusal = { step: 'limiter', outcome: 'rate_limited', status: 429 };
const SOLD_OUT: Refusal = { step: 'stock', outcome: 'sold_out', status: 409 };
const DECLINED: Refusal = { step: 'payment', outcome: 'declined', status: 402 };
