import { line, scaleLinear } from 'd3';
import { isDrawable, valueDomain } from './domain.ts';
import { formatValue } from './format.ts';
import { fillText } from './messages.ts';
import { type LocalisedProps, useChartSettings } from './settings.tsx';
import { stateColour } from './state-colours.ts';
import { statisticsOf, trendOf } from './statistics.ts';
import type { ChartPoint, ChartState } from './types.ts';

export interface SparklineProps extends LocalisedProps {
  readonly points: readonly ChartPoint[];
  /** What the line shows, for the text alternative. */
  readonly title: string;
  readonly width?: number | undefined;
  readonly height?: number | undefined;
  readonly unit?: string | undefined;
  /** Colours the line as a state; without it the line is neutral. */
  readonly state?: ChartState | undefined;
}

/** A line of a word's size without axes; a row without any value shows a dotted base line. */
export function Sparkline({
  points,
  title,
  width = 96,
  height = 24,
  unit,
  state,
  ...localised
}: SparklineProps) {
  const { locale, text } = useChartSettings(localised);
  const shown = points.filter(([, value]) => isDrawable(value));
  const [first, last] = [points[0]?.[0] ?? 0, points.at(-1)?.[0] ?? 1];
  const x = scaleLinear([first, Math.max(last, first + 1)], [1.5, width - 3]);
  const y = scaleLinear(valueDomain(shown.map(([, value]) => value as number)), [height - 2, 2]);
  const path = line<ChartPoint>()
    .defined(([, value]) => isDrawable(value))
    .x(([timeMs]) => x(timeMs))
    .y(([, value]) => y(value ?? 0))(points as ChartPoint[]);
  const end = shown.at(-1);
  const statistics = statisticsOf(points, first, last);
  const label =
    statistics.last === null
      ? `${title}: ${text.noData}`
      : `${fillText(text.summarySeries, {
          name: title,
          last: formatValue(statistics.last, { unit, locale }),
          trend: text[trendOf(points)],
        })}`;
  const colour = state === undefined ? 'var(--twc-dim)' : stateColour[state];
  return (
    <svg width={width} height={height} role="img" aria-label={label} style={{ display: 'block' }}>
      {end === undefined ? (
        <line
          x1={1}
          x2={width - 1}
          y1={height - 2}
          y2={height - 2}
          stroke="var(--twc-edge)"
          strokeDasharray="1 4"
        />
      ) : (
        <>
          <path d={path ?? ''} fill="none" stroke={colour} strokeWidth={1.5} strokeLinejoin="round" />
          <circle cx={x(end[0])} cy={y(end[1] ?? 0)} r={2} fill={colour} />
        </>
      )}
    </svg>
  );
}
