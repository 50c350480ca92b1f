import { SegmentedControl } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { TraceMetrics } from '../../../api/tempo-query-range.ts';
import { Answer } from '../../../parts/answer.tsx';
import { Empty } from '../../../parts/notice.tsx';
import { Differences } from '../compare/differences.tsx';
import { isRefusal } from '../query/fault.ts';
import type { TracesPageState, useTraceMetrics } from '../use-traces-page.ts';
import { GraphSkeleton, Heatmap, MetricLines } from './metric-graphs.tsx';
import { exemplarsOfMetrics, seriesOfMetrics, unitOfMetrics } from './metric-series.ts';
import { PartialNote } from './partial-note.tsx';
import classes from './results.module.css';

const HEIGHT = 360;
const NO_SELECTION: readonly never[] = [];

export interface MetricsAnswerProps {
  readonly state: TracesPageState;
  readonly answer: ReturnType<typeof useTraceMetrics>;
}

/** What a metrics query gave: lines or a table, a heatmap for a histogram, a ranking for a comparison. */
export function MetricsAnswer({ state, answer }: MetricsAnswerProps) {
  const { t } = useTranslation();
  const { metrics, search, set } = state;
  // What is wrong with the query stands beside it already.
  if (answer.data === undefined && isRefusal(answer.error)) return null;
  return (
    <section className={classes.card} aria-label={t('traces.metrics')}>
      {metrics !== 'compare' && (
        <div className={classes.tools}>
          <SegmentedControl
            aria-label={t('explore.view')}
            value={search.view ?? 'graph'}
            data={[
              { value: 'graph', label: t('parts.asGraph') },
              { value: 'table', label: t('parts.asTable') },
            ]}
            onChange={(next) => set({ view: next === 'table' ? 'table' : undefined })}
          />
        </div>
      )}
      <Answer query={answer} skeleton={<GraphSkeleton height={HEIGHT} />}>
        {(found) => (
          <>
            <PartialNote reason={found.partial} />
            <Drawn state={state} found={found} />
          </>
        )}
      </Answer>
    </section>
  );
}

function Drawn({ state, found }: { readonly state: TracesPageState; readonly found: TraceMetrics }) {
  const { t } = useTranslation();
  const { metrics, search, narrowed } = state;
  const { series } = found;
  const func = metrics ?? '';
  if (series.length === 0)
    return (
      <Empty title={t('parts.noDataLong')} mark="unknown">
        {t('trace.noneWhy')}
      </Empty>
    );
  if (func === 'compare') return <Differences series={series} without={NO_SELECTION} onFilter={null} />;
  if (func === 'histogram_over_time' && search.view !== 'table')
    return <Heatmap state={state} height={HEIGHT} series={series} />;
  const unit = unitOfMetrics(narrowed.query, func);
  return (
    <MetricLines
      state={state}
      height={HEIGHT}
      title={t('traces.metrics')}
      unit={unit}
      series={seriesOfMetrics(series)}
      exemplars={unit === 's' ? exemplarsOfMetrics(series) : undefined}
      asTable={search.view === 'table'}
    />
  );
}

/** So many points a graph of a query in the editor has; a histogram is drawn as a heatmap and has fewer. */
export const pointsOf = (func: string | null): number => (func === 'histogram_over_time' ? 60 : 120);
