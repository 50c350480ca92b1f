import { scaleLinear } from 'd3';
import { useId } from 'react';
import { type LocalisedProps, useChartSettings } from './settings.tsx';
import { stateColour, stateFill, stateSoft } from './state-colours.ts';
import { formatMinute, timeTicks } from './time-format.ts';
import type { AlertStateBand, TimeRange } from './types.ts';

interface StateTimelineRow {
  readonly name: string;
  readonly bands: readonly AlertStateBand[];
}

export interface StateTimelineProps extends LocalisedProps {
  readonly title: string;
  readonly rows: readonly StateTimelineRow[];
  readonly range: TimeRange;
  readonly width: number;
}

const ROW = 22;

/** States over time, one row a subject; pending is outlined, no data and error are hatched. */
export function StateTimeline({ title, rows, range, width, ...localised }: StateTimelineProps) {
  const { locale, timeZone, text } = useChartSettings(localised);
  const hatch = useId();
  const left = Math.min(180, Math.max(72, width * 0.22));
  const x = scaleLinear([range.fromMs, range.toMs], [left, width - 10]).clamp(true);
  const bottom = rows.length * ROW + 4;
  const label = `${title}: ${rows
    .map((row) => {
      const last = row.bands.at(-1);
      return `${row.name} ${last === undefined ? text.noData : text.alertStates[last.state]}`;
    })
    .join(', ')}`;
  return (
    <svg className="twc-timeline" width={width} height={bottom + 20} role="img" aria-label={label}>
      <pattern id={hatch} width={5} height={5} patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
        <line x1={0} y1={0} x2={0} y2={5} stroke="var(--twc-edge)" strokeWidth={2} />
      </pattern>
      {rows.map((row, index) => (
        <g key={row.name} transform={`translate(0,${index * ROW + 4})`}>
          <text x={0} y={ROW / 2} dy="0.32em">
            {row.name}
          </text>
          <line x1={left} x2={width - 10} y1={ROW / 2} y2={ROW / 2} stroke="var(--twc-border)" />
          {row.bands
            .filter((band) => band.toMs >= range.fromMs && band.fromMs <= range.toMs)
            .map((band) => {
              const state = band.state === 'inactive' ? 'good' : (band.severity ?? 'page');
              const hatched = band.state === 'no_data' || band.state === 'error';
              const soft = band.state === 'pending' || band.state === 'inactive';
              return (
                <rect
                  key={`${band.fromMs} ${band.state}`}
                  x={x(band.fromMs)}
                  y={3}
                  width={Math.max(2, x(band.toMs) - x(band.fromMs))}
                  height={ROW - 8}
                  rx={2}
                  fill={hatched ? `url(#${hatch})` : soft ? stateSoft[state] : stateFill[state]}
                  stroke={band.state === 'pending' ? stateColour[state] : 'none'}
                >
                  <title>
                    {`${band.label ?? row.name}: ${text.alertStates[band.state]}, ${formatMinute(band.fromMs, locale, timeZone)} – ${formatMinute(band.toMs, locale, timeZone)}`}
                  </title>
                </rect>
              );
            })}
        </g>
      ))}
      {timeTicks(range.fromMs, range.toMs, Math.max(2, (width - left) / 70), locale, timeZone)
        .filter((tick) => x(tick.timeMs) > left + 14 && x(tick.timeMs) < width - 22)
        .map((tick) => (
          <text key={tick.timeMs} x={x(tick.timeMs)} y={bottom + 14} textAnchor="middle">
            {tick.label}
          </text>
        ))}
    </svg>
  );
}
