import type { RowSpec } from '../panel-spec.ts';
import { sayTitle } from '../say.ts';
import { densityThresholds, of, perMinute, type RowInput, runbook } from './row-input.ts';

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
        height: 4,
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
