import { expect, it } from 'vitest';
import { readWal, startCollector } from '../collector/testing/harness.ts';
import type { DerivedMetric } from '../model/series.ts';
import { epochMs } from '../model/units.ts';
import { derivedToOtlp } from './derived.ts';

const metrics: DerivedMetric[] = [
  {
    name: 'campaign.units.sold',
    kind: 'counter',
    unit: '{unit}',
    description: 'Units sold',
    points: [
      { attributes: { 'campaign.id': 'a', 'offer.id': '双人票 "x"' }, value: 12 },
      { attributes: { 'campaign.id': 'b', 'offer.id': '__proto__' }, value: 0 },
    ],
  },
  {
    name: 'venue.forecast.density',
    kind: 'gauge',
    unit: '',
    description: 'People on a square metre',
    points: [{ attributes: { band: 'high' }, value: 3.25 }],
  },
];

it('is what the collector accepts, down to the last point', async () => {
  await using test = await startCollector();
  const request = derivedToOtlp(metrics, epochMs(1_767_225_600_000), epochMs(1_767_225_000_000));
  expect(await test.collector.ingestJson('metrics', request)).toMatchObject({
    outcome: 'accepted',
    items: 3,
    rejected: 0,
    message: '',
  });
  await test.collector.stop();
  const [stored] = (await readWal(test.directory)).metrics;
  const text = stored!.toString('utf8');
  for (const word of ['tidewarden', 'campaign.units.sold', '双人票 "x"', 'venue.forecast.density', 'band'])
    expect(text).toContain(word);
});

it('makes cumulative counters with a start, and gauges without', () => {
  const json = JSON.parse(JSON.stringify(derivedToOtlp(metrics, epochMs(2_000.6), epochMs(1_000))));
  const [counter, gauge] = json.resourceMetrics[0].scopeMetrics[0].metrics;
  expect(counter.sum).toMatchObject({
    aggregationTemporality: 2,
    isMonotonic: true,
    dataPoints: [{ timeUnixNano: '2001000000', startTimeUnixNano: '1000000000', asDouble: 12 }, {}],
  });
  expect(gauge.gauge.dataPoints).toEqual([
    {
      attributes: [{ key: 'band', value: { stringValue: 'high' } }],
      timeUnixNano: '2001000000',
      asDouble: 3.25,
    },
  ]);
});
