import './charts.css';

export { AutoSize } from './auto-size.tsx';
export { BarGauge } from './bar-gauge.tsx';
export type { DurationBox } from './box-layer.tsx';
export { CrosshairProvider } from './crosshair.tsx';
export { type CellValue, DataTable, type TableColumn, type TableRow } from './data-table.tsx';
export { FanChart, type FanPoint } from './fan-chart.tsx';
export { formatValue } from './format.ts';
export { type HeatmapCell, HeatmapChart } from './heatmap-chart.tsx';
export { type ChartText, chartTextFor, englishChartText } from './messages.ts';
export { PointMark, ScatterChart, type ScatterPoint } from './scatter-chart.tsx';
export { ChartSettingsProvider } from './settings.tsx';
export { Sparkline } from './sparkline.tsx';
export { Stat } from './stat.tsx';
export { StateTimeline } from './state-timeline.tsx';

export { usualStepMs } from './statistics.ts';
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
