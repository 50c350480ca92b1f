import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import type { DashboardOptions } from './campaign.ts';
import { frameDashboard } from './frame.ts';
import type { RowSpec } from './panel-spec.ts';
import { densityThresholds } from './rows/row-input.ts';
import { type Say, sayIn } from './say.ts';

function campaignsRow(say: Say): RowSpec {
  return {
    title: say('Campaigns', '活动'),
    panels: [
      {
        kind: 'timeseries',
        title: say('Orders by campaign', '各活动下单速率'),
        description: say('Orders placed a minute by campaign.', '各活动每分钟下单数。'),
        unit: say('suffix:orders/min', 'suffix:单/分钟'),
        width: 12,
        height: 8,
        queries: [
          {
            expr: '60 * sum by (campaign_id) (rate(order_placed_total[$__rate_interval]))',
            legend: '{{campaign_id}}',
          },
        ],
      },
      {
        kind: 'timeseries',
        title: say('Crowd forecast by campaign', '各活动人群预测'),
        description: say(
          'Highest density forecast at any gate of a campaign, high band.',
          '各活动任一闸口的最高预测密度（高位情形）。',
        ),
        unit: say('suffix:persons/m²', 'suffix:人/m²'),
        width: 12,
        height: 8,
        queries: [
          { expr: 'max by (campaign_id) (venue_forecast_density{band="high"})', legend: '{{campaign_id}}' },
        ],
        thresholds: densityThresholds,
      },
      {
        kind: 'table',
        title: say('Campaigns now', '活动现状'),
        description: say(
          'Units sold, under the floor and beyond quota since each campaign began.',
          '自各活动开始以来的已售、低于底价和超配额件数。',
        ),
        unit: 'none',
        decimals: 0,
        width: 24,
        height: 4,
        queries: [
          { expr: 'sum by (campaign_id) (campaign_units_sold_total)' },
          { expr: 'sum by (campaign_id) (campaign_units_under_floor_total)' },
          { expr: 'sum by (campaign_id) (campaign_units_beyond_quota_total)' },
        ],
        rename: {
          campaign_id: say('Campaign', '活动'),
          'Value #A': say('Sold', '已售'),
          'Value #B': say('Under the floor', '低于底价'),
          'Value #C': say('Beyond quota', '超配额'),
        },
      },
    ],
  };
}

function servicesRow(say: Say): RowSpec {
  const server = 'http_server_request_duration_seconds';
  return {
    title: say('Services', '服务'),
    panels: [
      {
        kind: 'timeseries',
        title: say('Requests', '请求量'),
        description: say('HTTP requests served, by service.', '各服务处理的 HTTP 请求。'),
        unit: 'reqps',
        width: 8,
        height: 8,
        queries: [{ expr: `sum by (job) (rate(${server}_count[$__rate_interval]))`, legend: '{{job}}' }],
      },
      {
        kind: 'timeseries',
        title: say('Server errors', '服务端错误'),
        description: say(
          'Share of requests answered with a 5xx status, by service. No line: the service has answered none so.',
          '各服务 5xx 响应占比。没有线：该服务没有此类响应。',
        ),
        unit: 'percentunit',
        width: 8,
        height: 8,
        queries: [
          {
            expr: `sum by (job) (rate(${server}_count{http_response_status_code=~"5.."}[$__rate_interval])) / sum by (job) (rate(${server}_count[$__rate_interval]))`,
            legend: '{{job}}',
          },
        ],
        thresholds: [{ value: 0.05, state: 'page' }],
      },
      {
        kind: 'timeseries',
        title: say('Response time', '响应时间'),
        description: say(
          'Time within which 95 % of requests are answered, by service.',
          '各服务 95% 请求的响应时间。',
        ),
        unit: 's',
        width: 8,
        height: 8,
        queries: [
          {
            expr: `histogram_quantile(0.95, sum by (job, le) (rate(${server}_bucket[$__rate_interval])))`,
            legend: '{{job}}',
          },
        ],
      },
      {
        kind: 'table',
        title: say('Who reports', '谁在上报'),
        description: say(
          'Instances of every service that have sent metrics within the last five minutes.',
          '最近五分钟内上报过指标的各服务实例数。',
        ),
        unit: 'none',
        decimals: 0,
        width: 24,
        height: 6,
        queries: [{ expr: 'count by (job) (count by (job, instance) (last_over_time(target_info[5m])))' }],
        rename: { job: say('Service', '服务'), Value: say('Instances', '实例') },
      },
    ],
  };
}

/** All campaigns and services on one page. */
export function overviewDashboard(options: DashboardOptions = {}): Dashboard {
  const say = sayIn(options.locale ?? 'en');
  return frameDashboard({
    uid: 'overview',
    title: say('Overview', '总览'),
    description: say('All campaigns and the services that carry them.', '所有活动及其依赖的服务。'),
    tags: ['overview'],
    timezone: 'browser',
    last: '1h',
    rows: [campaignsRow(say), servicesRow(say)],
    say,
  });
}
