import type { AlertState } from '../../model/api/alert.ts';

/** `[epochMs, value]`; null is a gap. NaN and infinities are drawn as gaps and said so in tooltip and table. */
export type ChartPoint = readonly [epochMs: number, value: number | null];

/** One line of a chart. Times rise; `name` is what people read, `labels` choose the colour. */
export interface ChartSeries {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly points: readonly ChartPoint[];
  /** A CSS colour that overrides the palette: for series that are themselves states or bands. */
  readonly colour?: string | undefined;
  /** Grafana unit id where it is not the chart's: legend and tooltip write it. */
  readonly unit?: string | undefined;
  /** Drawn dashed: forecasts, last year, targets. */
  readonly dashed?: boolean | undefined;
}

/** Both ends inclusive, epoch milliseconds. */
export interface TimeRange {
  readonly fromMs: number;
  readonly toMs: number;
}

/** The five states that colour stands for; see the theme's `--tw-good` … `--tw-safety`. */
export type ChartState = 'good' | 'information' | 'warning' | 'page' | 'safety';

export interface Threshold {
  readonly value: number;
  readonly label: string;
  readonly state: ChartState;
}

/** A moment, or a period when `endMs` is set, that someone or something noted. */
export interface ChartAnnotation {
  readonly timeMs: number;
  readonly endMs?: number | undefined;
  readonly text: string;
  readonly kind: string;
}

/** A period in one alert state; `severity` colours a firing one (default: page). */
export interface AlertStateBand {
  readonly fromMs: number;
  readonly toMs: number;
  readonly state: AlertState;
  readonly severity?: ChartState | undefined;
  readonly label?: string | undefined;
}

/** A trace behind a value: a dot on the chart that opens it. */
export interface ChartExemplar {
  readonly timeMs: number;
  readonly value: number;
  readonly traceId: string;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

export type LegendMode = 'table' | 'list' | 'hidden';
