import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { lazy, Suspense, useCallback, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { annotationsQuery, dashboardQuery } from '../api/queries.ts';
import { runPanelQuery } from '../api/run-panel-query.ts';
import type { TimeRange as ChartRange } from '../charts/index.ts';
import { useSetFrame, useTimeRange } from '../frame/use-time-range.ts';
import { contentLanguage } from '../i18n/languages.ts';
import { Answer, RowsSkeleton } from './answer.tsx';

/** The renderer is by far the largest part of a page with a dashboard, so it comes after the rest. */
const DashboardView = lazy(async () => ({
  default: (await import('../panels/DashboardView.tsx')).DashboardView,
}));

export interface DashboardProps {
  readonly uid: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly timeZone?: string | undefined;
}

/** A dashboard in the page's time range. */
export function Dashboard({ uid, variables, timeZone }: DashboardProps) {
  const { i18n } = useTranslation();
  const navigate = useNavigate();
  const setFrame = useSetFrame();
  const range = useTimeRange();
  const query = useQuery(dashboardQuery(uid, contentLanguage(i18n.language)));
  const shown = useMemo(() => ({ fromMs: range.fromMs, toMs: range.toMs }), [range.fromMs, range.toMs]);
  const notes = useQuery(annotationsQuery(range.from, range.to, shown, variables.campaign));
  const annotations = useMemo(
    () =>
      notes.data?.map(({ time, end, kind, text }) => ({
        timeMs: time,
        kind,
        text,
        ...(end === undefined ? {} : { endMs: end }),
      })),
    [notes.data],
  );
  const changeRange = useCallback(
    ({ fromMs, toMs }: ChartRange) =>
      setFrame({ from: String(Math.round(fromMs)), to: String(Math.round(toMs)) }),
    [setFrame],
  );
  const explore = useCallback(
    (expr: string) => void navigate({ to: '/explore', search: { expr } }),
    [navigate],
  );
  const skeleton = <RowsSkeleton rows={3} height={220} />;
  return (
    <Answer query={query} skeleton={skeleton}>
      {(dashboard) => (
        <Suspense fallback={skeleton}>
          <DashboardView
            dashboard={dashboard}
            variables={variables}
            range={shown}
            refreshMs={range.refreshMs}
            live={range.moving && range.refreshMs !== null}
            onRangeChange={changeRange}
            onExplore={explore}
            runQuery={runPanelQuery}
            annotations={annotations}
            locale={i18n.language}
            timeZone={timeZone}
          />
        </Suspense>
      )}
    </Answer>
  );
}
