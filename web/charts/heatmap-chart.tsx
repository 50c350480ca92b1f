import { scalePow } from 'd3';
import { useId, useMemo } from 'react';
import { Axes } from './axes.tsx';
import { BoxLayer, type DurationBox, type Place } from './box-layer.tsx';
import { durationFrame } from './duration-frame.ts';
import { formatValue } from './format.ts';
import { fillText } from './messages.ts';
import { type LocalisedProps, useChartSettings } from './settings.tsx';
import { formatMinute, formatMoment } from './time-format.ts';
import type { Size, TimeRange } from './types.ts';

/** How many took between `above` (exclusive) and `upTo` seconds, in the step that begins at `timeMs`. */
export interface HeatmapCell {
  readonly timeMs: number;
  readonly above: number;
  readonly upTo: number;
  readonly count: number;
}

export interface HeatmapChartProps extends LocalisedProps, Size {
  readonly title: string;
  /** Empty ones may be left out. */
  readonly cells: readonly HeatmapCell[];
  readonly stepMs: number;
  readonly range: TimeRange;
  readonly selected?: DurationBox | null | undefined;
  readonly onSelect?: ((box: DurationBox | null) => void) | undefined;
}

/** How often what took how long, over time: the more, the fuller the colour. The root of the count, as few slow ones matter. */
export function HeatmapChart(props: HeatmapChartProps) {
  const { locale, timeZone, text } = useChartSettings(props);
  const { title, width, height, range, stepMs } = props;
  const { fromMs, toMs } = range;
  const descriptionId = useId();
  const cells = useMemo(
    () =>
      props.cells
        .filter(({ timeMs, count }) => count > 0 && timeMs + stepMs > fromMs && timeMs < toMs)
        .toSorted((a, b) => a.timeMs - b.timeMs || a.upTo - b.upTo),
    [props.cells, stepMs, fromMs, toMs],
  );
  const frame = useMemo(
    () =>
      durationFrame({
        size: { width, height },
        range: { fromMs, toMs },
        shortest: cells.reduce(
          (least, { above }) => Math.min(least, above),
          cells.length === 0 ? 0.001 : 1e9,
        ),
        longest: cells.reduce((most, { upTo }) => Math.max(most, upTo), cells.length === 0 ? 1 : 0),
        locale,
        timeZone,
      }),
    [cells, width, height, fromMs, toMs, locale, timeZone],
  );
  const most = cells.reduce((highest, { count }) => Math.max(highest, count), 1);
  const opacity = scalePow([0, most], [0.08, 1]).exponent(0.5);
  const boxes = useMemo(
    () =>
      cells.map(({ timeMs, above, upTo }) => {
        const left = Math.max(frame.left, frame.x(timeMs));
        const right = Math.min(frame.right, frame.x(timeMs + stepMs));
        const [top, bottom] = [frame.y(upTo), frame.y(Math.max(above, frame.y.domain()[0] ?? above))];
        return {
          x: left,
          y: top,
          width: Math.max(1, right - left - 1),
          height: Math.max(1, bottom - top - 1),
        };
      }),
    [cells, frame, stepMs],
  );
  const nearest = ({ x, y }: Place): number | null => {
    const index = boxes.findIndex(
      (box) => x >= box.x && x <= box.x + box.width + 1 && y >= box.y && y <= box.y + box.height + 1,
    );
    return index < 0 ? null : index;
  };
  const lengthOf = (seconds: number): string => formatValue(seconds, { unit: 's', locale });
  const said = ({ above, upTo, count }: HeatmapCell): string =>
    fillText(text.heatmapCell, { above: lengthOf(above), upTo: lengthOf(upTo), count });
  return (
    <figure className="twc-chart" style={{ width, height }}>
      <figcaption id={descriptionId} className="twc-hidden">
        {summaryOf()}
      </figcaption>
      <BoxLayer
        frame={frame}
        selected={props.selected ?? null}
        onSelect={props.onSelect}
        label={title}
        describedBy={descriptionId}
        count={cells.length}
        placeOf={(index) => ({ x: boxes[index]!.x + boxes[index]!.width / 2, y: boxes[index]!.y })}
        nearest={nearest}
        onOpen={
          props.onSelect === undefined ? undefined : (index) => props.onSelect?.(boxOf(cells[index]!, stepMs))
        }
        valueText={(index) =>
          `${formatMoment(cells[index]!.timeMs, locale, timeZone)}, ${said(cells[index]!)}`
        }
        tooltip={(index) => (
          <>
            <div className="twc-tooltip-time">{formatMoment(cells[index]!.timeMs, locale, timeZone)}</div>
            <div className="twc-tooltip-row">{said(cells[index]!)}</div>
          </>
        )}
        highlight={(index) => (
          <rect {...boxes[index]} fill="none" stroke="var(--twc-text)" strokeWidth={1.5} />
        )}
      >
        <svg width={width} height={height} aria-hidden="true">
          <Axes frame={frame} empty={cells.length === 0} />
          {cells.length === 0 ? (
            <text x={(frame.left + frame.right) / 2} y={(frame.top + frame.bottom) / 2} textAnchor="middle">
              {text.noData}
            </text>
          ) : null}
          {cells.map(({ timeMs, upTo, count }, index) => (
            <rect
              key={`${timeMs} ${upTo}`}
              {...boxes[index]}
              fill="var(--tw-chart-1)"
              fillOpacity={opacity(count).toFixed(3)}
            />
          ))}
        </svg>
      </BoxLayer>
    </figure>
  );

  function summaryOf(): string {
    const times = {
      title,
      from: formatMinute(fromMs, locale, timeZone),
      to: formatMinute(toMs, locale, timeZone),
    };
    if (cells.length === 0) return fillText(text.summaryEmpty, times);
    const fullest = cells.reduce((best, cell) => (cell.count > best.count ? cell : best));
    return fillText(text.heatmapSummary, {
      ...times,
      count: cells.reduce((sum, { count }) => sum + count, 0),
      fullest: `${formatMoment(fullest.timeMs, locale, timeZone)}, ${said(fullest)}`,
    });
  }
}

const boxOf = ({ timeMs, above, upTo }: HeatmapCell, stepMs: number): DurationBox => ({
  fromMs: timeMs,
  toMs: timeMs + stepMs,
  shortest: above,
  longest: upTo,
});
