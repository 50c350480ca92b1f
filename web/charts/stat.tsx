import { formatParts } from './format.ts';
import { type LocalisedProps, useChartSettings } from './settings.tsx';
import { Sparkline } from './sparkline.tsx';
import { stateColour } from './state-colours.ts';
import { thresholdState } from './thresholds.ts';
import type { ChartPoint, ChartState, Threshold } from './types.ts';

export interface StatProps extends LocalisedProps {
  readonly title: string;
  /** null: nothing was reported, which is not zero. */
  readonly value: number | null;
  readonly unit?: string | undefined;
  readonly decimals?: number | undefined;
  readonly thresholds?: readonly Threshold[] | undefined;
  /** Wins over the thresholds. */
  readonly state?: ChartState | undefined;
  /** Words instead of the number, e.g. from a value mapping. */
  readonly mapped?: string | undefined;
  readonly points?: readonly ChartPoint[] | undefined;
  /** Under the figure: against what, since when. */
  readonly note?: string | undefined;
  /** Leaves the title out where a frame already shows it. */
  readonly bare?: boolean | undefined;
  readonly width?: number | undefined;
  readonly height?: number | undefined;
}

const stateMark = { good: '', information: 'i', warning: '!', page: '!!', safety: '▲' } satisfies Record<
  ChartState,
  string
>;

/** One figure, large, with its unit and state; the state is also a mark, as colour alone says nothing to some. */
export function Stat(props: StatProps) {
  const { locale, text } = useChartSettings(props);
  const { title, value, unit, decimals, thresholds = [], points, note } = props;
  const state = props.state ?? (value === null ? undefined : thresholdState(value, thresholds));
  const parts = value === null ? null : formatParts(value, { unit, decimals, locale });
  const size = figureSize(
    props,
    parts === null ? '' : parts.prefix + (props.mapped ?? parts.number),
    parts?.suffix ?? '',
  );
  const colour = state === undefined || state === 'good' ? 'var(--twc-text)' : stateColour[state];
  const showSpark = points !== undefined && points.length > 1 && (props.height ?? 0) >= 60;
  return (
    <div className="twc-stat" data-state={state ?? 'none'}>
      {props.bare === true ? null : <div className="twc-stat-title">{title}</div>}
      <div className="twc-stat-figure" style={{ fontSize: size, color: colour }}>
        {state !== undefined && stateMark[state] !== '' ? (
          <span className="twc-stat-mark" role="img" aria-label={text.states[state]}>
            {stateMark[state]}
          </span>
        ) : null}
        {parts === null ? (
          <span className="twc-stat-none">{text.noData}</span>
        ) : (
          <span>
            {parts.prefix}
            {props.mapped ?? parts.number}
            {props.mapped === undefined && parts.suffix !== '' ? (
              <span className="twc-stat-unit">{` ${parts.suffix}`}</span>
            ) : null}
          </span>
        )}
      </div>
      {note === undefined ? null : <div className="twc-stat-note">{note}</div>}
      {showSpark ? (
        <div className="twc-stat-spark">
          <Sparkline
            points={points}
            title={title}
            unit={unit}
            width={Math.max(40, (props.width ?? 200) - 4)}
            height={22}
            locale={locale}
          />
        </div>
      ) : null}
    </div>
  );
}

/** The largest size from 16 to 30 px at which figure, unit and mark fit the width; 0.62 em is a digit's width. */
function figureSize({ width = 200, height = 96 }: StatProps, figure: string, suffix: string): number {
  const wide = (text: string): number => [...text].reduce((sum, one) => sum + (one > '\u2e7f' ? 1 : 0.62), 0);
  const ems = wide(figure) + 0.5 * (wide(suffix) + 0.6) + 1.1;
  return Math.max(16, Math.min(30, width / ems, height / 2.6));
}
