import type { RunbookDetail } from '../../model/api/runbook.ts';

const html = (text: string) => ({ kind: 'html' as const, html: text });

/** A crowd-surge runbook in both languages, another in English alone, and one whose HTML means harm. */
export const RUNBOOKS: readonly (RunbookDetail & { readonly inLanguage: 'en' | 'zh' })[] = [
  {
    inLanguage: 'en',
    id: 'crowd-surge',
    title: 'A crowd is coming to a venue',
    summary: 'More people may come to a gate than it can let in. Act on the forecast, not on the density.',
    alerts: ['CrowdSurgeForecast'],
    severity: 'page',
    safety: true,
    owner: 'on-site safety',
    reviewedOn: '2026-11-01',
    language: 'en',
    languages: ['en', 'zh'],
    introduction: [
      html(
        '<p>People hold tickets that they will use, <strong>also after a refund</strong>. From 3 to 5 persons/m² can take 20 minutes.</p>',
      ),
      {
        kind: 'promql',
        query: 'max(venue_forecast_density{campaign_id="$campaign", band="high"})',
        title: 'Worst forecast density, persons/m²',
        unit: '',
        display: 'stat',
      },
    ],
    steps: [
      {
        id: 'stop-the-sale',
        title: 'Stop the sale',
        role: 'operations',
        withinMinutes: 2,
        blocks: [
          html(
            '<p>One person, at once; it can be undone. <a href="https://example.org/stop">How to stop a sale</a></p><ul><li>Switch the offer off.</li><li>Check that no unit is sold any more:</li></ul>',
          ),
          {
            kind: 'promql',
            query: 'sum(rate(order_units_total{campaign_id="$campaign"}[1m])) * 60',
            title: 'Units sold a minute',
            unit: '',
            display: 'timeseries',
          },
        ],
      },
      {
        id: 'call-the-venue',
        title: 'Call the venue’s duty manager and say how many may come, to which gate, when',
        role: 'venue_liaison',
        withinMinutes: 5,
        blocks: [
          html(
            '<p>Say: <em>“Up to 1,000 people may stand at the south gate tomorrow from 10:30. Please staff it and tell the police.”</em></p>',
          ),
          {
            kind: 'promql',
            query: 'venue_forecast_people{campaign_id="$campaign", venue_id="$venue"}',
            title: 'People who may come',
            unit: '',
            display: 'table',
          },
        ],
      },
      {
        id: 'open-lanes',
        title: 'Open more lanes',
        role: null,
        withinMinutes: null,
        blocks: [html('<p>A clean QR lane passes 300 people an hour, with friction 120.</p>')],
      },
      {
        id: 'tell-people',
        title: 'Announce only when the gate is staffed',
        role: 'communications',
        withinMinutes: 20,
        blocks: [
          html(
            '<table><thead><tr><th>Band</th><th>Show-up</th></tr></thead><tbody><tr><td>low</td><td>0.40</td></tr></tbody></table>',
          ),
        ],
      },
    ],
    sources: [
      { title: 'Fruin, The causes and prevention of crowd disasters', url: 'https://www.gkstill.com/' },
      { title: 'Green Guide', url: null },
    ],
  },
  {
    inLanguage: 'zh',
    id: 'crowd-surge',
    title: '人群正涌向场馆',
    summary: '到场人数可能超过入口的通行能力。依据预测行动，不要等密度上升。',
    alerts: ['CrowdSurgeForecast'],
    severity: 'page',
    safety: true,
    owner: '现场安全',
    reviewedOn: '2026-11-01',
    language: 'zh',
    languages: ['en', 'zh'],
    introduction: [
      html('<p>持票人会来，<strong>退款后也会来</strong>。从 3 到 5 人/平方米可能只需 20 分钟。</p>'),
    ],
    steps: [
      {
        id: 'stop-the-sale',
        title: '停止销售',
        role: '处置',
        withinMinutes: 2,
        blocks: [
          html('<p>一人即可立即执行，可以撤销。</p>'),
          {
            kind: 'promql',
            query: 'sum(rate(order_units_total{campaign_id="$campaign"}[1m])) * 60',
            title: '每分钟售出',
            unit: '',
            display: 'timeseries',
          },
        ],
      },
      {
        id: 'call-the-venue',
        title: '致电场馆值班经理，说明人数、入口和时间',
        role: '场馆联络',
        withinMinutes: 5,
        blocks: [html('<p>请对方安排人手并通知警方。</p>')],
      },
    ],
    sources: [],
  },
  {
    inLanguage: 'en',
    id: 'price-floor-breach',
    title: 'Units are charged under the price floor',
    summary: 'A unit was sold under the campaign’s own floor. One is one too many.',
    alerts: ['UnitsUnderPriceFloor'],
    severity: 'page',
    safety: false,
    owner: 'ticketing',
    reviewedOn: '2026-10-12',
    language: 'en',
    languages: ['en'],
    introduction: [],
    steps: [
      {
        id: 'look',
        title: 'Look at the prices <b>charged</b>',
        role: null,
        withinMinutes: 3,
        blocks: [
          html(
            '<p onclick="window.__owned=1">Safe text<script>window.__owned=1</script><img src=x onerror="window.__owned=1"><a href="javascript:window.__owned=1">a link</a></p>',
          ),
          {
            kind: 'promql',
            query: 'min by (offer_id) (offer_unit_price_min_CNY{campaign_id="$campaign"})',
            title: 'Lowest price by offer',
            unit: '',
            display: 'table',
          },
        ],
      },
    ],
    sources: [],
  },
];
