/** Time expressions as Grafana writes them: `now`, `now-1h`, or epoch milliseconds. */
const UNIT_MS: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 7 * 86_400_000,
  M: 30 * 86_400_000,
  y: 365 * 86_400_000,
};

export const DEFAULT_FROM = 'now-1h';
export const DEFAULT_TO = 'now';
export const DEFAULT_REFRESH = '10s';

/** How far back one can look with one click. */
export const QUICK_RANGES = ['5m', '15m', '30m', '1h', '3h', '6h', '12h', '24h', '2d', '7d', '30d'] as const;
export const REFRESH_INTERVALS = ['off', '5s', '10s', '30s', '1m', '5m'] as const;

/** The moment an expression means, in epoch milliseconds, or null where it is none. */
export function resolveTime(expression: string, nowMs: number): number | null {
  if (expression === 'now') return nowMs;
  const relative = /^now([-+])(\d+)([smhdwMy])$/.exec(expression);
  if (relative !== null) {
    const size = Number(relative[2]) * (UNIT_MS[relative[3] ?? ''] ?? Number.NaN);
    return relative[1] === '-' ? nowMs - size : nowMs + size;
  }
  return /^\d{10,14}$/.test(expression) ? Number(expression) : null;
}

/** `30s` → 30000; `off` → null. */
export function refreshToMs(refresh: string): number | null {
  const parsed = /^(\d+)([smh])$/.exec(refresh);
  return parsed === null ? null : Math.max(1_000, Number(parsed[1]) * (UNIT_MS[parsed[2] ?? ''] ?? 60_000));
}

/** Whether the range moves with the time. */
export const isMoving = (to: string): boolean => to.startsWith('now');

/** The step (ms) of a graph of about `points` points: a round figure, at least `minimumMs`. */
export function stepFor(fromMs: number, toMs: number, points = 240, minimumMs = 5_000): number {
  const wanted = Math.max((toMs - fromMs) / points, minimumMs);
  const round = [
    5_000, 10_000, 15_000, 30_000, 60_000, 120_000, 300_000, 600_000, 900_000, 1_800_000, 3_600_000,
    7_200_000, 21_600_000, 43_200_000, 86_400_000,
  ];
  return round.find((step) => step >= wanted) ?? 86_400_000;
}
