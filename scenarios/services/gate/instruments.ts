/** The gate service's metrics, named as the telemetry contract names them. */
import type { Attributes } from '@opentelemetry/api';
import type { DemoCampaign } from '../../demo/campaign.ts';
import { countsInBusiness, meter } from '../telemetry.ts';
import { type GateQueues, ZONES } from './queues.ts';

const SCAN_BOUNDARIES = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60];
/** Staff count with a clicker; this demo has no cameras. */
const SOURCE = 'staff';

export function gateInstruments(campaign: DemoCampaign, queues: GateQueues, isOpen: () => boolean) {
  const base: Attributes = { 'campaign.id': campaign.id, 'venue.id': campaign.venue.id };
  const counter = (name: string, unit: string, description: string) => {
    const instrument = meter().createCounter(name, { unit, description });
    return (value: number, attributes: Attributes) => {
      if (countsInBusiness()) instrument.add(value, { ...base, ...attributes });
    };
  };
  const arrivals = counter('gate.arrivals', '{person}', 'People who joined a queue, as counted.');
  const scans = counter('gate.scans', '{scan}', 'Tickets held to a scanner.');
  const redeemed = counter('ticket.redeemed', '{ticket}', 'Tickets used.');
  const entries = counter('venue.entries', '{person}', 'People who went in.');
  const exits = counter('venue.exits', '{person}', 'People who went out.');
  const scanDuration = meter().createHistogram('gate.scan.duration', {
    unit: 's',
    description: 'From the first try to the answer.',
    advice: { explicitBucketBoundaries: SCAN_BOUNDARIES },
  });

  const perGate = (
    name: string,
    unit: string,
    description: string,
    observe: (
      gate: GateQueues['gates'][number],
      report: (value: number, attributes: Attributes) => void,
    ) => void,
  ) =>
    meter()
      .createObservableGauge(name, { unit, description })
      .addCallback((result) => {
        for (const gate of queues.gates)
          observe(gate, (value, attributes) =>
            result.observe(value, { ...base, 'gate.id': gate.id, ...attributes }),
          );
      });
  perGate('gate.lanes.open', '{lane}', 'Lanes at work.', (gate, report) =>
    report(isOpen() ? gate.lanes : 0, {}),
  );
  perGate('gate.queue.length', '{person}', 'People in the queue, by its third.', (gate, report) => {
    const zones = queues.zones(gate.id);
    for (const zone of ZONES) report(zones[zone].people, { zone, source: SOURCE });
  });
  perGate('gate.density', '{person}/m2', 'Persons per square metre.', (gate, report) => {
    const zones = queues.zones(gate.id);
    for (const zone of ZONES) report(zones[zone].density, { zone, source: SOURCE });
  });
  meter()
    .createObservableGauge('venue.occupancy', { unit: '{person}', description: 'People inside.' })
    .addCallback((result) => result.observe(queues.occupancy, base));

  // Counters begin at zero: a gate where nobody comes and one that does not report must not look the same.
  for (const gate of queues.gates) {
    arrivals(0, { 'gate.id': gate.id, zone: 'tail', source: SOURCE });
    for (let lane = 1; lane <= gate.lanes; lane += 1)
      for (const outcome of ['accepted', 'rejected', 'error'])
        scans(0, { 'gate.id': gate.id, 'lane.id': `${gate.id}-${lane}`, outcome });
  }
  entries(0, {});
  exits(0, {});

  return {
    arrived: (gateId: string, people: number) =>
      arrivals(people, { 'gate.id': gateId, zone: 'tail', source: SOURCE }),
    scanned: (
      gateId: string,
      laneId: string,
      outcome: 'accepted' | 'rejected' | 'error',
      seconds: number,
    ) => {
      // The gate beside the lane, so that a gate's flow can be summed without knowing its lanes.
      scans(1, { 'gate.id': gateId, 'lane.id': laneId, outcome });
      if (countsInBusiness()) scanDuration.record(seconds, { ...base, 'lane.id': laneId });
    },
    redeemed: (offerId: string, validityDay: string) => {
      redeemed(1, { 'offer.id': offerId, 'validity.day': validityDay });
      entries(1, {});
    },
    /** Somebody went in without a ticket of the campaign. */
    entered: () => entries(1, {}),
    left: (people: number) => exits(people, {}),
  };
}
