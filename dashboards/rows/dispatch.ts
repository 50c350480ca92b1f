import type { RowSpec } from '../panel-spec.ts';
import { of, perMinute, type RowInput } from './row-input.ts';

/** Riders and the orders that wait for them. */
export function dispatchRow({ say }: RowInput): RowSpec {
  return {
    title: say('Dispatch', '派单'),
    panels: [
      {
        kind: 'timeseries',
        title: say('Orders without a rider', '未派订单'),
        description: say(
          'Orders that wait for a rider, by city. Rising while assignments do not: the backlog will break the promise.',
          '按城市统计的待派订单。派单不增而此数上升：积压将导致超时。',
        ),
        unit: say('suffix:orders', 'suffix:单'),
        width: 8,
        height: 7,
        queries: [{ expr: `sum by (city_code) (${of('dispatch_unassigned')})`, legend: '{{city_code}}' }],
      },
      {
        kind: 'timeseries',
        title: say('Oldest order without a rider', '最久未派订单'),
        description: say(
          'How long the oldest unassigned order has waited, by city.',
          '按城市统计，最久未派订单已等待的时间。',
        ),
        unit: 's',
        width: 8,
        height: 7,
        queries: [
          {
            expr: `max by (city_code) (${of('dispatch_oldest_unassigned_seconds')})`,
            legend: '{{city_code}}',
          },
        ],
      },
      {
        kind: 'timeseries',
        title: say('Assignments', '派单结果'),
        description: say('Orders a minute by outcome of the assignment.', '按派单结果统计的每分钟订单数。'),
        unit: say('suffix:orders/min', 'suffix:单/分钟'),
        width: 8,
        height: 7,
        queries: [
          { expr: perMinute(of('dispatch_assignments_total'), ' by (outcome)'), legend: '{{outcome}}' },
        ],
      },
    ],
  };
}
