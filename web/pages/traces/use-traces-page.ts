import { keepPreviousData, type UseQueryResult, useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback, useMemo } from 'react';
import type { TraceSearchResult } from '../../../model/api/trace.ts';
import { tracesQuery } from '../../api/queries.ts';
import { queryTraceMetrics, type TraceMetrics } from '../../api/tempo-query-range.ts';
import type { FrameSearch } from '../../frame/search.ts';
import { stepFor } from '../../frame/time-range.ts';
import { useSteppedRange } from '../../frame/use-stepped-range.ts';
import { EMPTY_QUERY, formatBuilder } from './query/builder.ts';
import { durationText, metricsFunctionOf, type Narrowed, narrow, type TraceBox } from './query/compose.ts';
import { parseBox, type TracesSearch } from './search.ts';

export const TRACES_MAX = 300;
const SPANS_SHOWN = 3;

export interface PageRange {
  readonly fromMs: number;
  readonly toMs: number;
}

export interface TracesPageState {
  readonly search: TracesSearch;
  /** As it was written; '' asks for every span. */
  readonly q: string;
  /** As it is asked: narrowed to the campaign of the page. */
  readonly narrowed: Narrowed;
  readonly metrics: string | null;
  readonly range: PageRange;
  readonly box: TraceBox | null;
  /** Writes parts of the state into the URL; `undefined` takes a part out. */
  set(part: { [Name in keyof TracesSearch]?: TracesSearch[Name] | undefined }): void;
  /** Asks another query; what was selected of the answer before goes. */
  ask(q: string): void;
}

/** The state of the page, all of it out of the URL. */
export function useTracesPage(): TracesPageState {
  const search = useSearch({ from: '/traces' });
  const { campaign }: FrameSearch = useSearch({ strict: false });
  const { start: fromMs, end: toMs } = useSteppedRange();
  const range = useMemo(() => ({ fromMs, toMs }), [fromMs, toMs]);
  const navigate = useNavigate();
  const set: TracesPageState['set'] = useCallback(
    (part) => {
      void navigate({
        to: '.',
        search: (old: Record<string, unknown>) => ({ ...old, ...part }),
        resetScroll: false,
      } as never);
    },
    [navigate],
  );
  const q = search.q ?? queryOfLink(search);
  const narrowed = useMemo(() => narrow(q, campaign), [q, campaign]);
  const box = useMemo(() => parseBox(search.box), [search.box]);
  return {
    search,
    q,
    narrowed,
    metrics: metricsFunctionOf(q),
    range,
    box,
    set,
    ask: (asked) => set({ ...NO_LINK, q: asked === '' ? undefined : asked, box: undefined }),
  };
}

const NO_LINK = {
  service: undefined,
  name: undefined,
  status: undefined,
  min: undefined,
  max: undefined,
} as const;

/** What another page's link asks for, as TraceQL. */
function queryOfLink({ service, name, status, min, max }: TracesSearch): string {
  if ([service, name, status, min, max].every((part) => part === undefined)) return '';
  return formatBuilder({
    ...EMPTY_QUERY,
    service: service ?? '',
    name: name ?? '',
    status: status ?? '',
    minTrace: min === undefined ? '' : durationText(Number(min)),
    maxTrace: max === undefined ? '' : durationText(Number(max)),
  });
}

/** Traces that a query finds in a range. */
export const useTraceSearch = (
  q: string,
  { fromMs, toMs }: PageRange,
  enabled = true,
): UseQueryResult<TraceSearchResult> =>
  useQuery({
    ...tracesQuery({ q, start: fromMs, end: toMs, limit: TRACES_MAX, spss: SPANS_SHOWN }),
    enabled,
    retry: false,
  });

/** The step, ms, of a graph over a range. */
export const metricsStep = ({ fromMs, toMs }: PageRange, points: number): number =>
  stepFor(fromMs, toMs, points, 5_000);

/** The series of a metrics query. */
export const useTraceMetrics = (
  q: string,
  { fromMs, toMs }: PageRange,
  points: number,
  enabled = true,
): UseQueryResult<TraceMetrics> =>
  useQuery({
    queryKey: ['trace-metrics', q, fromMs, toMs, points],
    queryFn: ({ signal }) =>
      queryTraceMetrics(q, { fromMs, toMs, stepMs: metricsStep({ fromMs, toMs }, points) }, signal),
    placeholderData: keepPreviousData,
    enabled,
    retry: false,
  });
