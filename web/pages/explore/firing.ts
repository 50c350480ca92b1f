import type { AnswerSeries } from '../../api/run-panel-query.ts';
import type { RuleDraft, RuleOperator } from './rule.ts';

/** One time that an alert would have fired for one series; times in epoch ms, both ends at points of the grid. */
export interface Firing {
  readonly labels: Readonly<Record<string, string>>;
  readonly fromMs: number;
  readonly toMs: number;
  /** It still fires where the range ends. */
  readonly open: boolean;
}

const COMPARE = {
  '>': (value, limit) => value > limit,
  '>=': (value, limit) => value >= limit,
  '<': (value, limit) => value < limit,
  '<=': (value, limit) => value <= limit,
  '==': (value, limit) => value === limit,
  '!=': (value, limit) => value !== limit,
} as const satisfies Record<RuleOperator, (value: number, limit: number) => boolean>;

/**
 * When a rule would have fired, told from the points of its query: a series is active where its value breaks the threshold
 * (where it has a value, without one), pending from its first active point, and fires once it stayed so for `forMs`. A point
 * that is missing ends it, as in Prometheus.
 */
export function findFirings(
  series: readonly AnswerSeries[],
  threshold: RuleDraft['threshold'],
  forMs: number,
  stepMs: number,
): readonly Firing[] {
  return series
    .flatMap(({ labels, points }) => {
      const active = points.filter(
        ([, value]) =>
          value !== null && (threshold === null || COMPARE[threshold.operator](value, threshold.value)),
      );
      const last = points.at(-1)?.[0];
      return runsOf(
        active.map(([timeMs]) => timeMs),
        stepMs,
      )
        .filter(({ fromMs, toMs }) => toMs - fromMs >= forMs)
        .map(({ fromMs, toMs }) => ({ labels, fromMs: fromMs + forMs, toMs, open: toMs === last }));
    })
    .sort((a, b) => a.fromMs - b.fromMs);
}

/** Times of a grid as unbroken stretches. */
function runsOf(times: readonly number[], stepMs: number): readonly { fromMs: number; toMs: number }[] {
  const runs: { fromMs: number; toMs: number }[] = [];
  for (const timeMs of times) {
    const current = runs.at(-1);
    if (current !== undefined && timeMs - current.toMs <= stepMs * 1.5) current.toMs = timeMs;
    else runs.push({ fromMs: timeMs, toMs: timeMs });
  }
  return runs;
}

export interface FiringSummary {
  readonly times: number;
  readonly series: number;
  readonly longestMs: number;
  /** Of the range, the share in which at least one series fires: 0 to 1. */
  readonly share: number;
  /** Stretches in which at least one series fires. */
  readonly bands: readonly { readonly fromMs: number; readonly toMs: number }[];
}

/** What somebody on call would have had of it over a range. */
export function summariseFirings(
  firings: readonly Firing[],
  range: { readonly fromMs: number; readonly toMs: number },
): FiringSummary {
  const bands: { fromMs: number; toMs: number }[] = [];
  for (const { fromMs, toMs } of firings) {
    const current = bands.at(-1);
    if (current !== undefined && fromMs <= current.toMs) current.toMs = Math.max(current.toMs, toMs);
    else bands.push({ fromMs, toMs });
  }
  const fired = bands.reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0);
  return {
    times: firings.length,
    series: new Set(firings.map(({ labels }) => JSON.stringify(labels))).size,
    longestMs: Math.max(0, ...firings.map(({ fromMs, toMs }) => toMs - fromMs)),
    share: fired / Math.max(1, range.toMs - range.fromMs),
    bands,
  };
}
