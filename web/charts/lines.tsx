import { area, line } from 'd3';
import { useEffect, useRef } from 'react';
import { resolveColour, sharpContext, useTheme } from './canvas-colours.ts';
import { isDrawable } from './domain.ts';
import { lonePoints, thin } from './gaps.ts';
import type { SeriesStyle } from './palette.ts';
import type { PlotFrame } from './plot-frame.ts';
import type { ChartPoint } from './types.ts';

/** One series ready to draw; `base` is the lower edge of its area, undefined without one. */
export interface PlotLine {
  readonly key: string;
  readonly points: readonly ChartPoint[];
  readonly base: readonly ChartPoint[] | 'zero' | undefined;
  readonly style: SeriesStyle;
  readonly dimmed: boolean;
  /** Each value as a dot, and nothing between them. */
  readonly dotted?: boolean;
}

interface LinesProps {
  readonly frame: PlotFrame;
  readonly lines: readonly PlotLine[];
  /** 0 to 1 under filled lines. */
  readonly fillOpacity: number;
}

const defined = ([, value]: ChartPoint): boolean => isDrawable(value);

function linePath(frame: PlotFrame, points: readonly ChartPoint[]): string {
  const make = line<ChartPoint>()
    .defined(defined)
    .x(([timeMs]) => frame.x(timeMs))
    .y(([, value]) => frame.y(value ?? 0))
    .digits(1);
  return make(points as ChartPoint[]) ?? '';
}

function areaPath(frame: PlotFrame, one: PlotLine): string {
  if (one.base === undefined) return '';
  const ground = Math.max(frame.y.domain()[0] ?? 0, Math.min(0, frame.y.domain()[1] ?? 0));
  const floors = one.base === 'zero' ? undefined : one.base;
  const make = area<ChartPoint>()
    .defined(defined)
    .x(([timeMs]) => frame.x(timeMs))
    .y0((_, index) => frame.y(floors?.[index]?.[1] ?? ground))
    .y1(([, value]) => frame.y(value ?? 0))
    .digits(1);
  return make(one.points as ChartPoint[]) ?? '';
}

/** The values that are drawn as dots: all of them, or those with a gap on both sides, which no line would show. */
const dotsOf = (one: PlotLine, points: readonly ChartPoint[]): readonly ChartPoint[] =>
  one.dotted ? points.filter(defined) : lonePoints(points);

/** Lines as SVG paths: for few points, and for printing. */
export function SvgLines({ frame, lines, fillOpacity }: LinesProps) {
  const columns = Math.max(1, frame.right - frame.left);
  return (
    <g fill="none" strokeLinejoin="round" strokeLinecap="round">
      {lines.map((one) => {
        const points = Array.isArray(one.base)
          ? one.points
          : thin(one.points, frame.range.fromMs, frame.range.toMs, columns);
        return (
          <g key={one.key} opacity={one.dimmed ? 0.25 : 1} data-series={one.key}>
            {one.base === undefined ? null : (
              <path d={areaPath(frame, { ...one, points })} fill={one.style.colour} opacity={fillOpacity} />
            )}
            {one.dotted ? null : (
              <path
                d={linePath(frame, points)}
                stroke={one.style.colour}
                strokeWidth={1.5}
                strokeDasharray={one.style.dash}
              />
            )}
            {dotsOf(one, points).map(([timeMs, value]) => (
              <circle
                key={timeMs}
                cx={frame.x(timeMs)}
                cy={frame.y(value ?? 0)}
                r={2}
                fill={one.style.colour}
              />
            ))}
          </g>
        );
      })}
    </g>
  );
}

/** Lines on a canvas: for many points. Colours are the same CSS variables, resolved when drawn and on a theme change. */
export function CanvasLines({ frame, lines, fillOpacity }: LinesProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const theme = useTheme();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the theme changes what the variables resolve to
  useEffect(() => {
    const element = canvas.current;
    const context = sharpContext(element, frame.size);
    if (element === null || context === null) return;
    context.beginPath();
    context.rect(frame.left, 0, frame.right - frame.left, frame.bottom + 1);
    context.clip();
    context.lineJoin = 'round';
    context.lineWidth = lines.length > 40 ? 1 : 1.5;
    const style = getComputedStyle(element);
    for (const one of lines)
      drawLine(context, frame, one, fillOpacity, resolveColour(style, one.style.colour));
  }, [frame, lines, fillOpacity, theme]);
  return (
    <canvas
      ref={canvas}
      style={{ width: frame.size.width, height: frame.size.height, pointerEvents: 'none' }}
    />
  );
}

function drawLine(
  context: CanvasRenderingContext2D,
  frame: PlotFrame,
  one: PlotLine,
  fillOpacity: number,
  colour: string,
): void {
  const thinned = Array.isArray(one.base)
    ? one.points
    : thin(one.points, frame.range.fromMs, frame.range.toMs, Math.max(1, frame.right - frame.left));
  const alpha = one.dimmed ? 0.25 : 1;
  if (one.base !== undefined) {
    context.globalAlpha = alpha * fillOpacity;
    context.fillStyle = colour;
    context.fill(new Path2D(areaPath(frame, { ...one, points: thinned })));
  }
  context.globalAlpha = alpha;
  context.strokeStyle = colour;
  context.setLineDash(one.style.dash === 'none' ? [] : one.style.dash.split(' ').map(Number));
  if (!one.dotted) context.stroke(new Path2D(linePath(frame, thinned)));
  context.fillStyle = colour;
  for (const [timeMs, value] of dotsOf(one, thinned)) {
    context.beginPath();
    context.arc(frame.x(timeMs), frame.y(value ?? 0), 2, 0, Math.PI * 2);
    context.fill();
  }
}
