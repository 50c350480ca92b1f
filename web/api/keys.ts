/** The names under which answers are kept. A change on the stream names the subject; see `live/invalidate.ts`. */
export const KEYS = {
  now: ['now'],
  campaigns: ['campaigns'],
  campaign: (id: string) => ['campaigns', id],
  dashboards: ['dashboards'],
  dashboard: (uid: string) => ['dashboards', uid],
  incidents: ['incidents'],
  incident: (id: string) => ['incidents', id],
  alerts: ['alerts'],
  runbooks: (language: string) => ['runbooks', language],
  runbook: (id: string, language: string) => ['runbooks', language, id],
  traces: (search: object) => ['traces', search],
  trace: (id: string) => ['trace', id],
  services: ['services'],
  annotations: ['annotations'],
  metricNames: ['metric-names'],
  query: (...parts: readonly (string | number)[]) => ['query', ...parts],
} as const;
