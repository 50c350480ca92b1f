/** The dispatch service's metrics, named as the telemetry contract names them. */
import type { Attributes, ObservableResult } from '@opentelemetry/api';
import type { DemoCampaign } from '../../demo/campaign.ts';
import { countsInBusiness, meter } from '../telemetry.ts';
import type { DispatchQueue } from './queue.ts';

const MINUTES_BOUNDARIES = [1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1_200, 1_800, 3_600];
/** What a rider of this small demo gets done in a minute, for `rider.required`. */
const PASSES_PER_RIDER_MINUTE = 1;

export function dispatchInstruments(campaign: DemoCampaign, queue: DispatchQueue, now: () => number) {
  const base = { 'campaign.id': campaign.id };
  const rangeChecks = meter().createCounter('dispatch.range.checks', {
    unit: '{check}',
    description: 'Questions whether an address is within delivery range.',
  });
  const assignments = meter().createCounter('dispatch.assignments', {
    unit: '{order}',
    description: 'Orders given to a rider, or not.',
  });
  const assignDuration = meter().createHistogram('dispatch.assign.duration', {
    unit: 's',
    description: 'From the queue to a rider.',
    advice: { explicitBucketBoundaries: MINUTES_BOUNDARIES },
  });
  const deliveryDuration = meter().createHistogram('delivery.duration', {
    unit: 's',
    description: 'From the queue to the door.',
    advice: { explicitBucketBoundaries: MINUTES_BOUNDARIES },
  });
  const perCity = (
    name: string,
    unit: string,
    description: string,
    value: (city: ReturnType<DispatchQueue['city']>) => number,
  ) =>
    meter()
      .createObservableGauge(name, unit === '' ? { description } : { unit, description })
      .addCallback((result: ObservableResult<Attributes>) => {
        for (const cityCode of campaign.cities)
          result.observe(value(queue.city(cityCode, now())), { ...base, 'city.code': cityCode });
      });
  perCity('dispatch.unassigned', '{order}', 'Orders that wait for a rider.', (city) => city.unassigned);
  perCity('dispatch.oldest_unassigned', 's', 'Age of the oldest of them.', (city) => city.oldestSeconds);
  perCity(
    'dispatch.stalled',
    '{order}',
    'Orders with a rider for over five minutes.',
    (city) => city.stalled,
  );
  perCity('rider.online', '{rider}', 'Riders at work.', (city) => city.online);
  perCity('rider.idle', '{rider}', 'Riders without an order.', (city) => city.idle);
  perCity('rider.required', '{rider}', 'Riders that would clear the queue in a minute.', (city) =>
    Math.ceil(city.unassigned / PASSES_PER_RIDER_MINUTE + (city.online - city.idle)),
  );

  return {
    rangeCheck: (cityCode: string, outcome: 'in_range' | 'out_of_range' | 'error') => {
      if (countsInBusiness()) rangeChecks.add(1, { ...base, 'city.code': cityCode, outcome });
    },
    assigned: (cityCode: string, tier: string, seconds: number) => {
      assignments.add(1, { ...base, 'city.code': cityCode, outcome: 'assigned' });
      assignDuration.record(seconds, { ...base, 'city.code': cityCode, 'customer.tier': tier });
    },
    refused: (cityCode: string) =>
      assignments.add(1, { ...base, 'city.code': cityCode, outcome: 'queue_full' }),
    delivered: (cityCode: string, tier: string, seconds: number) =>
      deliveryDuration.record(seconds, { ...base, 'city.code': cityCode, 'customer.tier': tier }),
  };
}
export type DispatchInstruments = ReturnType<typeof dispatchInstruments>;
