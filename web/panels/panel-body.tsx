import {
  type AlertStateBand,
  BarGauge,
  type ChartAnnotation,
  type ChartSeries,
  type ChartText,
  DataTable,
  type LegendMode,
  type Size,
  Stat,
  type TimeRange,
  TimeSeriesChart,
} from '../charts/index.ts';
import { stateColour } from '../charts/state-colours.ts';
import type { Panel } from './dashboard-model.ts';
import { mapValue, reducePoints, settingsFor, stateOfColour, thresholdsOf } from './field.ts';
import type { PanelSeries } from './panel-query.ts';
import { tableData } from './table-data.ts';

export interface PanelBodyProps {
  readonly panel: Panel;
  readonly title: string;
  readonly series: readonly PanelSeries[];
  readonly range: TimeRange;
  /** The distance of points that was asked for, ms. */
  readonly stepMs: number;
  readonly size: Size;
  readonly view: 'chart' | 'table';
  readonly annotations: readonly ChartAnnotation[];
  readonly alertStates: readonly AlertStateBand[];
  readonly onZoom: ((range: TimeRange) => void) | undefined;
  readonly onZoomBack: (() => void) | undefined;
  readonly locale: string;
  readonly text: ChartText;
}

/** Panel types that are drawn from queries. */
export const queryPanelTypes = ['timeseries', 'graph', 'stat', 'gauge', 'bargauge', 'table'] as const;

/** The inside of a panel that has data. */
export function PanelBody(props: PanelBodyProps) {
  switch (props.panel.type) {
    case 'stat':
    case 'gauge':
      return <StatPanel {...props} />;
    case 'bargauge':
      return <BarGaugePanel {...props} />;
    case 'table':
      return <TablePanel {...props} />;
    default:
      return <TimeSeriesPanel {...props} />;
  }
}

function legendMode(panel: Panel): LegendMode {
  const legend = panel.options.legend;
  if (legend?.showLegend === false || legend?.displayMode === 'hidden') return 'hidden';
  return legend?.displayMode === 'table' ? 'table' : 'list';
}

/** Series with their overrides. The only limit of a panel is neutral, so that it is not taken for a series. */
function dressSeries(panel: Panel, all: readonly PanelSeries[]): readonly ChartSeries[] {
  const dressed = all.map((one) => {
    const settings = settingsFor(panel, one.name, one.refId);
    const state = stateOfColour(settings.color?.fixedColor);
    const fill = settings.custom?.lineStyle?.fill;
    return {
      ...one,
      name: settings.displayName ?? one.name,
      unit: settings.unit,
      colour: state === undefined ? undefined : stateColour[state],
      dashed: fill === 'dash' || fill === 'dot',
    };
  });
  if (dressed.length < 2 || dressed.filter((one) => one.dashed).length !== 1) return dressed;
  return dressed.map((one) => (one.dashed ? { ...one, colour: one.colour ?? 'var(--twc-dim)' } : one));
}

function TimeSeriesPanel(props: PanelBodyProps) {
  const { panel, text, size } = props;
  const defaults = panel.fieldConfig.defaults;
  const lines = defaults.custom?.thresholdsStyle?.mode ?? 'off';
  const series = dressSeries(panel, props.series);
  const legend = legendMode(panel);
  return (
    <TimeSeriesChart
      title={props.title}
      series={series}
      range={props.range}
      stepMs={props.stepMs}
      width={size.width}
      height={size.height}
      unit={defaults.unit}
      decimals={defaults.decimals ?? undefined}
      min={defaults.min ?? undefined}
      max={defaults.max ?? undefined}
      thresholds={
        lines === 'off'
          ? undefined
          : thresholdsOf(defaults, text).filter(
              (threshold) => Number.isFinite(threshold.value) && threshold.state !== 'good',
            )
      }
      annotations={props.annotations}
      alertStates={props.alertStates}
      stacked={(defaults.custom?.stacking?.mode ?? 'none') !== 'none'}
      fill={(defaults.custom?.fillOpacity ?? 0) > 0}
      legend={legend === 'table' && (size.width < 300 || size.height < 170) ? 'list' : legend}
      view={props.view}
      onZoom={props.onZoom}
      onZoomBack={props.onZoomBack}
      locale={props.locale}
    />
  );
}

function StatPanel({ panel, series, size, title, locale, text }: PanelBodyProps) {
  const calculation = panel.options.reduceOptions?.calcs?.[0];
  const shown = series.slice(0, 12);
  const width = Math.max(80, size.width / Math.max(1, shown.length));
  return (
    <div className="twp-stats">
      {shown.map((one, index) => {
        const settings = settingsFor(panel, one.name, one.refId);
        const value = reducePoints(one.points, calculation);
        const mapped = mapValue(value, settings.mappings ?? []);
        return (
          <Stat
            // biome-ignore lint/suspicious/noArrayIndexKey: two series may have one name
            key={index}
            title={shown.length === 1 ? title : (settings.displayName ?? one.name)}
            bare={shown.length === 1}
            value={value}
            unit={settings.unit}
            decimals={settings.decimals ?? undefined}
            thresholds={thresholdsOf(settings, text)}
            state={mapped?.state}
            mapped={mapped?.text}
            points={panel.options.graphMode === 'none' ? undefined : one.points}
            width={width}
            height={size.height}
            locale={locale}
          />
        );
      })}
    </div>
  );
}

function BarGaugePanel({ panel, series, title, locale, text }: PanelBodyProps) {
  const calculation = panel.options.reduceOptions?.calcs?.[0];
  const defaults = panel.fieldConfig.defaults;
  return (
    <div className="twp-scroll">
      <BarGauge
        title={title}
        items={series.map((one) => {
          const value = reducePoints(one.points, calculation);
          const settings = settingsFor(panel, one.name, one.refId);
          return {
            name: settings.displayName ?? one.name,
            value,
            mapped: mapValue(value, settings.mappings ?? [])?.text,
          };
        })}
        unit={defaults.unit}
        decimals={defaults.decimals ?? undefined}
        min={defaults.min ?? undefined}
        max={defaults.max ?? undefined}
        thresholds={thresholdsOf(defaults, text)}
        locale={locale}
      />
    </div>
  );
}

function TablePanel({ panel, series, title, locale }: PanelBodyProps) {
  const { columns, rows } = tableData(panel, series);
  return <DataTable title={title} columns={columns} rows={rows} locale={locale} />;
}
