/** The telemetry contract as a table: what each of the demo's metrics may look like. */
import type { SinkMetric } from './otlp-sink.ts';

interface MetricContract {
  readonly kind: SinkMetric['kind'];
  readonly unit: string;
  /** Attributes that a point may have; every business metric also carries `campaign.id`. */
  readonly attributes: readonly string[];
}

const PLACE = ['city.code', 'channel'];
const orders = (...attributes: string[]): MetricContract => ({
  kind: 'counter',
  unit: '{order}',
  attributes: [...PLACE, ...attributes],
});
const limiter: MetricContract = { kind: 'counter', unit: '{request}', attributes: ['offer.id'] };
const offerUnits: MetricContract = { kind: 'gauge', unit: '{unit}', attributes: ['offer.id'] };
const tickets: MetricContract = {
  kind: 'counter',
  unit: '{ticket}',
  attributes: ['venue.id', 'validity.day', 'offer.id'],
};
const riders: MetricContract = { kind: 'gauge', unit: '{rider}', attributes: ['city.code'] };
const TIER = ['customer.tier'];
const REFUND = ['cause', 'requested', 'notified'];
const HTTP = ['http.request.method', 'http.route', 'http.response.status_code', 'error.type', 'traffic.kind'];

const CLIENT_REQUESTS: MetricContract = {
  kind: 'counter',
  unit: '{request}',
  attributes: ['operation', 'outcome'],
};

const CONTRACT: Readonly<Record<string, Readonly<Record<string, MetricContract>>>> = {
  order: {
    'order.placed': orders('offer.id'),
    'order.paid': orders('offer.id'),
    'order.delivered': orders('offer.id'),
    'order.failed': orders('error.type', 'step'),
    'order.duplicates': orders('cause'),
    'order.cancel.requests': {
      kind: 'counter',
      unit: '{request}',
      attributes: ['outcome', 'error.type', ...TIER],
    },
    'order.units': { kind: 'counter', unit: '{unit}', attributes: [...PLACE, 'offer.id', 'price'] },
    'order.revenue': { kind: 'counter', unit: 'CNY', attributes: PLACE },
    'order.basket': { kind: 'exponential histogram', unit: 'CNY', attributes: PLACE },
    'offer.unit_price.min': { kind: 'gauge', unit: 'CNY', attributes: ['offer.id'] },
    'offer.quota': offerUnits,
    'offer.units.reserved': offerUnits,
    'offer.units.confirmed': offerUnits,
    'offer.user_units.max': { ...offerUnits, attributes: ['offer.id', 'by'] },
    'limiter.offered': limiter,
    'limiter.admitted': limiter,
    'limiter.rejected': limiter,
    'limiter.limit': { kind: 'gauge', unit: '{request}/s', attributes: ['offer.id'] },
    'checkout.duration': { kind: 'histogram', unit: 's', attributes: [...PLACE, 'outcome'] },
    'refund.issued': { kind: 'counter', unit: '{refund}', attributes: REFUND },
    'refund.amount': { kind: 'counter', unit: 'CNY', attributes: REFUND },
    'ticket.sold': tickets,
    'ticket.refunded': tickets,
    'http.server.request.duration': { kind: 'histogram', unit: 's', attributes: HTTP },
  },
  app: {
    'client.requests': CLIENT_REQUESTS,
    'synthetic.probe': { kind: 'gauge', unit: '', attributes: ['operation', 'city.code'] },
  },
  dispatch: {
    'dispatch.range.checks': { kind: 'counter', unit: '{check}', attributes: ['city.code', 'outcome'] },
    'dispatch.unassigned': { kind: 'gauge', unit: '{order}', attributes: ['city.code'] },
    'dispatch.oldest_unassigned': { kind: 'gauge', unit: 's', attributes: ['city.code'] },
    'dispatch.stalled': { kind: 'gauge', unit: '{order}', attributes: ['city.code'] },
    'dispatch.assignments': { kind: 'counter', unit: '{order}', attributes: ['city.code', 'outcome'] },
    'dispatch.assign.duration': { kind: 'histogram', unit: 's', attributes: ['city.code', ...TIER] },
    'delivery.duration': { kind: 'histogram', unit: 's', attributes: ['city.code', ...TIER] },
    'rider.online': riders,
    'rider.idle': riders,
    'rider.required': riders,
    'http.server.request.duration': { kind: 'histogram', unit: 's', attributes: HTTP },
  },
  support: {
    'support.queue.length': { kind: 'gauge', unit: '{session}', attributes: [...TIER, 'desk'] },
    'support.seats.active': { kind: 'gauge', unit: '{seat}', attributes: [...TIER, 'desk'] },
    'support.wait': { kind: 'histogram', unit: 's', attributes: [...TIER, 'desk'] },
    'support.handle': { kind: 'histogram', unit: 's', attributes: [...TIER, 'desk'] },
    'support.time_to_human': { kind: 'histogram', unit: 's', attributes: TIER },
    'support.sessions.dropped': { kind: 'counter', unit: '{session}', attributes: ['cause'] },
    'support.sessions': { kind: 'counter', unit: '{session}', attributes: [...TIER, 'outcome'] },
    'support.bot.loops': { kind: 'counter', unit: '{event}', attributes: TIER },
    'support.human.requests': { kind: 'counter', unit: '{event}', attributes: TIER },
    'http.server.request.duration': { kind: 'histogram', unit: 's', attributes: HTTP },
  },
  gate: {
    'ticket.redeemed': tickets,
    'gate.scans': {
      kind: 'counter',
      unit: '{scan}',
      attributes: ['venue.id', 'gate.id', 'lane.id', 'outcome'],
    },
    'gate.scan.duration': { kind: 'histogram', unit: 's', attributes: ['venue.id', 'lane.id'] },
    'gate.lanes.open': { kind: 'gauge', unit: '{lane}', attributes: ['venue.id', 'gate.id'] },
    'gate.arrivals': {
      kind: 'counter',
      unit: '{person}',
      attributes: ['venue.id', 'gate.id', 'zone', 'source'],
    },
    'gate.queue.length': {
      kind: 'gauge',
      unit: '{person}',
      attributes: ['venue.id', 'gate.id', 'zone', 'source'],
    },
    'gate.density': {
      kind: 'gauge',
      unit: '{person}/m2',
      attributes: ['venue.id', 'gate.id', 'zone', 'source'],
    },
    'venue.occupancy': { kind: 'gauge', unit: '{person}', attributes: ['venue.id'] },
    'venue.entries': { kind: 'counter', unit: '{person}', attributes: ['venue.id'] },
    'venue.exits': { kind: 'counter', unit: '{person}', attributes: ['venue.id'] },
    'http.server.request.duration': { kind: 'histogram', unit: 's', attributes: HTTP },
  },
};

/** What does not fit the contract, in words; empty when all does. */
export function contractViolations(metrics: Iterable<SinkMetric>): string[] {
  const violations: string[] = [];
  for (const { service, name, unit, kind, points } of metrics) {
    const contract = CONTRACT[service]?.[name];
    if (contract === undefined) {
      violations.push(`${service} sends ${name}, which is not in the contract`);
      continue;
    }
    if (kind !== contract.kind) violations.push(`${name} is a ${kind}, not a ${contract.kind}`);
    if (unit !== contract.unit) violations.push(`${name} has the unit "${unit}", not "${contract.unit}"`);
    const allowed = new Set(['campaign.id', ...contract.attributes]);
    for (const { attributes } of points.values()) {
      if (attributes['campaign.id'] === undefined) violations.push(`${name} has a point without campaign.id`);
      const foreign = Object.keys(attributes).filter((key) => !allowed.has(key));
      if (foreign.length > 0) violations.push(`${name} has ${foreign.join(', ')}`);
    }
  }
  return [...new Set(violations)];
}
