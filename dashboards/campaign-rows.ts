import type { Campaign } from '../campaigns/manifest.ts';
import type { RowSpec, ThresholdSpec } from './panel-spec.ts';
import { type Say, sayTitle } from './say.ts';

/** What the rows of a campaign's dashboard are written from. */
export interface RowInput {
  readonly campaign: Campaign;
  readonly say: Say;
  /** Where runbooks are; `/runbooks` on the product's own pages. */
  readonly runbooksUrl: string;
}

const OF_CAMPAIGN = 'campaign_id="$campaign"';

/** A selector of this campaign's series of a metric. */
export const of = (metric: string, more = ''): string =>
  `${metric}{${OF_CAMPAIGN}${more === '' ? '' : `,${more}`}}`;

const perMinute = (selector: string, by = ''): string =>
  `60 * sum${by} (rate(${selector}[$__rate_interval]))`;

const quantile = (share: number, metric: string): string =>
  `histogram_quantile(${share}, sum by (le) (rate(${of(`${metric}_bucket`)}[$__rate_interval])))`;

/** Persons per square metre at which a crowd calls for someone; Fruin's levels, set in the domain's defaults. */
export const densityThresholds: readonly ThresholdSpec[] = [
  { value: 1.1, state: 'information' },
  { value: 2, state: 'warning' },
  { value: 3, state: 'page' },
  { value: 4, state: 'safety' },
];

/** The first breach of an invariant pages. */
const never: readonly ThresholdSpec[] = [{ value: 1, state: 'page' }];

const runbook = ({ runbooksUrl, say }: RowInput, id: string, en: string, zh: string) => ({
  title: say(`Runbook: ${en}`, `预案：${zh}`),
  url: `${runbooksUrl}/${id}`,
});

/** The figures that decide whether someone must act now. */
export function headerRow(input: RowInput): RowSpec {
  const { campaign, say } = input;
  const perMinuteUnit = say('suffix:orders/min', 'suffix:单/分钟');
  const units = say('suffix:units', 'suffix:件');
  const venues = campaign.venues.length > 0;
  return {
    title: null,
    panels: [
      {
        kind: 'stat',
        title: say('Orders placed', '下单速率'),
        description: say(
          `Orders placed a minute in all cities and channels. Forecast peak: ${campaign.peak.forecastOrdersPerMinute}; tested capacity: ${campaign.peak.testedOrdersPerMinute ?? 'never tested'}. Above 70 % of the tested capacity warns, above 90 % pages.`,
          `所有城市和渠道每分钟的下单数。预测峰值：${campaign.peak.forecastOrdersPerMinute}；已压测容量：${campaign.peak.testedOrdersPerMinute ?? '从未压测'}。超过容量的 70% 警告，90% 呼叫。`,
        ),
        unit: perMinuteUnit,
        width: 4,
        height: 4,
        queries: [{ expr: perMinute(of(campaign.names.orderPlaced)) }],
        ...(campaign.peak.testedOrdersPerMinute === undefined
          ? {}
          : {
              thresholds: [
                { value: campaign.peak.testedOrdersPerMinute * 0.7, state: 'warning' as const },
                { value: campaign.peak.testedOrdersPerMinute * 0.9, state: 'page' as const },
              ],
            }),
      },
      {
        kind: 'stat',
        title: say('Sold under the floor', '低于底价售出'),
        description: say(
          'Units charged below the campaign’s own price floor since it began, before users’ vouchers, counted exactly. One unit pages.',
          '自活动开始以来，用户券抵扣前价格低于本活动底价的件数，精确计数。一件即呼叫。',
        ),
        unit: units,
        decimals: 0,
        width: 4,
        height: 4,
        queries: [{ expr: `sum(${of('campaign_units_under_floor_total')})` }],
        thresholds: never,
        links: [runbook(input, 'price-floor-breach', 'price floor breach', '击穿底价')],
      },
      {
        kind: 'stat',
        title: say('Sold beyond quota', '超配额售出'),
        description: say(
          'Units sold above the quota of their offer since the campaign began. One unit pages.',
          '自活动开始以来，超出商品配额售出的件数。一件即呼叫。',
        ),
        unit: units,
        decimals: 0,
        width: 4,
        height: 4,
        queries: [{ expr: `sum(${of('campaign_units_beyond_quota_total')})` }],
        thresholds: never,
        links: [runbook(input, 'oversell', 'oversell', '超卖')],
      },
      ...(venues
        ? [
            {
              kind: 'stat' as const,
              title: say('Crowd forecast', '人群预测'),
              description: say(
                'Highest density forecast at the front of any gate’s queue over all coming opening hours, high band. 3 persons/m² pages, 4 is a danger to life: act on the forecast, before anyone is there.',
                '未来所有开放时段内，任一闸口排队前段的最高预测密度（高位情形）。3 人/m² 呼叫，4 人/m² 危及生命：依据预测行动，不要等人到场。',
              ),
              unit: say('suffix:persons/m²', 'suffix:人/m²'),
              decimals: 1,
              width: 4,
              height: 4,
              queries: [{ expr: `max(${of('venue_forecast_density', 'band="high"')})` }],
              thresholds: densityThresholds,
              links: [runbook(input, 'crowd-surge', 'crowd surge', '人群聚集')],
            },
            {
              kind: 'stat' as const,
              title: say('Queueing at gates', '闸口排队'),
              description: say(
                'People in the queues of all gates now, as counted by sensors and staff.',
                '所有闸口当前排队人数，来自传感器和人工计数。',
              ),
              unit: say('suffix:people', 'suffix:人'),
              decimals: 0,
              width: 4,
              height: 4,
              queries: [{ expr: `sum(${of(campaign.names.queueLength)})` }],
            },
          ]
        : []),
      {
        kind: 'stat',
        title: say('Waiting for support', '等待客服'),
        description: say(
          'Sessions in the queues of bot and human desks now.',
          '机器人和人工客服当前的排队会话数。',
        ),
        unit: say('suffix:sessions', 'suffix:个会话'),
        decimals: 0,
        width: 4,
        height: 4,
        queries: [{ expr: `sum(${of('support_queue_length')})` }],
      },
    ],
  };
}

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

/** Callers and how long they wait. */
export function supportRow({ say }: RowInput): RowSpec {
  return {
    title: say('Support', '客服'),
    panels: [
      {
        kind: 'timeseries',
        title: say('Support queue', '客服排队'),
        description: say('Sessions waiting, by desk.', '按坐席类型统计的排队会话数。'),
        unit: say('suffix:sessions', 'suffix:个会话'),
        width: 8,
        height: 7,
        queries: [{ expr: `sum by (desk) (${of('support_queue_length')})`, legend: '{{desk}}' }],
      },
      {
        kind: 'timeseries',
        title: say('Wait for support', '客服等待时间'),
        description: say(
          'How long 95 % of the sessions waited at most. Over 10 minutes pages.',
          '95% 的会话等待不超过此时间。超过 10 分钟呼叫。',
        ),
        unit: 's',
        width: 8,
        height: 7,
        queries: [{ expr: quantile(0.95, 'support_wait_seconds'), legend: 'p95' }],
        thresholds: [{ value: 600, state: 'page' }],
      },
      {
        kind: 'timeseries',
        title: say('Sessions by outcome', '会话结果'),
        description: say(
          'Sessions ended a minute by outcome; abandoned ones are people who gave up.',
          '按结果统计的每分钟结束会话数；“abandoned”为用户放弃。',
        ),
        unit: say('suffix:sessions/min', 'suffix:个会话/分钟'),
        stacked: true,
        width: 8,
        height: 7,
        queries: [{ expr: perMinute(of('support_sessions_total'), ' by (outcome)'), legend: '{{outcome}}' }],
      },
    ],
  };
}

/** What comes to the gates: tickets, forecast, arrivals, queue, density. */
export function venueRow(input: RowInput): RowSpec {
  const { campaign, say } = input;
  const { names } = campaign;
  const gate = names.gateLabel;
  const density = say('suffix:persons/m²', 'suffix:人/m²');
  const surge = runbook(input, 'crowd-surge', 'crowd surge', '人群聚集');
  return {
    title: say(
      `Venue: ${campaign.venues.map((venue) => sayTitle(say, venue.title)).join(', ')}`,
      `场地：${campaign.venues.map((venue) => sayTitle(say, venue.title)).join('、')}`,
    ),
    panels: [
      {
        kind: 'timeseries',
        title: say('Highest density forecast', '预测最高密度'),
        description: say(
          'The worst density forecast at the front of a gate’s queue over all coming opening hours, as the forecast stood at each moment. It rises with every ticket sold, long before people come.',
          '未来所有开放时段内闸口排队前段的最高预测密度随时间的变化。每售出一张票它就上升，远早于人群到场。',
        ),
        unit: density,
        width: 8,
        height: 8,
        queries: [
          {
            expr: `max by (${gate}, band) (${of('venue_forecast_density', 'band="high"')})`,
            legend: `{{${gate}}} · {{band}}`,
          },
          {
            expr: `max by (${gate}, band) (${of('venue_forecast_density', 'band="middle"')})`,
            legend: `{{${gate}}} · {{band}}`,
          },
        ],
        thresholds: densityThresholds,
        links: [surge],
      },
      {
        kind: 'bargauge',
        title: say('People expected', '预计到场人数'),
        description: say(
          'Ticket holders expected over all validity days: low, middle and high share of those who show up. Refunded and voided tickets count too: their holders come all the same.',
          '所有有效日内预计到场的持票人数：低、中、高三档到场率。已退款和作废的票也计入：持票人照样会来。',
        ),
        unit: say('suffix:people', 'suffix:人'),
        decimals: 0,
        min: 0,
        width: 4,
        height: 8,
        queries: ['low', 'middle', 'high'].map((band) => ({
          expr: `sum(${of('venue_forecast_people', `band="${band}"`)})`,
          legend:
            { low: say('low', '低'), middle: say('middle', '中'), high: say('high', '高') }[band] ?? band,
        })),
      },
      {
        kind: 'stat',
        title: say('Until 3 persons/m²', '距 3 人/m²'),
        description: say(
          'Time until the forecast’s high band first reaches 3 persons/m² at any gate. No value: it is not forecast to.',
          '高位情形下任一闸口首次达到 3 人/m² 的剩余时间。无值：预测不会达到。',
        ),
        unit: 's',
        width: 4,
        height: 8,
        queries: [{ expr: `min(${of('venue_forecast_reach')})` }],
        noValue: say('not forecast', '预测不会达到'),
        links: [surge],
      },
      {
        kind: 'timeseries',
        title: say('Tickets sold and refunded', '售票与退票'),
        description: say(
          'Tickets a minute, sold by validity day and refunded. Bound tickets bring their holders on one day.',
          '每分钟售票（按有效日）与退票数。限定日期的票只在当天带来人流。',
        ),
        unit: say('suffix:tickets/min', 'suffix:张/分钟'),
        width: 8,
        height: 8,
        queries: [
          {
            expr: perMinute(of(names.ticketSold), ' by (validity_day)'),
            legend: say('sold {{validity_day}}', '售出 {{validity_day}}'),
          },
          { expr: perMinute(of(names.ticketRefunded)), legend: say('refunded', '退票') },
        ],
      },
      {
        kind: 'timeseries',
        title: say('Arrivals', '到达人数'),
        description: say(
          'People who join the queues, an hour, by gate, as counted by staff, cameras, parking and metro. Entries saturate at the gate’s capacity; arrivals do not.',
          '各闸口每小时加入排队的人数，来自人工、摄像头、停车场和地铁。入园人数受闸口能力限制，到达人数不会。',
        ),
        unit: say('suffix:people/h', 'suffix:人/小时'),
        width: 6,
        height: 8,
        queries: [
          {
            expr: `3600 * sum by (${gate}) (rate(${of(names.arrivals)}[$__rate_interval]))`,
            legend: `{{${gate}}}`,
          },
        ],
      },
      {
        kind: 'timeseries',
        title: say('Queue', '排队人数'),
        description: say('People queueing, by gate.', '各闸口的排队人数。'),
        unit: say('suffix:people', 'suffix:人'),
        width: 6,
        height: 8,
        queries: [{ expr: `sum by (${gate}) (${of(names.queueLength)})`, legend: `{{${gate}}}` }],
      },
      {
        kind: 'timeseries',
        title: say('Density at the gates', '闸口密度'),
        description: say(
          'Persons per square metre by gate, the worst zone of each. From 3 on hold people upstream; never shut a gate on a compressed queue.',
          '各闸口最拥挤区域的密度。达到 3 人/m² 起在上游拦截人流；绝不要对已挤压的队伍关闸。',
        ),
        unit: density,
        width: 6,
        height: 8,
        queries: [{ expr: `max by (${gate}) (${of('gate_density_per_m2')})`, legend: `{{${gate}}}` }],
        thresholds: densityThresholds,
        links: [surge],
      },
      {
        kind: 'timeseries',
        title: say('Scans', '检票'),
        description: say(
          'Tickets scanned an hour, by outcome: what the gates really manage.',
          '按结果统计的每小时检票数：闸口的实际通过能力。',
        ),
        unit: say('suffix:scans/h', 'suffix:次/小时'),
        width: 6,
        height: 8,
        stacked: true,
        queries: [
          {
            expr: `3600 * sum by (outcome) (rate(${of(names.gateScans)}[$__rate_interval]))`,
            legend: '{{outcome}}',
          },
        ],
      },
      {
        kind: 'table',
        title: say('Gates now', '闸口现状'),
        description: say(
          'Lanes open, people queueing and density of every gate at the end of the time range.',
          '时段末各闸口的开放通道、排队人数和密度。',
        ),
        unit: 'none',
        width: 24,
        height: 6,
        queries: [
          { expr: `sum by (${names.venueLabel}, ${gate}) (${of(names.lanesOpen)})` },
          { expr: `sum by (${names.venueLabel}, ${gate}) (${of(names.queueLength)})` },
          { expr: `max by (${names.venueLabel}, ${gate}) (${of('gate_density_per_m2')})` },
          { expr: `max by (${names.venueLabel}, ${gate}) (${of('venue_forecast_density', 'band="high"')})` },
        ],
        rename: {
          [names.venueLabel]: say('Venue', '场地'),
          [gate]: say('Gate', '闸口'),
          'Value #A': say('Lanes open', '开放通道'),
          'Value #B': say('Queue', '排队'),
          'Value #C': say('Density', '密度'),
          'Value #D': say('Highest forecast', '预测最高'),
        },
        units: {
          [say('Queue', '排队')]: say('suffix:people', 'suffix:人'),
          [say('Density', '密度')]: density,
          [say('Highest forecast', '预测最高')]: density,
        },
      },
    ],
  };
}
