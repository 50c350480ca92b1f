import { Delaunay, median } from 'd3';
import { type ReactNode, useEffect, useId, useMemo, useRef } from 'react';
import { Axes } from './axes.tsx';
import { BoxLayer, type DurationBox } from './box-layer.tsx';
import { resolveColour, sharpContext, useTheme } from './canvas-colours.ts';
import { durationFrame, SHORTEST_SHOWN } from './duration-frame.ts';
import { formatValue } from './format.ts';
import { fillText } from './messages.ts';
import type { PlotFrame } from './plot-frame.ts';
import { type LocalisedProps, useChartSettings } from './settings.tsx';
import { formatMinute, formatMoment } from './time-format.ts';
import type { Size, TimeRange } from './types.ts';

/** Something that began and took so long. */
export interface ScatterPoint {
  readonly id: string;
  readonly name: string;
  readonly timeMs: number;
  readonly seconds: number;
  readonly failed: boolean;
  /** What else the tooltip says. */
  readonly note?: ReactNode;
}

export interface ScatterChartProps extends LocalisedProps, Size {
  readonly title: string;
  readonly points: readonly ScatterPoint[];
  readonly range: TimeRange;
  /** Of what began before, not everything is known: it is drawn as such, with these words. */
  readonly unknownBefore?: { readonly timeMs: number; readonly words: string } | undefined;
  readonly selected?: DurationBox | null | undefined;
  readonly onSelect?: ((box: DurationBox | null) => void) | undefined;
  readonly onOpen?: ((id: string) => void) | undefined;
}

/** Pixels within which a point is meant. */
const REACH = 14;

/** What began when and took how long, one point each, on a logarithmic axis; the failed ones are crosses. */
export function ScatterChart(props: ScatterChartProps) {
  const { locale, timeZone, text } = useChartSettings(props);
  const { title, width, height, range } = props;
  const { fromMs, toMs } = range;
  const descriptionId = useId();
  const points = useMemo(
    () =>
      props.points
        .filter(({ timeMs }) => timeMs >= fromMs && timeMs <= toMs)
        .map((point) => ({ ...point, seconds: Math.max(SHORTEST_SHOWN, point.seconds) }))
        .toSorted((a, b) => a.timeMs - b.timeMs),
    [props.points, fromMs, toMs],
  );
  const frame = useMemo(() => {
    const lengths = points.map(({ seconds }) => seconds);
    // With room beyond the ends, so that no point lies on the frame.
    const shortest = points.length === 0 ? 0.001 : Math.min(...lengths) / 1.3;
    const longest = points.length === 0 ? 1 : Math.max(...lengths) * 1.3;
    return durationFrame({
      size: { width, height },
      range: { fromMs, toMs },
      shortest,
      longest,
      locale,
      timeZone,
    });
  }, [points, width, height, fromMs, toMs, locale, timeZone]);
  const placeOf = (index: number) => ({
    x: frame.x(points[index]!.timeMs),
    y: frame.y(points[index]!.seconds),
  });
  const delaunay = useMemo(
    () =>
      Delaunay.from(
        points,
        ({ timeMs }) => frame.x(timeMs),
        ({ seconds }) => frame.y(seconds),
      ),
    [points, frame],
  );
  const nearest = ({ x, y }: { readonly x: number; readonly y: number }): number | null => {
    if (points.length === 0) return null;
    const index = delaunay.find(x, y);
    const place = placeOf(index);
    return Math.hypot(place.x - x, place.y - y) <= REACH ? index : null;
  };
  const lengthOf = (seconds: number): string => formatValue(seconds, { unit: 's', locale });
  const failed = points.filter((point) => point.failed).length;
  const summary =
    points.length === 0
      ? fillText(text.summaryEmpty, {
          title,
          from: formatMinute(fromMs, locale, timeZone),
          to: formatMinute(toMs, locale, timeZone),
        })
      : fillText(text.scatterSummary, {
          title,
          from: formatMinute(fromMs, locale, timeZone),
          to: formatMinute(toMs, locale, timeZone),
          count: points.length,
          failed,
          shortest: lengthOf(Math.min(...points.map(({ seconds }) => seconds))),
          longest: lengthOf(Math.max(...points.map(({ seconds }) => seconds))),
          median: lengthOf(median(points, ({ seconds }) => seconds) ?? 0),
        });
  return (
    <figure className="twc-chart" style={{ width, height }}>
      <figcaption id={descriptionId} className="twc-hidden">
        {summary} {props.unknownBefore?.words}
      </figcaption>
      <BoxLayer
        frame={frame}
        selected={props.selected ?? null}
        onSelect={props.onSelect}
        label={title}
        describedBy={descriptionId}
        count={points.length}
        placeOf={placeOf}
        nearest={nearest}
        onOpen={props.onOpen === undefined ? undefined : (index) => props.onOpen?.(points[index]!.id)}
        valueText={(index) => {
          const { name, timeMs, seconds, failed } = points[index]!;
          const words = [name, formatMoment(timeMs, locale, timeZone), lengthOf(seconds)];
          return [...words, ...(failed ? [text.failed] : [])].join(', ');
        }}
        tooltip={(index) => {
          const { name, timeMs, seconds, failed, note } = points[index]!;
          return (
            <>
              <div className="twc-tooltip-time">{formatMoment(timeMs, locale, timeZone)}</div>
              <div className="twc-tooltip-row">
                <PointMark failed={failed} />
                <span className="twc-tooltip-name">{name}</span>
                <span className="twc-tooltip-value">{lengthOf(seconds)}</span>
              </div>
              {note === undefined ? null : <div className="twc-tooltip-note">{note}</div>}
            </>
          );
        }}
        highlight={(index) => {
          const { x, y } = placeOf(index);
          return <circle cx={x} cy={y} r={8} fill="none" stroke="var(--twc-text)" strokeWidth={1.5} />;
        }}
      >
        <svg width={width} height={height} aria-hidden="true">
          {props.unknownBefore === undefined ? null : <Unknown frame={frame} {...props.unknownBefore} />}
          <Axes frame={frame} empty={points.length === 0} />
          {points.length === 0 ? (
            <text x={(frame.left + frame.right) / 2} y={(frame.top + frame.bottom) / 2} textAnchor="middle">
              {text.noData}
            </text>
          ) : null}
        </svg>
        <CanvasPoints frame={frame} points={points} />
      </BoxLayer>
    </figure>
  );
}

/** Narrower than this there is no room for words, pixels. */
const ROOM_FOR_WORDS = 160;

/** The time of which not everything is known: an empty place there means nothing. */
function Unknown({
  frame: { left, right, top, bottom, x },
  timeMs,
  words,
}: {
  readonly frame: PlotFrame;
  readonly timeMs: number;
  readonly words: string;
}) {
  const width = Math.min(x(timeMs), right) - left;
  if (width <= 0) return null;
  return (
    <g className="twc-unknown">
      <rect x={left} y={top} width={width} height={bottom - top}>
        <title>{words}</title>
      </rect>
      {width < ROOM_FOR_WORDS ? null : (
        <text x={left + width / 2} y={(top + bottom) / 2} textAnchor="middle">
          {words}
        </text>
      )}
    </g>
  );
}

/** The sign of a point: a dot, or a cross for what failed. */
export function PointMark({ failed }: { readonly failed: boolean }) {
  return (
    <svg className="twc-swatch" width={10} height={10} viewBox="-5 -5 10 10" aria-hidden="true">
      {failed ? (
        <path d="M-3.5,-3.5L3.5,3.5M-3.5,3.5L3.5,-3.5" stroke={FAILED} strokeWidth={2} fill="none" />
      ) : (
        <circle r={3.5} fill={DONE} />
      )}
    </svg>
  );
}

const DONE = 'var(--tw-chart-1)';
const FAILED = 'var(--tw-page-solid, #bd2530)';

function CanvasPoints({
  frame,
  points,
}: {
  readonly frame: PlotFrame;
  readonly points: readonly ScatterPoint[];
}) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const theme = useTheme();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the theme changes what the variables resolve to
  useEffect(() => {
    const context = sharpContext(canvas.current, frame.size);
    if (canvas.current === null || context === null) return;
    const style = getComputedStyle(canvas.current);
    const [done, failed] = [resolveColour(style, DONE), resolveColour(style, FAILED)];
    // The failed ones last: they must not lie under others.
    for (const point of points) if (!point.failed) drawDot(context, frame, point, done);
    for (const point of points) if (point.failed) drawCross(context, frame, point, failed);
  }, [frame, points, theme]);
  return (
    <canvas
      ref={canvas}
      style={{ width: frame.size.width, height: frame.size.height, pointerEvents: 'none' }}
    />
  );
}

type Draw = (
  context: CanvasRenderingContext2D,
  frame: PlotFrame,
  point: ScatterPoint,
  colour: string,
) => void;

const drawDot: Draw = (context, frame, { timeMs, seconds }, colour) => {
  context.globalAlpha = 0.7;
  context.fillStyle = colour;
  context.beginPath();
  context.arc(frame.x(timeMs), frame.y(seconds), 4, 0, Math.PI * 2);
  context.fill();
};

const drawCross: Draw = (context, frame, { timeMs, seconds }, colour) => {
  const [x, y] = [frame.x(timeMs), frame.y(seconds)];
  context.globalAlpha = 1;
  context.strokeStyle = colour;
  context.lineWidth = 2;
  context.beginPath();
  context.moveTo(x - 4, y - 4);
  context.lineTo(x + 4, y + 4);
  context.moveTo(x - 4, y + 4);
  context.lineTo(x + 4, y - 4);
  context.stroke();
};
