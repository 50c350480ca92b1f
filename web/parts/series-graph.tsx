import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { formatLabels } from '../../model/labels.ts';
import type { PrometheusData } from '../api/prometheus-answer.ts';
import { answerSeries } from '../api/run-panel-query.ts';
import {
  type AlertStateBand,
  AutoSize,
  type ChartAnnotation,
  type LegendMode,
  type Threshold,
  TimeSeriesChart,
} from '../charts/index.ts';
import { useSetFrame, useTimeRange } from '../frame/use-time-range.ts';
import classes from './series-graph.module.css';

export interface SeriesGraphProps {
  readonly title: string;
  readonly data: PrometheusData;
  readonly height: number;
  readonly unit?: string | undefined;
  readonly thresholds?: readonly Threshold[] | undefined;
  readonly alertStates?: readonly AlertStateBand[] | undefined;
  readonly annotations?: readonly ChartAnnotation[] | undefined;
  readonly legend?: LegendMode | undefined;
  readonly view?: 'chart' | 'table';
}

/** A graph of a query's answer over the page's time range; dragging narrows that range. */
export function SeriesGraph({ data, height, legend = 'list', ...chart }: SeriesGraphProps) {
  const { t } = useTranslation();
  const range = useTimeRange();
  const setFrame = useSetFrame();
  const series = useMemo(() => {
    const all = answerSeries(data);
    const shared = sharedLabels(all.map(({ labels }) => labels));
    return all.map(({ labels, points }) => ({ name: seriesName(labels, shared), labels, points }));
  }, [data]);
  const shown = useMemo(() => ({ fromMs: range.fromMs, toMs: range.toMs }), [range.fromMs, range.toMs]);
  if (series.length === 0) {
    return (
      <p className={classes.none} style={{ height }}>
        {t('parts.noDataLong')}
      </p>
    );
  }
  return (
    <AutoSize height={height}>
      {(size) => (
        <TimeSeriesChart
          {...chart}
          {...size}
          series={series}
          range={shown}
          legend={legend}
          onZoom={({ fromMs, toMs }) =>
            setFrame({ from: String(Math.round(fromMs)), to: String(Math.round(toMs)) })
          }
        />
      )}
    </AutoSize>
  );
}

/** The names of labels that have one value in all of several series: they tell nothing apart. */
function sharedLabels(all: readonly Readonly<Record<string, string>>[]): ReadonlySet<string> {
  const first = all[0];
  if (first === undefined || all.length < 2) return new Set();
  return new Set(Object.keys(first).filter((name) => all.every((labels) => labels[name] === first[name])));
}

function seriesName(labels: Readonly<Record<string, string>>, shared: ReadonlySet<string>): string {
  const telling = Object.fromEntries(Object.entries(labels).filter(([name]) => !shared.has(name)));
  return formatLabels(telling);
}
