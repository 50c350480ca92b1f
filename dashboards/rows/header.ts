import type { RowSpec } from '../panel-spec.ts';
import { densityThresholds, never, of, perMinute, type RowInput, runbook } from './row-input.ts';

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
