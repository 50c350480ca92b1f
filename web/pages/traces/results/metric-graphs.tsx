import { Skeleton } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { TraceMetricsSeries } from '../../../api/tempo-query-range.ts';
import {
  AutoSize,
  type ChartExemplar,
  type ChartSeries,
  type DurationBox,
  HeatmapChart,
  TimeSeriesChart,
} from '../../../charts/index.ts';
import { useSetFrame } from '../../../frame/use-time-range.ts';
import { Answer } from '../../../parts/answer.tsx';
import { metricsStep, type TracesPageState, useTraceMetrics } from '../use-traces-page.ts';
import { heatmapCells } from './heatmap-cells.ts';
import { seriesOfMetrics } from './metric-series.ts';
import { PartialNote } from './partial-note.tsx';
import { boxInSeconds } from './selected-box.ts';

const HEATMAP_POINTS = 60;
const RATE_POINTS = 120;

export interface MetricGraphProps {
  readonly state: TracesPageState;
  readonly height: number;
}

export function GraphSkeleton({ height }: { readonly height: number }) {
  return <Skeleton height={height} />;
}

/** How long the matching spans took, over time. */
export function SpanHeatmap({
  state,
  height,
  onSelect,
}: MetricGraphProps & { readonly onSelect: (box: DurationBox | null) => void }) {
  const { narrowed, range } = state;
  const answer = useTraceMetrics(`${narrowed.query} | histogram_over_time(duration)`, range, HEATMAP_POINTS);
  return (
    <Answer query={answer} skeleton={<GraphSkeleton height={height} />}>
      {({ series, partial }) => (
        <>
          <PartialNote reason={partial} />
          <Heatmap state={state} height={height} series={series} onSelect={onSelect} />
        </>
      )}
    </Answer>
  );
}

interface HeatmapProps extends MetricGraphProps {
  readonly series: readonly TraceMetricsSeries[];
  readonly onSelect?: (box: DurationBox | null) => void;
}

/** The series of `histogram_over_time`, as a heatmap. */
export function Heatmap({ state, height, series, onSelect }: HeatmapProps) {
  const { t } = useTranslation();
  const { range, box } = state;
  const cells = useMemo(() => heatmapCells(series), [series]);
  return (
    <AutoSize height={height}>
      {(size) => (
        <HeatmapChart
          {...size}
          title={t('traces.heatmapTitle')}
          cells={cells}
          stepMs={metricsStep(range, HEATMAP_POINTS)}
          range={range}
          selected={box?.of === 'span' ? boxInSeconds(box) : null}
          onSelect={onSelect}
        />
      )}
    </AutoSize>
  );
}

/** How many matching spans began a second, the failed ones apart. */
export function SpanRates({ state, height }: MetricGraphProps) {
  const { t } = useTranslation();
  const { narrowed, range } = state;
  const answer = useTraceMetrics(`${narrowed.query} | rate() by (status)`, range, RATE_POINTS);
  const named = (series: readonly TraceMetricsSeries[]): readonly ChartSeries[] =>
    seriesOfMetrics(series).map((one) => ({
      ...one,
      name: STATUS_KEYS.has(one.labels.status ?? '')
        ? t(`trace.statusOf.${one.labels.status as 'ok' | 'error' | 'unset'}`)
        : one.name,
      ...(one.labels.status === 'error' && { colour: 'var(--tw-page-solid)' }),
    }));
  return (
    <Answer query={answer} skeleton={<GraphSkeleton height={height} />}>
      {({ series, partial }) => (
        <>
          <PartialNote reason={partial} />
          <MetricLines
            state={state}
            height={height}
            title={t('traces.rateTitle')}
            unit="suffix:/s"
            series={named(series)}
          />
        </>
      )}
    </Answer>
  );
}

const STATUS_KEYS: ReadonlySet<string> = new Set(['ok', 'error', 'unset']);

interface MetricLinesProps extends MetricGraphProps {
  readonly title: string;
  readonly unit: string;
  readonly series: readonly ChartSeries[];
  readonly exemplars?: readonly ChartExemplar[] | undefined;
  readonly asTable?: boolean;
}

/** Series over the page's range; dragging zooms the page, and an exemplar opens its trace. */
export function MetricLines({ state, height, asTable = false, ...chart }: MetricLinesProps) {
  const navigate = useNavigate();
  const setFrame = useSetFrame();
  return (
    <AutoSize height={height}>
      {(size) => (
        <TimeSeriesChart
          {...size}
          {...chart}
          range={state.range}
          onExemplar={({ traceId }) => void navigate({ to: '/traces/$traceId', params: { traceId } })}
          legend="list"
          view={asTable ? 'table' : 'chart'}
          onZoom={({ fromMs, toMs }) =>
            setFrame({ from: String(Math.round(fromMs)), to: String(Math.round(toMs)) })
          }
        />
      )}
    </AutoSize>
  );
}
