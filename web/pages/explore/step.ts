import { stepFor } from '../../frame/time-range.ts';

/** What people choose from; a URL may name any other length of time. */
export const STEP_CHOICES = {
  resolution: ['', 'high', 'low'],
  atLeast: ['>=15s', '>=1m', '>=5m'],
  exactly: ['5s', '15s', '1m', '5m', '15m', '1h'],
} as const;

const POINTS = { low: 100, usual: 240, high: 1_000 } as const;
/** Prometheus refuses more points a series than this. */
const POINTS_MAX = 11_000;

const UNIT_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** `15s` → 15000; null where it is no length of time. */
export function parseStep(text: string): number | null {
  const parsed = /^(\d+)(ms|[smhdw])$/.exec(text);
  const ms = parsed === null ? 0 : Number(parsed[1]) * (UNIT_MS[parsed[2] ?? ''] ?? 0);
  return ms > 0 ? ms : null;
}

export interface ChosenStep {
  readonly stepMs: number;
  /** The step that was wanted gives more points than a query may have. */
  readonly widened: boolean;
}

/**
 * The distance of points (ms) over a range: by resolution (`high`, `low`, else the usual), at least (`>=1m`), or
 * exactly (`1m`).
 */
export function chooseStep(choice: string, fromMs: number, toMs: number): ChosenStep {
  const exact = parseStep(choice);
  if (exact !== null) {
    const least = (toMs - fromMs) / POINTS_MAX;
    return exact >= least
      ? { stepMs: exact, widened: false }
      : { stepMs: stepFor(fromMs, toMs, POINTS_MAX), widened: true };
  }
  const points = choice === 'high' ? POINTS.high : choice === 'low' ? POINTS.low : POINTS.usual;
  const atLeast = choice.startsWith('>=') ? parseStep(choice.slice(2)) : null;
  const fitting = stepFor(fromMs, toMs, points, choice === 'high' ? 1_000 : 5_000);
  return { stepMs: Math.max(fitting, atLeast ?? 0), widened: false };
}
