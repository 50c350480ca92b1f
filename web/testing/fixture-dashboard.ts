const datasource = { type: 'prometheus', uid: 'tidewarden' };

const target = (expr: string, legendFormat = '') => ({ refId: 'A', expr, legendFormat, datasource });

/** A dashboard with one panel of each kind that the web draws, as Grafana's JSON. */
export const DASHBOARD = {
  uid: 'one-cent-tickets',
  title: 'One-cent tickets',
  schemaVersion: 41,
  time: { from: 'now-1h', to: 'now' },
  templating: {
    list: [
      {
        type: 'textbox',
        name: 'campaign',
        label: 'Campaign',
        query: 'one-cent-tickets',
        current: { text: 'one-cent-tickets', value: 'one-cent-tickets' },
      },
    ],
  },
  panels: [
    {
      id: 1,
      type: 'stat',
      title: 'Units sold a minute',
      gridPos: { x: 0, y: 0, w: 6, h: 4 },
      targets: [target('sum(rate(order_units_total{campaign_id="$campaign"}[1m])) * 60')],
      fieldConfig: { defaults: { unit: 'short', decimals: 0 }, overrides: [] },
      options: {},
    },
    {
      id: 2,
      type: 'timeseries',
      title: 'Orders placed by city',
      description: 'Every accepted order, whatever became of it.',
      gridPos: { x: 6, y: 0, w: 18, h: 8 },
      targets: [
        target(
          'sum by (city_code) (rate(order_placed_total{campaign_id="$campaign"}[5m])) * 60',
          '{{city_code}}',
        ),
      ],
      fieldConfig: { defaults: { unit: 'cpm' }, overrides: [] },
      options: {},
    },
    {
      id: 3,
      type: 'bargauge',
      title: 'Queue by gate',
      gridPos: { x: 0, y: 4, w: 6, h: 4 },
      targets: [
        {
          ...target('max by (gate_id) (gate_queue_length{campaign_id="$campaign"})', '{{gate_id}}'),
          instant: true,
        },
      ],
      fieldConfig: { defaults: { unit: 'short' }, overrides: [] },
      options: {},
    },
    {
      id: 4,
      type: 'table',
      title: 'Units by offer',
      gridPos: { x: 0, y: 8, w: 12, h: 6 },
      targets: [
        {
          ...target('sum by (offer_id) (order_units_total{campaign_id="$campaign"})'),
          instant: true,
          format: 'table',
        },
      ],
      fieldConfig: { defaults: {}, overrides: [] },
      options: {},
    },
    {
      id: 5,
      type: 'text',
      title: 'Read me',
      gridPos: { x: 12, y: 8, w: 12, h: 6 },
      options: { mode: 'markdown', content: 'What stands **above** is live.' },
    },
  ],
};
