import type { AlertState } from '../../model/api/alert.ts';
import type { ServiceHealth } from '../../model/api/now.ts';
import type { AlertSeverity, IncidentSeverity } from '../../model/severity.ts';
import type { State } from '../theme/tokens.ts';

/** What a mark can say: the five states of the theme, and that nothing is known (`unknown`) or a query failed. */
export type Mark = State | 'unknown' | 'failed';

export const SEVERITY_STATE = {
  page: 'page',
  ticket: 'warning',
  info: 'information',
} as const satisfies Record<AlertSeverity, State>;

/** The state that an alert of this severity is shown in while it fires. */
export const alertStateOf = (severity: AlertSeverity, safety: boolean): State =>
  safety ? 'safety' : SEVERITY_STATE[severity];

const INCIDENT_STATE = {
  SEV1: 'page',
  SEV2: 'page',
  SEV3: 'warning',
  SEV4: 'information',
} as const satisfies Record<IncidentSeverity, State>;

export const incidentStateOf = (severity: IncidentSeverity, safety: boolean): State =>
  safety ? 'safety' : INCIDENT_STATE[severity];

/** The mark of a rule: a firing one by its severity, a silent one by why it is silent. */
export function ruleMark(state: AlertState, labels: Readonly<Record<string, string>>): Mark {
  if (state === 'no_data') return 'unknown';
  if (state === 'error') return 'failed';
  if (state === 'inactive') return 'good';
  if (state === 'pending') return 'warning';
  if (labels.safety === 'true') return 'safety';
  return labels.severity === 'page' ? 'page' : labels.severity === 'info' ? 'information' : 'warning';
}

export const SERVICE_MARK = {
  good: 'good',
  late: 'warning',
  silent: 'page',
} as const satisfies Record<ServiceHealth['state'], State>;

/** How much an alert rule wants to be seen, the most first. */
const ALERT_ORDER: readonly AlertState[] = ['firing', 'pending', 'error', 'no_data', 'inactive'];
export const alertOrder = (state: AlertState): number => ALERT_ORDER.indexOf(state);

/**
 * People do not fit closer than about 7 to the square metre (Fruin): a higher figure says that the queue is longer than
 * its area, and nothing about how close they stand.
 */
export const DENSEST = 7;

/** The density of a crowd (persons/m2) as a state; the limits are those of the crowd-surge rules. */
export function densityState(density: number): State {
  if (density >= 4) return 'safety';
  if (density >= 3) return 'page';
  if (density >= 2) return 'warning';
  if (density >= 1.1) return 'information';
  return 'good';
}
