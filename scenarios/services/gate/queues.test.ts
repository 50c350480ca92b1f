import { expect, test } from 'vitest';
import { libraryCampaign } from '../../demo/campaign.ts';
import { addDays, localTime } from '../calendar.ts';
import { GateQueues, ZONES } from './queues.ts';

const { venue } = await libraryCampaign();

test('the zones hold the whole queue, the front at its factor times the mean density', () => {
  const queues = new GateQueues(venue);
  queues.join('north', 110);
  const zones = queues.zones('north');
  expect(ZONES.reduce((sum, zone) => sum + zones[zone].people, 0)).toBeCloseTo(110);
  // 110 people on the north gate's 55 m2 are 2 a square metre on the mean.
  expect(zones.front.density).toBeCloseTo(2 * venue.frontFactor);
  expect(zones.middle.density).toBeCloseTo(2);
  expect(zones.tail.density).toBeCloseTo(1);
});

test('who is sent away leaves the queue and is not inside', () => {
  const queues = new GateQueues(venue);
  queues.join('south', 2);
  queues.leave('south', false);
  queues.leave('south', true);
  queues.leave('south', false);
  expect([queues.length('south'), queues.occupancy]).toEqual([0, 1]);
  expect([queues.exit(5), queues.occupancy]).toEqual([1, 0]);
});

test.each([
  ['2026-02-11T16:30:00Z', 'Asia/Shanghai', { day: '2026-02-12', hour: 0.5 }],
  ['2026-02-12T09:59:00Z', 'Asia/Shanghai', { day: '2026-02-12', hour: 17 + 59 / 60 }],
  ['2026-03-29T01:00:00Z', 'Europe/Berlin', { day: '2026-03-29', hour: 3 }],
])('%s in %s', (instant, zone, wanted) => {
  expect(localTime(Date.parse(instant), zone)).toEqual(wanted);
});

test('days are added over the ends of months and years', () => {
  expect([addDays('2026-02-28', 1), addDays('2026-12-31', 2), addDays('2028-02-28', 1)]).toEqual([
    '2026-03-01',
    '2027-01-02',
    '2028-02-29',
  ]);
});
