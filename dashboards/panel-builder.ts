import * as bargauge from '@grafana/grafana-foundation-sdk/bargauge';
import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import {
  BarGaugeDisplayMode,
  BigValueColorMode,
  BigValueGraphMode,
  BigValueTextMode,
  GraphThresholdsStyleConfigBuilder,
  GraphThresholdsStyleMode,
  LegendDisplayMode,
  LegendPlacement,
  ReduceDataOptionsBuilder,
  SortOrder,
  StackingConfigBuilder,
  StackingMode,
  TooltipDisplayMode,
  VizLegendOptionsBuilder,
  VizOrientation,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import {
  DashboardLinkBuilder,
  DashboardLinkType,
  type GridPos,
  type Panel,
  type Threshold,
  ThresholdsConfigBuilder,
  ThresholdsMode,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';
import * as stat from '@grafana/grafana-foundation-sdk/stat';
import * as table from '@grafana/grafana-foundation-sdk/table';
import * as text from '@grafana/grafana-foundation-sdk/text';
import * as timeseries from '@grafana/grafana-foundation-sdk/timeseries';
import type {
  BarGaugeSpec,
  PanelSpec,
  QuerySpec,
  StatSpec,
  TableSpec,
  TextSpec,
  ThresholdSpec,
  TimeSeriesSpec,
} from './panel-spec.ts';
import { stateColours } from './panel-spec.ts';

/** How often the services export; Grafana's `$__rate_interval` becomes at least four times that. */
const EXPORT_INTERVAL = '10s';

const datasource = { type: 'prometheus', uid: '$datasource' };

type QuerySpecPanel = Exclude<PanelSpec, TextSpec>;

/** Turns a specification into a panel of Grafana at a place in the grid. */
export function panelBuilder(spec: PanelSpec, id: number, gridPos: GridPos): Builder<Panel> {
  switch (spec.kind) {
    case 'timeseries':
      return timeSeriesPanel(spec, id, gridPos);
    case 'stat':
      return statPanel(spec, id, gridPos);
    case 'bargauge':
      return barGaugePanel(spec, id, gridPos);
    case 'table':
      return tablePanel(spec, id, gridPos);
    case 'text':
      return new text.PanelBuilder()
        .id(id)
        .title(spec.title)
        .gridPos(gridPos)
        .mode(text.TextMode.Markdown)
        .content(spec.markdown);
  }
}

/** The calls that all query panels of the SDK share. */
interface QueryPanelBuilder {
  id(id: number): this;
  title(title: string): this;
  description(description: string): this;
  gridPos(gridPos: GridPos): this;
  datasource(reference: { type: string; uid: string }): this;
  interval(interval: string): this;
  unit(unit: string): this;
  decimals(decimals: number): this;
  noValue(words: string): this;
  thresholds(thresholds: ThresholdsConfigBuilder): this;
  links(links: DashboardLinkBuilder[]): this;
  withTarget(target: DataqueryBuilder): this;
  overrideByName(name: string, properties: { id: string; value: unknown }[]): this;
}

function dress<B extends QueryPanelBuilder>(
  panel: B,
  spec: QuerySpecPanel,
  id: number,
  gridPos: GridPos,
  instant: boolean,
): B {
  panel
    .id(id)
    .title(spec.title)
    .description(spec.description)
    .gridPos(gridPos)
    .datasource(datasource)
    .interval(EXPORT_INTERVAL)
    .unit(spec.unit)
    .thresholds(thresholds(spec.thresholds ?? []));
  if (spec.decimals !== undefined) panel.decimals(spec.decimals);
  if (spec.noValue !== undefined) panel.noValue(spec.noValue);
  if (spec.links !== undefined)
    panel.links(
      spec.links.map(({ title, url }) =>
        new DashboardLinkBuilder(title).type(DashboardLinkType.Link).url(url).targetBlank(false),
      ),
    );
  spec.queries.forEach((query, index) => {
    panel.withTarget(target(query, index, instant));
    if (query.dashed === true && query.legend !== undefined)
      panel.overrideByName(query.legend, [
        { id: 'custom.lineStyle', value: { fill: 'dash', dash: [6, 4] } },
        { id: 'custom.fillOpacity', value: 0 },
      ]);
  });
  return panel;
}

function target(query: QuerySpec, index: number, instant: boolean): DataqueryBuilder {
  const built = new DataqueryBuilder()
    .refId(String.fromCharCode(65 + index))
    .expr(query.expr)
    .datasource(datasource);
  if (query.legend !== undefined) built.legendFormat(query.legend);
  return instant ? built.instant().format(PromQueryFormat.Table) : built.range();
}

/** Grafana wants a base step below all others. */
function thresholds(specs: readonly ThresholdSpec[]): ThresholdsConfigBuilder {
  const base: Threshold = { value: null, color: specs.length === 0 ? 'text' : stateColours.good };
  return new ThresholdsConfigBuilder()
    .mode(ThresholdsMode.Absolute)
    .steps([base, ...specs.map(({ value, state }) => ({ value, color: stateColours[state] }))]);
}

function timeSeriesPanel(spec: TimeSeriesSpec, id: number, gridPos: GridPos): timeseries.PanelBuilder {
  const mode = spec.legend ?? 'table';
  const legend = new VizLegendOptionsBuilder()
    .placement(LegendPlacement.Bottom)
    .showLegend(mode !== 'hidden')
    .displayMode(mode === 'table' ? LegendDisplayMode.Table : LegendDisplayMode.List)
    .calcs(mode === 'table' ? ['lastNotNull', 'min', 'max', 'mean'] : []);
  const panel = dress(new timeseries.PanelBuilder(), spec, id, gridPos, false)
    .legend(legend)
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending))
    .lineWidth(1.5)
    .fillOpacity(spec.stacked === true ? 40 : 0)
    .thresholdsStyle(
      new GraphThresholdsStyleConfigBuilder().mode(
        (spec.thresholds ?? []).length > 0 ? GraphThresholdsStyleMode.Dashed : GraphThresholdsStyleMode.Off,
      ),
    );
  if (spec.stacked === true) panel.stacking(new StackingConfigBuilder().mode(StackingMode.Normal));
  if (spec.min !== undefined) panel.min(spec.min);
  if (spec.max !== undefined) panel.max(spec.max);
  return panel;
}

function statPanel(spec: StatSpec, id: number, gridPos: GridPos): stat.PanelBuilder {
  return dress(new stat.PanelBuilder(), spec, id, gridPos, false)
    .graphMode(spec.sparkline === false ? BigValueGraphMode.None : BigValueGraphMode.Area)
    .colorMode(BigValueColorMode.Value)
    .textMode(BigValueTextMode.Auto)
    .reduceOptions(new ReduceDataOptionsBuilder().calcs([spec.reduce ?? 'lastNotNull']).values(false));
}

function barGaugePanel(spec: BarGaugeSpec, id: number, gridPos: GridPos): bargauge.PanelBuilder {
  const panel = dress(new bargauge.PanelBuilder(), spec, id, gridPos, false)
    .orientation(VizOrientation.Horizontal)
    .displayMode(BarGaugeDisplayMode.Basic)
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']).values(false));
  if (spec.min !== undefined) panel.min(spec.min);
  if (spec.max !== undefined) panel.max(spec.max);
  return panel;
}

function tablePanel(spec: TableSpec, id: number, gridPos: GridPos): table.PanelBuilder {
  const panel = dress(new table.PanelBuilder(), spec, id, gridPos, true)
    .showHeader(true)
    .withTransformation({ id: 'merge', options: {} })
    .withTransformation({
      id: 'organize',
      options: {
        excludeByName: Object.fromEntries(
          ['Time', '__name__', ...(spec.hide ?? [])].map((name) => [name, true]),
        ),
        indexByName: Object.fromEntries(Object.keys(spec.rename).map((name, index) => [name, index])),
        renameByName: spec.rename,
      },
    });
  for (const [name, unit] of Object.entries(spec.units ?? {}))
    panel.overrideByName(name, [{ id: 'unit', value: unit }]);
  return panel;
}
