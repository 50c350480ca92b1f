import { area, line } from 'd3';
import { useId, useMemo } from 'react';
import { Axes } from './axes.tsx';
import { Clipped } from './clipped.tsx';
import { useCrosshairStore } from './crosshair.tsx';
import { isDrawable } from './domain.ts';
import { withGaps } from './gaps.ts';
import { plotFrame } from './plot-frame.ts';
import { AnnotationFlags, NowLine, ThresholdLines } from './plot-marks.tsx';
import { Readings, readingText, valueAt } from './readings.tsx';
import { SeriesTable } from './series-table.tsx';
import { type LocalisedProps, useChartSettings } from './settings.tsx';
import { summarise } from './summary.ts';
import { formatMoment } from './time-format.ts';
import { TimePlotLayer } from './time-plot-layer.tsx';
import type { ChartAnnotation, ChartPoint, ChartSeries, Size, Threshold, TimeRange } from './types.ts';

/** One step of a forecast. Steps need not be even: opening hours end, and the line with them. */
export interface FanPoint {
  readonly timeMs: number;
  readonly low: number;
  readonly middle: number;
  readonly high: number;
}

export interface FanChartProps extends LocalisedProps, Size {
  readonly title: string;
  readonly points: readonly FanPoint[];
  /** What was measured until now, over the same axis. */
  readonly measured?: readonly ChartPoint[] | undefined;
  readonly range: TimeRange;
  readonly nowMs?: number | undefined;
  readonly unit?: string | undefined;
  readonly decimals?: number | undefined;
  /** The axis ends here at most; a line above it leaves the plot through the top, its readings stay. */
  readonly ceiling?: number | undefined;
  readonly thresholds?: readonly Threshold[] | undefined;
  readonly annotations?: readonly ChartAnnotation[] | undefined;
  readonly view?: 'chart' | 'table' | undefined;
  readonly onZoom?: ((range: TimeRange) => void) | undefined;
  readonly onZoomBack?: (() => void) | undefined;
}

interface Band {
  readonly timeMs: number;
  readonly lower: number;
  readonly upper: number;
}

const none: readonly never[] = [];
const colour = 'var(--tw-chart-1)';

/** A forecast: two tints between low, middle and high, the middle as a line, what was measured as a firm one. */
export function FanChart(props: FanChartProps) {
  const { locale, timeZone, text } = useChartSettings(props);
  const { title, points, width, height, unit, decimals } = props;
  const thresholds = props.thresholds ?? none;
  const { fromMs, toMs } = props.range;
  const store = useCrosshairStore();
  const id = useId();
  const series = useMemo<readonly ChartSeries[]>(() => {
    const of = (name: string, pick: (point: FanPoint) => number): ChartSeries => ({
      name,
      labels: { band: name },
      points: points.map((point) => [point.timeMs, pick(point)] as const),
      colour,
    });
    const bands = [
      of(text.high, (point) => point.high),
      of(text.middle, (point) => point.middle),
      of(text.low, (point) => point.low),
    ];
    const measured = props.measured;
    return measured === undefined
      ? bands
      : [...bands, { name: text.value, labels: {}, points: measured, colour: 'var(--twc-text)' }];
  }, [points, props.measured, text]);
  const ceiling = props.ceiling;
  const above = ceiling !== undefined && points.some(({ high }) => high > ceiling);
  const frame = useMemo(
    () =>
      plotFrame({
        ...(above ? { domain: { max: ceiling } } : {}),
        size: { width, height },
        range: { fromMs, toMs },
        series,
        thresholds,
        unit,
        locale,
        timeZone,
      }),
    [above, ceiling, width, height, fromMs, toMs, series, thresholds, unit, locale, timeZone],
  );
  const times = useMemo(
    () =>
      [...points.map((point) => point.timeMs), ...(props.measured ?? none).map(([timeMs]) => timeMs)]
        .filter((timeMs) => timeMs >= fromMs && timeMs <= toMs)
        .sort((a, b) => a - b),
    [points, props.measured, fromMs, toMs],
  );
  if (props.view === 'table')
    return <SeriesTable {...props} series={series} locale={locale} timeZone={timeZone} text={text} />;

  const at = (timeMs: number) => series.map((one) => ({ one, value: valueAt(one.points, timeMs) }));
  const summary = summarise({ title, series, range: props.range, unit, decimals, locale, timeZone, text });
  return (
    <figure className="twc-chart" style={{ width, height }}>
      <figcaption id={id} className="twc-hidden">
        {summary}
      </figcaption>
      <TimePlotLayer
        frame={frame}
        store={store}
        times={times}
        onZoom={props.onZoom}
        onZoomBack={props.onZoomBack}
        label={title}
        describedBy={id}
        valueText={(timeMs) =>
          [
            formatMoment(timeMs, locale, timeZone),
            ...at(timeMs).map(
              ({ one, value }) => `${one.name} ${readingText(value, { unit, decimals, locale, text })}`,
            ),
          ].join(', ')
        }
        marks={(timeMs) =>
          at(timeMs).map(({ one, value }) =>
            value === null || !Number.isFinite(value) ? null : (
              <circle key={one.name} cx={frame.x(timeMs)} cy={frame.y(value)} r={3} fill={one.colour} />
            ),
          )
        }
        tooltip={(timeMs, valueAtPointer) => (
          <Readings
            timeMs={timeMs}
            readings={at(timeMs)
              .filter(({ value }) => value !== null)
              .map(({ one, value }) => ({
                name: one.name,
                style: { colour: one.colour ?? colour, dash: one.name === text.middle ? 'none' : '2 2' },
                value,
              }))}
            valueAtPointer={valueAtPointer}
            notes={[]}
            unit={unit}
            decimals={decimals}
            locale={locale}
            timeZone={timeZone}
            text={text}
          />
        )}
      >
        <svg width={width} height={height} aria-hidden="true">
          <Axes frame={frame} />
          <FanShape series={series} frame={frame} clipId={`${id}clip`} />
          <AnnotationFlags frame={frame} annotations={props.annotations ?? none} />
          <ThresholdLines frame={frame} thresholds={thresholds} unit={unit} locale={locale} />
          {props.nowMs === undefined ? null : <NowLine frame={frame} nowMs={props.nowMs} label={text.now} />}
        </svg>
      </TimePlotLayer>
    </figure>
  );
}

/** The bands and lines; each stretch of even steps is its own fan, so that a night is not bridged. */
function FanShape({
  series,
  frame,
  clipId,
}: {
  readonly series: readonly ChartSeries[];
  readonly frame: ReturnType<typeof plotFrame>;
  readonly clipId: string;
}) {
  const [high, middle, low, measured] = series.map((one) => withGaps(one.points));
  const band = (upper: readonly ChartPoint[] = [], lower: readonly ChartPoint[] = []): string =>
    area<Band>()
      .defined((one) => Number.isFinite(one.lower) && Number.isFinite(one.upper))
      .x((one) => frame.x(one.timeMs))
      .y0((one) => frame.y(one.lower))
      .y1((one) => frame.y(one.upper))
      .digits(1)(
      upper.map(([timeMs, value], index) => ({
        timeMs,
        upper: value ?? Number.NaN,
        lower: lower[index]?.[1] ?? Number.NaN,
      })),
    ) ?? '';
  const stroke = (points: readonly ChartPoint[] = []): string =>
    line<ChartPoint>()
      .defined(([, value]) => value !== null)
      .x(([timeMs]) => frame.x(timeMs))
      .y(([, value]) => frame.y(value ?? 0))
      .digits(1)(points as ChartPoint[]) ?? '';
  return (
    <>
      <Clipped frame={frame} id={clipId}>
        <g fill="none">
          <path d={band(high, middle)} fill={colour} opacity={0.18} />
          <path d={band(middle, low)} fill={colour} opacity={0.32} />
          <path d={stroke(high)} stroke={colour} strokeWidth={1} strokeDasharray="3 3" />
          <path d={stroke(low)} stroke={colour} strokeWidth={1} strokeDasharray="3 3" />
          <path d={stroke(middle)} stroke={colour} strokeWidth={1.75} />
          <path d={stroke(measured)} stroke="var(--twc-text)" strokeWidth={1.75} />
        </g>
      </Clipped>
      <BandLabels frame={frame} series={series} />
    </>
  );
}

/** Each band's name at its own peak, where the bands are furthest apart; those without room stay unnamed. */
function BandLabels({
  series,
  frame,
}: {
  readonly series: readonly ChartSeries[];
  readonly frame: ReturnType<typeof plotFrame>;
}) {
  const peaks = series.slice(0, 3).flatMap((one) => {
    const drawn = one.points.filter(
      ([timeMs, value]) =>
        isDrawable(value) &&
        timeMs >= frame.range.fromMs &&
        timeMs <= frame.range.toMs &&
        // What leaves the plot through the top is named where it still is inside.
        frame.y(value ?? 0) >= frame.top,
    );
    const peak = drawn.reduce<ChartPoint | undefined>(
      (best, point) => (best === undefined || (point[1] ?? 0) > (best[1] ?? 0) ? point : best),
      undefined,
    );
    return peak === undefined ? [] : [{ name: one.name, x: frame.x(peak[0]), y: frame.y(peak[1] ?? 0) }];
  });
  return (
    <g>
      {peaks
        .filter((peak, index) => index === 0 || peak.y - peaks[index - 1]!.y >= LABEL_HEIGHT)
        .map((peak) => (
          <text
            key={peak.name}
            className="twc-halo"
            x={peak.x > frame.right - 40 ? peak.x - 4 : peak.x + 4}
            y={Math.max(frame.top + 9, peak.y - 3)}
            textAnchor={peak.x > frame.right - 40 ? 'end' : 'start'}
          >
            {peak.name}
          </text>
        ))}
    </g>
  );
}

const LABEL_HEIGHT = 11;
