import { scaleLinear } from 'd3';
import { isDrawable, valueDomain } from './domain.ts';
import { formatValue } from './format.ts';
import { type LocalisedProps, useChartSettings } from './settings.tsx';
import { stateColour, stateFill } from './state-colours.ts';
import { thresholdState } from './thresholds.ts';
import type { Threshold } from './types.ts';

interface BarGaugeItem {
  readonly name: string;
  readonly value: number | null;
  /** Words instead of the number. */
  readonly mapped?: string | undefined;
}

export interface BarGaugeProps extends LocalisedProps {
  readonly title: string;
  readonly items: readonly BarGaugeItem[];
  readonly unit?: string | undefined;
  readonly decimals?: number | undefined;
  readonly min?: number | undefined;
  readonly max?: number | undefined;
  readonly thresholds?: readonly Threshold[] | undefined;
}

/** Horizontal bars over one scale, thresholds as ticks on each; a missing value is an outline, not an empty bar. */
export function BarGauge({
  title,
  items,
  unit,
  decimals,
  min,
  max,
  thresholds = [],
  ...rest
}: BarGaugeProps) {
  const { locale, text } = useChartSettings(rest);
  const values = items.map((item) => item.value).filter(isDrawable);
  const domain = valueDomain([...values, ...thresholds.map((threshold) => threshold.value)], { min, max });
  const share = scaleLinear(domain, [0, 100]).clamp(true);
  return (
    <ul className="twc-bars" aria-label={title}>
      {items.map((item) => {
        const { value } = item;
        const state = isDrawable(value) ? thresholdState(value, thresholds) : undefined;
        const zero = share(0);
        const end = isDrawable(value) ? share(value) : zero;
        return (
          <li key={item.name} data-state={state ?? 'none'}>
            <span className="twc-bar-name" title={item.name}>
              {item.name}
            </span>
            <span
              className="twc-bar-value"
              style={state === undefined || state === 'good' ? undefined : { color: stateColour[state] }}
            >
              {item.mapped ?? (value === null ? text.noData : formatValue(value, { unit, decimals, locale }))}
            </span>
            <span
              className={value === null ? 'twc-bar-track twc-bar-missing' : 'twc-bar-track'}
              aria-hidden="true"
            >
              <span
                className="twc-bar-fill"
                style={{
                  left: `${Math.min(zero, end)}%`,
                  width: `${Math.abs(end - zero)}%`,
                  background: state === undefined ? 'var(--tw-chart-1)' : stateFill[state],
                }}
              />
              {thresholds.map((threshold) => (
                <span
                  key={`${threshold.value} ${threshold.label}`}
                  className="twc-bar-tick"
                  title={`${threshold.label} ${formatValue(threshold.value, { unit, locale })}`}
                  style={{ left: `${share(threshold.value)}%`, background: stateColour[threshold.state] }}
                />
              ))}
            </span>
          </li>
        );
      })}
    </ul>
  );
}
