import { useId, useMemo, useState } from 'react';
import { Axes } from './axes.tsx';
import { Clipped } from './clipped.tsx';
import { useCrosshairStore } from './crosshair.tsx';
import { CrosshairDots } from './crosshair-dots.tsx';
import { DirectLabels, labelRoom } from './direct-labels.tsx';
import { withGaps } from './gaps.ts';
import { Legend, legendHeight } from './legend.tsx';
import { CanvasLines, type PlotLine, SvgLines } from './lines.tsx';
import { notesAt } from './notes-at.ts';
import { seriesStyles } from './palette.ts';
import { plotFrame } from './plot-frame.ts';
import { AlertStrip, AnnotationFlags, ExemplarDots, NowLine, ThresholdLines } from './plot-marks.tsx';
import { Readings, readingText, valueAt } from './readings.tsx';
import { SeriesTable } from './series-table.tsx';
import { type LocalisedProps, useChartSettings } from './settings.tsx';
import { type StackedSeries, stackSeries, unionTimes } from './stack.ts';
import { statisticsOf } from './statistics.ts';
import { summarise } from './summary.ts';
import { formatMoment } from './time-format.ts';
import { TimePlotLayer } from './time-plot-layer.tsx';
import type {
  AlertStateBand,
  ChartAnnotation,
  ChartExemplar,
  ChartSeries,
  LegendMode,
  Size,
  Threshold,
  TimeRange,
} from './types.ts';
import { useOwnZoomBack } from './zoom-memory.ts';

export interface TimeSeriesChartProps extends LocalisedProps, Size {
  /** For the text alternative; the frame around the chart shows it. */
  readonly title: string;
  readonly series: readonly ChartSeries[];
  readonly range: TimeRange;
  /** Grafana unit id. */
  readonly unit?: string | undefined;
  readonly decimals?: number | undefined;
  readonly min?: number | undefined;
  readonly max?: number | undefined;
  readonly thresholds?: readonly Threshold[] | undefined;
  readonly annotations?: readonly ChartAnnotation[] | undefined;
  readonly alertStates?: readonly AlertStateBand[] | undefined;
  readonly exemplars?: readonly ChartExemplar[] | undefined;
  readonly onExemplar?: ((exemplar: ChartExemplar) => void) | undefined;
  /** The distance of points, ms; a longer one is a gap. Without it, the usual distance of each series counts. */
  readonly stepMs?: number | undefined;
  /** Draws the line between past and forecast when inside the range. */
  readonly nowMs?: number | undefined;
  readonly stacked?: boolean | undefined;
  readonly fill?: boolean | undefined;
  /** Values as dots without lines between them. */
  readonly dotted?: boolean | undefined;
  readonly legend?: LegendMode | undefined;
  readonly view?: 'chart' | 'table' | undefined;
  readonly onZoom?: ((range: TimeRange) => void) | undefined;
  /** Double-click; without it the chart goes back through its own zooms with `onZoom`. */
  readonly onZoomBack?: (() => void) | undefined;
}

/** Above this many points lines are drawn on a canvas. */
const CANVAS_POINTS = 5_000;

const none: readonly never[] = [];

/** Lines over time with everything around them; the plot is drawn anew only when data, size or theme change. */
export function TimeSeriesChart(props: TimeSeriesChartProps) {
  const { locale, timeZone, text } = useChartSettings(props);
  const {
    title,
    width,
    height,
    range,
    unit,
    decimals,
    stacked = false,
    fill = false,
    dotted = false,
  } = props;
  const thresholds = props.thresholds ?? none;
  const annotations = props.annotations ?? none;
  const alertStates = props.alertStates ?? none;
  const { fromMs, toMs } = range;
  const store = useCrosshairStore();
  const descriptionId = useId();
  const [selected, setSelected] = useState<ReadonlySet<number> | null>(null);
  const [hovered, setHovered] = useState<number | null>(null);
  const zoomBack = useOwnZoomBack(props);

  const all = useMemo(
    () => props.series.map((one) => ({ ...one, points: withGaps(one.points, props.stepMs) })),
    [props.series, props.stepMs],
  );
  const styles = useMemo(() => seriesStyles(all), [all]);
  const shown = useMemo(
    () => all.map((_, index) => index).filter((index) => selected === null || selected.has(index)),
    [all, selected],
  );
  const stacks = useMemo(
    () => (stacked ? stackSeries(shown.map((index) => all[index]!)) : null),
    [stacked, shown, all],
  );
  const entries = useMemo(
    () =>
      all.map((one, index) => ({
        name: one.name,
        style: styles[index]!,
        unit: one.unit,
        statistics: statisticsOf(one.points, fromMs, toMs),
      })),
    [all, styles, fromMs, toMs],
  );
  const direct = props.legend === 'hidden' && shown.length > 1 && shown.length <= 5 && width >= 380;
  // Lines without any name would be riddles: where direct labels find no room, a list names them.
  const legend = props.legend === 'hidden' && !direct && all.length > 1 ? 'list' : (props.legend ?? 'list');
  const legendSpace = legendHeight(legend, all.length, height);
  const plotSize = useMemo(
    () => ({ width, height: Math.max(60, height - legendSpace - (legendSpace > 0 ? 4 : 0)) }),
    [width, height, legendSpace],
  );
  const frame = useMemo(
    () =>
      plotFrame({
        size: plotSize,
        range: { fromMs, toMs },
        series: visible(all, shown, stacks),
        thresholds,
        unit,
        domain: { min: props.min, max: props.max },
        locale,
        timeZone,
        labelRoom: direct ? labelRoom(shown.map((index) => all[index]!.name)) : 0,
        stripRoom: alertStates.length > 0 ? 12 : 0,
      }),
    [
      plotSize,
      fromMs,
      toMs,
      all,
      shown,
      stacks,
      thresholds,
      unit,
      props.min,
      props.max,
      locale,
      timeZone,
      direct,
      alertStates.length,
    ],
  );
  const lines = useMemo<readonly PlotLine[]>(
    () =>
      shown.map((index, place) => ({
        key: `${index}`,
        points: stacks === null ? all[index]!.points : stacks[place]!.points,
        base:
          stacks !== null
            ? stacks[place]!.base
            : !dotted && (fill || all.length === 1) && all[index]!.dashed !== true
              ? 'zero'
              : undefined,
        style: styles[index]!,
        dimmed: hovered !== null && hovered !== index,
        dotted,
      })),
    [shown, stacks, all, fill, dotted, styles, hovered],
  );
  const times = useMemo(
    () => unionTimes(all).filter((timeMs) => timeMs >= fromMs && timeMs <= toMs),
    [all, fromMs, toMs],
  );
  const pointCount = all.reduce((sum, one) => sum + one.points.length, 0);
  const empty = shown.every((index) => entries[index]!.statistics.last === null);
  const summary = summarise({ title, series: all, range, unit, decimals, locale, timeZone, text });

  if (props.view === 'table')
    return <SeriesTable {...props} series={props.series} locale={locale} timeZone={timeZone} text={text} />;

  const readingsAt = (timeMs: number) =>
    shown.map((index) => ({
      name: all[index]!.name,
      style: styles[index]!,
      unit: all[index]!.unit,
      value: valueAt(props.series[index]?.points ?? none, timeMs, props.stepMs),
    }));
  const fillOpacity = stacked ? 0.5 : 0.1;
  const canvas = pointCount > CANVAS_POINTS;
  return (
    <figure className="twc-chart" style={{ width, height }}>
      <figcaption id={descriptionId} className="twc-hidden">
        {summary}
      </figcaption>
      <TimePlotLayer
        frame={frame}
        store={store}
        times={times}
        onZoom={props.onZoom === undefined ? undefined : zoomBack.zoom}
        onZoomBack={zoomBack.back}
        label={title}
        describedBy={descriptionId}
        valueText={(timeMs) =>
          [
            formatMoment(timeMs, locale, timeZone),
            ...readingsAt(timeMs)
              .slice(0, 8)
              .map((one) => `${one.name} ${readingText(one.value, { unit, decimals, locale, text })}`),
          ].join(', ')
        }
        marks={(timeMs) => (
          <CrosshairDots frame={frame} timeMs={timeMs} lines={lines} stepMs={props.stepMs} />
        )}
        tooltip={(timeMs, valueAtPointer) => (
          <Readings
            timeMs={timeMs}
            readings={readingsAt(timeMs)}
            valueAtPointer={stacked ? null : valueAtPointer}
            notes={notesAt(timeMs, frame, annotations, alertStates, text)}
            unit={unit}
            decimals={decimals}
            locale={locale}
            timeZone={timeZone}
            text={text}
          />
        )}
      >
        <svg width={plotSize.width} height={plotSize.height} aria-hidden="true">
          <Axes frame={frame} empty={empty} />
          {empty ? (
            <text x={(frame.left + frame.right) / 2} y={(frame.top + frame.bottom) / 2} textAnchor="middle">
              {all.length > 0 && shown.length === 0 ? text.noSeriesShown : text.noData}
            </text>
          ) : null}
          <AnnotationFlags frame={frame} annotations={annotations} />
          {canvas ? null : (
            <Clipped frame={frame} id={`${descriptionId}clip`}>
              <SvgLines frame={frame} lines={lines} fillOpacity={fillOpacity} />
            </Clipped>
          )}
        </svg>
        {canvas ? <CanvasLines frame={frame} lines={lines} fillOpacity={fillOpacity} /> : null}
        <svg width={plotSize.width} height={plotSize.height} aria-hidden="true">
          <ThresholdLines frame={frame} thresholds={thresholds} unit={unit} locale={locale} />
          {props.nowMs === undefined ? null : <NowLine frame={frame} nowMs={props.nowMs} label={text.now} />}
          {alertStates.length === 0 ? null : (
            <AlertStrip frame={frame} bands={alertStates} text={text} hatchId={`${descriptionId}hatch`} />
          )}
          {direct ? (
            <DirectLabels
              frame={frame}
              lines={lines.map((one, place) => ({
                name: all[shown[place]!]!.name,
                colour: one.style.colour,
                points: one.points,
              }))}
            />
          ) : null}
          {props.exemplars === undefined ? null : (
            <ExemplarDots frame={frame} exemplars={props.exemplars} onOpen={props.onExemplar} text={text} />
          )}
        </svg>
      </TimePlotLayer>
      <Legend
        mode={legend}
        entries={entries}
        selected={selected}
        onSelect={setSelected}
        onHover={setHovered}
        height={legendSpace}
        unit={unit}
        decimals={decimals}
        locale={locale}
        text={text}
      />
    </figure>
  );
}

/** The series whose values the axis must hold. */
function visible(
  all: readonly ChartSeries[],
  shown: readonly number[],
  stacks: readonly StackedSeries[] | null,
): readonly ChartSeries[] {
  return stacks === null
    ? shown.map((index) => all[index]!)
    : stacks.map((one) => ({ ...one.series, points: one.points }));
}
