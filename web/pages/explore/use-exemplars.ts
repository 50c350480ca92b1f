import { useQueries } from '@tanstack/react-query';
import { KEYS } from '../../api/keys.ts';
import { type Exemplar, fetchExemplars } from '../../api/prometheus-exemplars.ts';
import { resolveTime } from '../../frame/time-range.ts';
import { useTimeRange } from '../../frame/use-time-range.ts';
import { useClock } from '../../live/clock.tsx';
import type { ExploreQuery } from './state.ts';

/** Traces are told of less often than values. */
const REFRESH_MS_MIN = 30_000;

/** The exemplars behind each query, in its place; none while they are unwanted, load or cannot be had. */
export function useExemplars(
  queries: readonly ExploreQuery[],
  wanted: boolean,
): readonly (readonly Exemplar[])[] {
  const range = useTimeRange();
  const now = useClock();
  const answers = useQueries({
    queries: queries.map(({ expr, hidden }) => ({
      queryKey: KEYS.query('exemplars', expr, range.from, range.to),
      queryFn: ({ signal }: { signal: AbortSignal }) => {
        const at = now();
        const toMs = resolveTime(range.to, at) ?? at;
        const fromMs = Math.min(resolveTime(range.from, at) ?? toMs - 3_600_000, toMs - 1_000);
        return fetchExemplars(expr, { fromMs, toMs }, signal);
      },
      enabled: wanted && !hidden && expr.trim() !== '',
      // A graph without its exemplars is still a graph.
      retry: false,
      refetchInterval:
        range.refreshMs === null ? (false as const) : Math.max(REFRESH_MS_MIN, range.refreshMs),
    })),
  });
  return answers.map(({ data }) => (wanted ? (data ?? []) : []));
}
