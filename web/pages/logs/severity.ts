import type { SeverityRange } from '../../../model/api/log.ts';
import type { Mark } from '../../parts/states.ts';

/** Those that a record can at least have, the least severe first. */
export const MINIMUM_SEVERITIES = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const;
export type MinimumSeverity = (typeof MINIMUM_SEVERITIES)[number];

const WIDTH = 4;

/** The lowest of OTLP's severity numbers in a range: 17 for `error`. */
export const lowestNumber = (severity: MinimumSeverity): number =>
  MINIMUM_SEVERITIES.indexOf(severity) * WIDTH + 1;

/** The range of one of OTLP's severity numbers; 0 and what is no such number are `unset`. */
export function severityRange(severity: number): SeverityRange {
  if (!(severity >= 1)) return 'unset';
  return MINIMUM_SEVERITIES[Math.floor((severity - 1) / WIDTH)] ?? 'unset';
}

/** Only what someone should look at has the colour of a state. */
export const SEVERITY_MARK = {
  unset: null,
  trace: null,
  debug: null,
  info: null,
  warn: 'warning',
  error: 'page',
  fatal: 'page',
} as const satisfies Record<SeverityRange, Mark | null>;
