import { isDrawable } from './domain.ts';
import { formatValue } from './format.ts';
import { type ChartText, fillText } from './messages.ts';
import type { SeriesStyle } from './palette.ts';
import { nearestIndex, usualStepMs } from './statistics.ts';
import { formatMoment } from './time-format.ts';
import type { ChartPoint } from './types.ts';

/** What a series says at the crosshair. */
export interface Reading {
  readonly name: string;
  readonly style: SeriesStyle;
  readonly unit?: string | undefined;
  /** null: silent at that time. NaN and infinities stay as they are. */
  readonly value: number | null;
}

/** The value at a time, if the series reported within about a step of it. */
export function valueAt(
  points: readonly ChartPoint[],
  timeMs: number,
  stepMs = usualStepMs(points),
): number | null {
  const index = nearestIndex(points, timeMs);
  const point = points[index];
  if (point === undefined) return null;
  const reach = Math.max(stepMs * 0.75, 1);
  return Math.abs(point[0] - timeMs) <= reach ? point[1] : null;
}

/** Highest first; silent and not-a-number ones last. */
export function sortReadings(readings: readonly Reading[]): readonly Reading[] {
  const rank = (reading: Reading): number =>
    reading.value === null || Number.isNaN(reading.value) ? Number.NEGATIVE_INFINITY : reading.value;
  return [...readings].sort((a, b) => {
    const [one, other] = [rank(a), rank(b)];
    return one === other ? a.name.localeCompare(b.name) : other > one ? 1 : -1;
  });
}

export interface ReadingsProps {
  readonly timeMs: number;
  readonly readings: readonly Reading[];
  /** Marks the reading nearest to the pointer. */
  readonly valueAtPointer: number | null;
  /** Other lines: annotations and alert states at that time. */
  readonly notes: readonly string[];
  readonly unit?: string | undefined;
  readonly decimals?: number | undefined;
  readonly locale: string;
  readonly timeZone?: string | undefined;
  readonly text: ChartText;
}

const ROWS = 14;

/** The tooltip's body: the moment, then the series by value. */
export function Readings(props: ReadingsProps) {
  const { readings, locale, text, valueAtPointer } = props;
  const sorted = sortReadings(readings);
  const nearest =
    valueAtPointer === null
      ? undefined
      : sorted
          .filter((reading) => isDrawable(reading.value))
          .reduce<Reading | undefined>(
            (best, one) =>
              best === undefined ||
              Math.abs((one.value ?? 0) - valueAtPointer) < Math.abs((best.value ?? 0) - valueAtPointer)
                ? one
                : best,
            undefined,
          );
  return (
    <>
      <div className="twc-tooltip-time">{formatMoment(props.timeMs, locale, props.timeZone)}</div>
      {sorted.slice(0, ROWS).map((reading, index) => (
        <div
          // biome-ignore lint/suspicious/noArrayIndexKey: two series may have one name
          key={index}
          className="twc-tooltip-row"
          data-nearest={reading === nearest && sorted.length > 1}
        >
          <Swatch style={reading.style} />
          <span className="twc-tooltip-name">{reading.name}</span>
          <span className="twc-tooltip-value">
            {readingText(reading.value, { ...props, unit: reading.unit ?? props.unit })}
          </span>
        </div>
      ))}
      {sorted.length > ROWS ? (
        <div className="twc-tooltip-note">{fillText(text.moreSeries, { count: sorted.length - ROWS })}</div>
      ) : null}
      {props.notes.map((note) => (
        <div key={note} className="twc-tooltip-note">
          {note}
        </div>
      ))}
    </>
  );
}

/** A value for people: silent, not a number and infinite ones are words and signs. */
export function readingText(
  value: number | null,
  { unit, decimals, locale, text }: Pick<ReadingsProps, 'unit' | 'decimals' | 'locale' | 'text'>,
): string {
  if (value === null) return text.gap;
  if (Number.isNaN(value)) return text.notANumber;
  return formatValue(value, { unit, decimals, locale });
}

/** A short piece of the line itself, so that dashes are told apart too. */
export function Swatch({ style }: { readonly style: SeriesStyle }) {
  return (
    <svg className="twc-swatch" width={14} height={10} aria-hidden="true">
      <line
        x1={0}
        x2={14}
        y1={5}
        y2={5}
        strokeWidth={3}
        style={{ stroke: style.colour }}
        strokeDasharray={style.dash}
      />
    </svg>
  );
}
