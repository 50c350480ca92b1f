import type { IncidentSeverity } from '../model/severity.ts';

/** What of an alert decides how bad it is. */
export interface RatedAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly value: number | null;
}

/** Persons per square metre from which life is at risk (DOMAIN figures: page at 3, SEV1 at 4). */
const SEV1_DENSITY = 4;

const COMPARISONS = {
  '>=': (value: number, limit: number) => value >= limit,
  '>': (value: number, limit: number) => value > limit,
  '<=': (value: number, limit: number) => value <= limit,
  '<': (value: number, limit: number) => value < limit,
} as const;

/**
 * Whether a safety alert's value means danger to life. A rule whose value is not a density says when with the
 * annotation `sev1`, such as `< 1200` for one whose value is the seconds that are left.
 */
function isLifeAtRisk({ annotations, value }: RatedAlert): boolean {
  if (value === null) return true;
  const written = /^\s*(>=|>|<=|<)\s*(-?\d+(?:\.\d+)?)\s*$/.exec(annotations.sev1 ?? '');
  if (written === null) return value >= SEV1_DENSITY;
  return COMPARISONS[written[1] as keyof typeof COMPARISONS](value, Number(written[2]));
}

/**
 * The severity that an alert asks for, from the matrix of the domain figures: life safety first (in doubt the higher), then
 * the invariants of price, quota and limit, which page.
 */
export function alertIncidentSeverity(alert: RatedAlert): IncidentSeverity {
  if (alert.labels.safety === 'true') return isLifeAtRisk(alert) ? 'SEV1' : 'SEV2';
  if (alert.labels.severity === 'page') return 'SEV2';
  return alert.labels.severity === 'ticket' ? 'SEV3' : 'SEV4';
}

/** Whether the first is worse than the second; SEV1 is the worst. */
export const isWorse = (left: IncidentSeverity, right: IncidentSeverity): boolean => left < right;

export const worse = (left: IncidentSeverity, right: IncidentSeverity): IncidentSeverity =>
  isWorse(right, left) ? right : left;
