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
  trace: '/traces/00000000000000000000000000a11ce0?span=0000000000000006',
  // Everything that a trace should not be.
  'trace-odd': `/traces/${'dd'.repeat(16)}?span=000000000000fail`,
  'trace-compare': '/traces/00000000000000000000000000a11ce0?compare=00000000000000000000000000a13bcf',
  services: '/services',
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
