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
import { shortNames } from './series-names.ts';

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
  /** `full`: with all labels, as Prometheus prints them. */
  readonly names?: 'short' | 'full';
}

/** A graph of a query's answer over the page's time range; dragging narrows that range. */
export function SeriesGraph({ data, height, legend = 'list', names = 'short', ...chart }: SeriesGraphProps) {
  const { t } = useTranslation();
  const range = useTimeRange();
  const setFrame = useSetFrame();
  const series = useMemo(() => {
    const all = answerSeries(data);
    const short = shortNames(all.map(({ labels }) => labels));
    return all.map(({ labels, points }, index) => ({
      name: names === 'full' ? formatLabels(labels) : (short[index] ?? ''),
      labels,
      points,
    }));
  }, [data, names]);
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
