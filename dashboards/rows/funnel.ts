import type { RowSpec } from '../panel-spec.ts';
import { of, perMinute, type RowInput } from './row-input.ts';

/** From the order to the hand-over: where orders are lost. */
export function funnelRow({ campaign, say }: RowInput): RowSpec {
  const steps = [
    { legend: say('placed', '已下单'), metric: campaign.names.orderPlaced },
    { legend: say('paid', '已支付'), metric: 'order_paid_total' },
    { legend: say('assigned', '已派单'), metric: 'dispatch_assignments_total' },
    { legend: say('delivered', '已送达'), metric: 'order_delivered_total' },
  ];
  return {
    title: say('Funnel', '订单漏斗'),
    panels: [
      {
        kind: 'timeseries',
        title: say('Orders by step', '各环节订单'),
        description: say(
          'Orders a minute at each step. A widening distance between two lines is where orders are lost or pile up.',
          '每个环节每分钟的订单数。两条线之间的距离变大，说明订单在此处流失或积压。',
        ),
        unit: say('suffix:orders/min', 'suffix:单/分钟'),
        width: 14,
        height: 8,
        queries: steps.map(({ legend, metric }) => ({ expr: perMinute(of(metric)), legend })),
      },
      {
        kind: 'bargauge',
        title: say('In this time range', '所选时段合计'),
        description: say(
          'Orders that reached each step within the time range shown.',
          '所选时段内到达各环节的订单数。',
        ),
        unit: say('suffix:orders', 'suffix:单'),
        decimals: 0,
        min: 0,
        width: 5,
        height: 8,
        queries: steps.map(({ legend, metric }) => ({
          expr: `sum(increase(${of(metric)}[$__range]))`,
          legend,
        })),
      },
      {
        kind: 'timeseries',
        title: say('Orders that failed', '失败订单'),
        description: say(
          'Failed orders a minute by step. Business refusals such as “sold out” are not failures.',
          '按环节统计的每分钟失败订单。“已售罄”等业务拒绝不算失败。',
        ),
        unit: say('suffix:orders/min', 'suffix:单/分钟'),
        width: 5,
        height: 8,
        legend: 'list',
        queries: [{ expr: perMinute(of('order_failed_total'), ' by (step)'), legend: '{{step}}' }],
      },
    ],
  };
}
