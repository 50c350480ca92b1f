import { type ScaleContinuousNumeric, type ScaleLinear, scaleLinear } from 'd3';
import { axisValues, type DomainOptions, valueDomain } from './domain.ts';
import { type ValueAxis, valueAxis } from './format.ts';
import { type TimeTick, timeTicks } from './time-format.ts';
import type { ChartSeries, Size, Threshold, TimeRange } from './types.ts';

/** Scales and ticks of a plot over time; pixels count from the plot's own top left corner, margins included. */
export interface PlotFrame {
  readonly size: Size;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  readonly range: TimeRange;
  readonly x: ScaleLinear<number, number>;
  /** Linear, but for durations, which spread over decades. */
  readonly y: ScaleContinuousNumeric<number, number>;
  readonly valueAxis: ValueAxis;
  readonly timeTicks: readonly TimeTick[];
}

export interface PlotFrameInput {
  readonly size: Size;
  readonly range: TimeRange;
  /** Visible series, already stacked where they are stacked: their values make the axis. */
  readonly series: readonly ChartSeries[];
  readonly thresholds: readonly Threshold[];
  readonly unit?: string | undefined;
  readonly domain?: DomainOptions | undefined;
  readonly locale: string;
  readonly timeZone?: string | undefined;
  /** Room at the right for direct labels, px. */
  readonly labelRoom?: number | undefined;
  /** Room under the time axis for the alert strip, px. */
  readonly stripRoom?: number | undefined;
}

const DIGIT_WIDTH = 6.4;

/** The left gutter for labels: multiples of 8 px from 40 on, so that it seldom changes on refresh. */
export function gutter(axis: ValueAxis): number {
  const longest = axis.ticks.reduce((most, tick) => Math.max(most, tick.label.length), 0);
  return Math.max(40, Math.ceil((longest * DIGIT_WIDTH + 12) / 8) * 8);
}

/** Lays a plot out: a pure function of data, size and locale. */
export function plotFrame(input: PlotFrameInput): PlotFrame {
  const { size, range, locale, timeZone } = input;
  const top = 20;
  const bottom = Math.max(top + 10, size.height - 20 - (input.stripRoom ?? 0));
  const count = Math.max(2, Math.min(6, Math.round((bottom - top) / 40)));
  const domain = valueDomain(axisValues(input.series, range.fromMs, range.toMs, input.thresholds), {
    ...input.domain,
    ticks: count,
  });
  const axis = valueAxis(domain, count, { unit: input.unit, locale });
  const left = gutter(axis);
  const right = Math.max(left + 20, size.width - (input.labelRoom ?? 0) - 10);
  const toMs = Math.max(range.toMs, range.fromMs + 1);
  return {
    size,
    left,
    right,
    top,
    bottom,
    range: { fromMs: range.fromMs, toMs },
    x: scaleLinear([range.fromMs, toMs], [left, right]),
    y: scaleLinear(domain, [bottom, top]),
    valueAxis: axis,
    timeTicks: timeTicks(range.fromMs, toMs, Math.max(2, (right - left) / 54), locale, timeZone),
  };
}
