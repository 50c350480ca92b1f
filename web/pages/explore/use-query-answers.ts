import { keepPreviousData, type UseQueryResult, useQueries } from '@tanstack/react-query';
import { KEYS } from '../../api/keys.ts';
import type { PrometheusAnswer, PrometheusData } from '../../api/prometheus-answer.ts';
import { queryInstant } from '../../api/prometheus-query.ts';
import { queryRange } from '../../api/prometheus-query-range.ts';
import { resolveTime } from '../../frame/time-range.ts';
import { useTimeRange } from '../../frame/use-time-range.ts';
import { useClock } from '../../live/clock.tsx';
import type { ExploreQuery } from './state.ts';
import { type ChosenStep, chooseStep } from './step.ts';

export interface ExploreAnswer extends PrometheusAnswer<PrometheusData> {
  /** Which query this answers: while another loads, the one before stays. */
  readonly expr: string;
  /** From asking to the last byte. */
  readonly tookMs: number;
  /** Null: an instant query. */
  readonly step: ChosenStep | null;
}

export interface AskOptions {
  readonly mode: 'range' | 'instant';
  /** As in the URL. */
  readonly step: string;
  readonly explain: boolean;
}

/**
 * The answers to the page's queries over its time range, asked again as the page is refreshed; hidden and empty ones are
 * not asked. The key is the range as the URL says it, so that old data stays on screen while new data loads.
 */
export function useQueryAnswers(
  queries: readonly ExploreQuery[],
  { mode, step, explain }: AskOptions,
): readonly UseQueryResult<ExploreAnswer>[] {
  const range = useTimeRange();
  const now = useClock();
  return useQueries({
    queries: queries.map(({ expr, hidden }) => ({
      queryKey: KEYS.query(mode, expr, range.from, range.to, step, explain ? 'explain' : ''),
      queryFn: async ({ signal }: { signal: AbortSignal }): Promise<ExploreAnswer> => {
        const at = now();
        const toMs = resolveTime(range.to, at) ?? at;
        const fromMs = Math.min(resolveTime(range.from, at) ?? toMs - 3_600_000, toMs - 1_000);
        const chosen = chooseStep(step, fromMs, toMs);
        const answer =
          mode === 'instant'
            ? await queryInstant(expr, toMs, signal, explain)
            : await queryRange(expr, { fromMs, toMs, stepMs: chosen.stepMs }, signal, explain);
        return { ...answer, expr, tookMs: now() - at, step: mode === 'instant' ? null : chosen };
      },
      enabled: !hidden && expr.trim() !== '',
      refetchInterval: range.refreshMs ?? (false as const),
      placeholderData: keepPreviousData,
    })),
  }) as readonly UseQueryResult<ExploreAnswer>[];
}
