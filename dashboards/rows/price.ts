import type { RowSpec } from '../panel-spec.ts';
import { never, of, perMinute, quantile, type RowInput, runbook } from './row-input.ts';

const OFFERS_WITH_LIMITS = 4;

/** Price floor, quota and limiter: the invariants of the sale. */
export function priceRow(input: RowInput): RowSpec {
  const { campaign, say } = input;
  const { names } = campaign;
  const limited = campaign.offers.slice(0, OFFERS_WITH_LIMITS);
  const offer = names.offerLabel;
  return {
    title: say('Price, quota and limiter', '价格、配额与限流'),
    panels: [
      {
        kind: 'timeseries',
        title: say('Lowest price charged', '最低成交价'),
        description: say(
          'Lowest unit price charged per offer, before users’ vouchers, with the campaign’s floor dashed. A line under its floor is a breach, even for one unit.',
          '各商品用户券抵扣前的最低单价，虚线为活动底价。线低于底价即为击穿，哪怕只有一件。',
        ),
        unit: 'currencyCNY',
        width: 8,
        height: 8,
        queries: [
          {
            expr: `min by (${offer}) (min_over_time(${of(names.unitPriceMin)}[$__rate_interval]))`,
            legend: `{{${offer}}}`,
          },
          ...limited.map((one) => ({
            expr: `${one.floorCny}`,
            legend: say(`floor ${one.id}`, `底价 ${one.id}`),
            dashed: true,
          })),
        ],
        links: [runbook(input, 'price-floor-breach', 'price floor breach', '击穿底价')],
      },
      {
        kind: 'timeseries',
        title: say('Units sold against quota', '已售与配额'),
        description: say(
          'Units sold since the campaign began, per offer, with the quota dashed. Counted by the product from every sale reported.',
          '自活动开始各商品的已售件数，虚线为配额。由本产品根据上报的每笔销售计数。',
        ),
        unit: say('suffix:units', 'suffix:件'),
        width: 8,
        height: 8,
        queries: [
          {
            expr: `sum by (${offer}) (${of('campaign_units_sold_total')})`,
            legend: `{{${offer}}}`,
          },
          ...limited.map((one) => ({
            expr: `${one.quotaUnits}`,
            legend: say(`quota ${one.id}`, `配额 ${one.id}`),
            dashed: true,
          })),
        ],
        links: [runbook(input, 'oversell', 'oversell', '超卖')],
      },
      {
        kind: 'timeseries',
        title: say('Units by price', '按价格的销量'),
        description: say(
          'Units a minute by the price charged. A new price appearing here at the start of an incident tells what went wrong.',
          '按成交价统计的每分钟件数。事故开始时若出现新的价格，往往就是原因。',
        ),
        unit: say('suffix:units/min', 'suffix:件/分钟'),
        stacked: true,
        width: 8,
        height: 8,
        queries: [
          {
            expr: perMinute(of(names.orderUnits), ` by (${names.priceLabel})`),
            legend: `¥{{${names.priceLabel}}}`,
          },
        ],
      },
      {
        kind: 'timeseries',
        title: say('Breaches a minute', '每分钟违规件数'),
        description: say(
          'New units under the floor and beyond the quota within the last minute: what the paging rules look at. Back to zero means that the harm has stopped, not that it is undone.',
          '最近一分钟内新增的低于底价和超配额的件数，即呼叫规则所看的值。回到零表示损害已停止，而不是已挽回。',
        ),
        unit: say('suffix:units/min', 'suffix:件/分钟'),
        width: 8,
        height: 8,
        queries: [
          {
            expr: `sum(increase(${of('campaign_units_under_floor_total')}[1m]))`,
            legend: say('under the floor', '低于底价'),
          },
          {
            expr: `sum(increase(${of('campaign_units_beyond_quota_total')}[1m]))`,
            legend: say('beyond quota', '超配额'),
          },
        ],
        thresholds: never,
      },
      {
        kind: 'timeseries',
        title: say('Limiter', '限流器'),
        description: say(
          'Requests that asked, were let through and were turned away, with the configured limit dashed. More let through than the limit, or none turned away while demand is above it: the limiter is bypassed.',
          '请求量、放行量与拒绝量，虚线为配置的上限。放行超过上限，或需求超限却无拒绝：限流被绕过。',
        ),
        unit: 'reqps',
        width: 8,
        height: 8,
        queries: [
          {
            expr: `sum(rate(${of('limiter_offered_total')}[$__rate_interval]))`,
            legend: say('asked', '请求'),
          },
          {
            expr: `sum(rate(${of('limiter_admitted_total')}[$__rate_interval]))`,
            legend: say('let through', '放行'),
          },
          {
            expr: `sum(rate(${of('limiter_rejected_total')}[$__rate_interval]))`,
            legend: say('turned away', '拒绝'),
          },
          {
            expr: `sum(max by (${offer}) (${of('limiter_limit_per_second')}))`,
            legend: say('limit', '上限'),
            dashed: true,
          },
        ],
        links: [runbook(input, 'limiter-bypass', 'limiter bypass', '限流绕过')],
      },
      {
        kind: 'timeseries',
        title: say('Checkout duration', '下单耗时'),
        description: say(
          'How long a checkout takes for half, 95 % and 99 % of users.',
          '一半、95% 和 99% 的用户完成下单所需的时间。',
        ),
        unit: 's',
        width: 8,
        height: 8,
        queries: [
          { expr: quantile(0.5, 'checkout_duration_seconds'), legend: 'p50' },
          { expr: quantile(0.95, 'checkout_duration_seconds'), legend: 'p95' },
          { expr: quantile(0.99, 'checkout_duration_seconds'), legend: 'p99' },
        ],
      },
    ],
  };
}
