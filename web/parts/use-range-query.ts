import { keepPreviousData, type UseQueryResult, useQuery } from '@tanstack/react-query';
import { KEYS } from '../api/keys.ts';
import type { PrometheusAnswer, PrometheusData } from '../api/prometheus-answer.ts';
import { queryInstant } from '../api/prometheus-query.ts';
import { queryRange } from '../api/prometheus-query-range.ts';
import { resolveTime, stepFor } from '../frame/time-range.ts';
import { useTimeRange } from '../frame/use-time-range.ts';
import { useClock } from '../live/clock.tsx';

export interface PageQueryOptions {
  readonly enabled?: boolean;
  readonly points?: number;
}

/**
 * A query over the page's time range, asked again as the page is refreshed. The key is the range as the URL says it,
 * so that old data stays on screen while new data loads.
 */
export function useRangeQuery(
  expr: string,
  options: PageQueryOptions = {},
): UseQueryResult<PrometheusAnswer<PrometheusData>> {
  const range = useTimeRange();
  const now = useClock();
  return useQuery({
    queryKey: KEYS.query('range', expr, range.from, range.to, options.points ?? 0),
    queryFn: ({ signal }) => {
      const at = now();
      const toMs = resolveTime(range.to, at) ?? at;
      const fromMs = Math.min(resolveTime(range.from, at) ?? toMs - 3_600_000, toMs - 1_000);
      return queryRange(expr, { fromMs, toMs, stepMs: stepFor(fromMs, toMs, options.points) }, signal);
    },
    enabled: (options.enabled ?? true) && expr.trim() !== '',
    refetchInterval: range.refreshMs ?? false,
    placeholderData: keepPreviousData,
  });
}

/** A query at the end of the page's time range. */
export function useInstantQuery(
  expr: string,
  options: PageQueryOptions = {},
): UseQueryResult<PrometheusAnswer<PrometheusData>> {
  const range = useTimeRange();
  const now = useClock();
  return useQuery({
    queryKey: KEYS.query('instant', expr, range.to),
    queryFn: ({ signal }) => queryInstant(expr, resolveTime(range.to, now()) ?? now(), signal),
    enabled: (options.enabled ?? true) && expr.trim() !== '',
    refetchInterval: range.refreshMs ?? false,
    placeholderData: keepPreviousData,
  });
}
