import './charts.css';

export { AutoSize, type AutoSizeProps } from './auto-size.tsx';
export { BarGauge, type BarGaugeItem, type BarGaugeProps } from './bar-gauge.tsx';
export { CrosshairProvider } from './crosshair.tsx';
export {
  type CellValue,
  DataTable,
  type DataTableProps,
  type TableColumn,
  type TableRow,
} from './data-table.tsx';
export { FanChart, type FanChartProps, type FanPoint } from './fan-chart.tsx';
export { type FormattedValue, formatParts, formatValue, type ValueFormat } from './format.ts';
export { type ChartText, chartTextFor, chineseChartText, englishChartText } from './messages.ts';
export { seriesPalette, seriesStyles } from './palette.ts';
export { type ChartSettings, ChartSettingsProvider } from './settings.tsx';
export { Sparkline, type SparklineProps } from './sparkline.tsx';
export { Stat, type StatProps } from './stat.tsx';
export { StateTimeline, type StateTimelineProps, type StateTimelineRow } from './state-timeline.tsx';
export { TimeSeriesChart, type TimeSeriesChartProps } from './time-series-chart.tsx';
export type {
  AlertStateBand,
  ChartAnnotation,
  ChartExemplar,
  ChartPoint,
  ChartSeries,
  ChartState,
  LegendMode,
  Size,
  Threshold,
  TimeRange,
} from './types.ts';
