import { Skeleton } from '@mantine/core';
import { Link, useNavigate } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { MetricMetadata } from '../../api/prometheus-metadata.ts';
import { AutoSize, DataTable, TimeSeriesChart } from '../../charts/index.ts';
import { useSetFrame, useTimeRange } from '../../frame/use-time-range.ts';
import { ClockTime } from '../../parts/time-text.tsx';
import classes from './explore.module.css';
import { type Answered, type Graph, graphsOf, unitOf } from './graphs.ts';
import { instantTable } from './instant-table.ts';

export interface ResultsProps {
  readonly answered: readonly Answered[];
  readonly metadata: ReadonlyMap<string, readonly MetricMetadata[]>;
  readonly mode: 'range' | 'instant';
  readonly view: 'graph' | 'table';
  readonly draw: 'lines' | 'stacked' | 'points';
  /** What is shown is old: it is dimmed. */
  readonly old: boolean;
}

/** What the queries gave: one graph a unit, or tables. */
export function Results({ answered, metadata, mode, view, draw, old }: ResultsProps) {
  const { t } = useTranslation();
  const graphs = useMemo(() => graphsOf(answered, metadata), [answered, metadata]);
  return (
    <section className={classes.results} data-old={old} aria-label={t('explore.results')}>
      {mode === 'instant'
        ? answered.map((one) => (
            <InstantTable
              key={one.letter}
              answered={one}
              unit={unitOf(one.query, metadata)}
              alone={answered.length === 1}
            />
          ))
        : graphs.map((graph) => (
            <UnitGraph
              key={graph.unit ?? ''}
              graph={graph}
              height={graphs.length === 1 ? 400 : 280}
              view={view}
              draw={draw}
            />
          ))}
    </section>
  );
}

/** As high as a graph, so that nothing moves when it comes. */
export function ResultsSkeleton() {
  const { t } = useTranslation();
  return (
    <div role="status" aria-label={t('parts.loading')} className={classes.graph}>
      <Skeleton height={400} />
    </div>
  );
}

interface UnitGraphProps extends Pick<ResultsProps, 'view' | 'draw'> {
  readonly graph: Graph;
  readonly height: number;
}

function UnitGraph({ graph, height, view, draw }: UnitGraphProps) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { fromMs, toMs } = useTimeRange();
  const setFrame = useSetFrame();
  const range = useMemo(() => ({ fromMs, toMs }), [fromMs, toMs]);
  const title = t('explore.graphOf', { letters: graph.letters.join(', ') });
  if (graph.series.length === 0) {
    return (
      <p className={classes.nothing} style={{ height }}>
        {t('parts.noDataLong')}
      </p>
    );
  }
  return (
    <div className={classes.graph}>
      <AutoSize height={height}>
        {(size) => (
          <TimeSeriesChart
            {...size}
            title={title}
            series={graph.series}
            range={range}
            unit={graph.unit}
            legend="table"
            view={view === 'table' ? 'table' : 'chart'}
            stacked={draw === 'stacked'}
            dotted={draw === 'points'}
            exemplars={graph.exemplars}
            onExemplar={({ traceId }) => void navigate({ to: '/traces/$traceId', params: { traceId } })}
            onZoom={(zoomed) =>
              setFrame({ from: String(Math.round(zoomed.fromMs)), to: String(Math.round(zoomed.toMs)) })
            }
          />
        )}
      </AutoSize>
      {view === 'table' && graph.exemplars.length > 0 && <Traces exemplars={graph.exemplars} />}
    </div>
  );
}

const TRACES_MAX = 20;

/** The dots of the graph for those who read the table: the newest traces. */
function Traces({ exemplars }: Pick<Graph, 'exemplars'>) {
  const { t } = useTranslation();
  const newest = exemplars.toSorted((a, b) => b.timeMs - a.timeMs).slice(0, TRACES_MAX);
  return (
    <ul className={classes.traces} aria-label={t('explore.exemplars')}>
      {newest.map(({ traceId, timeMs }) => (
        <li key={`${traceId} ${timeMs}`}>
          <Link to="/traces/$traceId" params={{ traceId }}>
            {t('explore.traceOf', { id: traceId.slice(0, 8) })}
          </Link>{' '}
          <ClockTime ms={timeMs} />
        </li>
      ))}
    </ul>
  );
}

interface InstantTableProps {
  readonly answered: Answered;
  readonly unit: string | undefined;
  readonly alone: boolean;
}

function InstantTable({ answered, unit, alone }: InstantTableProps) {
  const { t } = useTranslation();
  const { columns, rows } = useMemo(
    () => instantTable(answered, unit, { value: t('explore.value'), metric: t('explore.metric') }),
    [answered, unit, t],
  );
  const title = t('explore.graphOf', { letters: answered.letter });
  if (answered.data.resultType === 'string')
    return <pre className={classes.graph}>{answered.data.result[1]}</pre>;
  return (
    <div className={classes.graph}>
      {!alone && <h2 className={classes.tableName}>{title}</h2>}
      {rows.length === 0 ? (
        <p className={classes.none}>{t('parts.noDataLong')}</p>
      ) : (
        <div className={classes.tableBox}>
          <DataTable title={title} columns={columns} rows={rows} />
        </div>
      )}
    </div>
  );
}
