import { ODD_TRACE_ID, oddSpanId } from './fixture-odd-trace.ts';

/** Every screen of the web, and the sizes and looks in which it is looked at and checked. */
export const SCREENS = {
  now: '/',
  campaigns: '/campaigns',
  campaign: '/campaigns/one-cent-tickets',
  venue: '/campaigns/one-cent-tickets?tab=venue',
  'venue-what-if': '/campaigns/one-cent-tickets?tab=venue&lanes=north%3A6%2Csouth%3A4&told=0.5',
  'campaign-alerts': '/campaigns/one-cent-tickets?tab=alerts',
  'campaign-settings': '/campaigns/one-cent-tickets?tab=settings',
  incidents: '/incidents?show=all',
  incident: '/incidents/inc-1042',
  alerts: '/alerts',
  alert: '/alerts/CrowdSurgeForecast',
  runbooks: '/runbooks',
  runbook: '/runbooks/crowd-surge?campaign=one-cent-tickets&venue=harbour-park&incident=inc-1042',
  // Only in English, and its HTML means harm.
  'runbook-foreign': '/runbooks/price-floor-breach?campaign=one-cent-tickets',
  explore: '/explore?expr=sum%20by%20(city_code)%20(rate(order_placed_total%5B5m%5D))',
  'explore-fault': '/explore?expr=sum%20by%20(rate(order_placed_total))%20%2F%20%2F%202',
  'explore-several':
    '/explore?expr=sum%20by%20(city_code)%20(rate(order_placed_total%5B5m%5D))&expr=max%20by%20(gate_id)%20(gate_wait_seconds)&expr=order_units_total&legend=city%20%7B%7Bcity_code%7D%7D&legend=%7B%7Bgate_id%7D%7D&explain=1&draw=stacked',
  'explore-instant': '/explore?expr=max%20by%20(gate_id)%20(gate_wait_seconds)&mode=instant',
  'explore-empty': '/explore',
  traces: '/traces',
  'traces-found':
    '/traces?q=%7B%20status%20%3D%20error%20%26%26%20.city.code%20%3D%20%2244%22%20%26%26%20rootName%20%3D%20%22POST%20%2Forders%2F%3Aid%2Fcancel%22%20%7D&campaign=one-cent-tickets',
  'traces-compare':
    '/traces?q=%7B%20rootName%20%3D%20%22POST%20%2Forders%2F%3Aid%2Fcancel%22%20%26%26%20status%20%3D%20error%20%7D&tab=compare',
  'traces-heatmap': '/traces?graph=heatmap&sort=slowest',
  'traces-rate': '/traces?graph=rate',
  'traces-metrics':
    '/traces?q=%7B%20%7D%20%7C%20quantile_over_time(duration%2C%20.5%2C%20.95)%20by%20(resource.service.name)',
  'traces-fault': '/traces?q=%7B%20status%20%3D%20erro%20%7D',
  'traces-partial': '/traces?q=%7B%20duration%20%3E%207s%20%7D',
  trace: '/traces/00000000000000000000000000a11ce0?span=0000000000000006',
  // Everything that a trace should not be.
  'trace-odd': `/traces/${ODD_TRACE_ID}?span=${oddSpanId('fail')}`,
  'trace-compare': '/traces/00000000000000000000000000a11ce0?compare=00000000000000000000000000a13bcf',
  'trace-beside':
    '/traces/00000000000000000000000000a11ce0?compare=00000000000000000000000000a13bcf&as=beside&span=0000000000000006',
  logs: '/logs',
  'logs-narrowed': '/logs?severity=warn&where=gate.id%3D%22north-1%22&where=order.vip!%3Dtrue&view=table',
  'logs-live': '/logs?live=1',
  services: '/services',
  'services-focus': '/services?service=dispatch',
  'services-list': '/services?service=order&view=list',
  dashboards: '/dashboards',
  dashboard: '/dashboards/one-cent-tickets',
  reviews: '/reviews',
  drills: '/drills',
  settings: '/settings',
  lost: '/nowhere',
} as const;
export type ScreenName = keyof typeof SCREENS;

export const SIZES = {
  desk: { width: 1440, height: 900 },
  phone: { width: 390, height: 844 },
} as const;
