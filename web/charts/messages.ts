/** Every word a chart or a panel says. Placeholders are `{name}`; `fillText` puts values in. */
export interface ChartText {
  readonly last: string;
  readonly min: string;
  readonly max: string;
  readonly mean: string;
  readonly series: string;
  readonly time: string;
  readonly value: string;
  readonly now: string;
  readonly noValue: string;
  readonly notANumber: string;
  readonly noData: string;
  readonly noDataWhy: string;
  readonly noSeriesShown: string;
  readonly showTable: string;
  readonly showChart: string;
  readonly zoomHint: string;
  readonly zoomBack: string;
  readonly legendHint: string;
  readonly showAll: string;
  readonly moreSeries: string;
  readonly rising: string;
  readonly falling: string;
  readonly steady: string;
  readonly summary: string;
  readonly summarySeries: string;
  readonly summaryEmpty: string;
  readonly gap: string;
  readonly forecast: string;
  readonly low: string;
  readonly middle: string;
  readonly high: string;
  readonly annotation: string;
  readonly alert: string;
  readonly alertStates: Readonly<Record<'inactive' | 'pending' | 'firing' | 'no_data' | 'error', string>>;
  readonly states: Readonly<Record<'good' | 'information' | 'warning' | 'page' | 'safety', string>>;
  readonly loading: string;
  readonly ageSeconds: string;
  readonly ageMinutes: string;
  readonly partial: string;
  readonly notApplied: string;
  readonly queryFailed: string;
  readonly queryFailedRemedy: string;
  readonly retry: string;
  readonly unknownPanel: string;
  readonly invalidDashboard: string;
  readonly panelMenu: string;
  readonly exploreQuery: string;
  readonly description: string;
  readonly collapse: string;
  readonly expand: string;
  readonly variable: string;
  readonly unsetVariable: string;
  readonly sortBy: string;
  readonly rows: string;
  readonly crosshairHint: string;
  readonly openTrace: string;
  readonly failed: string;
  readonly scatterSummary: string;
  readonly heatmapSummary: string;
  readonly heatmapCell: string;
}

export const englishChartText: ChartText = {
  last: 'last',
  min: 'min',
  max: 'max',
  mean: 'mean',
  series: 'Series',
  time: 'Time',
  value: 'Value',
  now: 'now',
  noValue: 'no value',
  notANumber: 'not a number',
  noData: 'No data',
  noDataWhy: 'Nothing was reported for this query between {from} and {to}. This is not zero.',
  noSeriesShown: 'All series are hidden.',
  showTable: 'Show as table',
  showChart: 'Show as graph',
  zoomHint: 'Drag to zoom, double-click to go back',
  zoomBack: 'Back to the wider range',
  legendHint: 'Click shows this series alone; Ctrl-click adds or removes it',
  showAll: 'Show all',
  moreSeries: 'and {count} more',
  rising: 'rising',
  falling: 'falling',
  steady: 'steady',
  summary: '{title}, {from} to {to}. {series}',
  summarySeries: '{name}: last {last}, {trend}.',
  summaryEmpty: '{title}, {from} to {to}: no data.',
  gap: 'gap',
  forecast: 'Forecast',
  low: 'low',
  middle: 'middle',
  high: 'high',
  annotation: 'Annotation',
  alert: 'Alert',
  alertStates: {
    inactive: 'inactive',
    pending: 'pending',
    firing: 'firing',
    no_data: 'no data',
    error: 'error',
  },
  states: {
    good: 'good',
    information: 'information',
    warning: 'warning',
    page: 'page',
    safety: 'safety',
  },
  loading: 'Loading',
  ageSeconds: '{count} s old',
  ageMinutes: '{count} min old',
  partial: 'Partial result',
  notApplied: 'Grafana would also apply what this page does not: {names}',
  queryFailed: 'The query failed',
  queryFailedRemedy: 'Open it in Explore to see where, or try again.',
  retry: 'Try again',
  unknownPanel:
    'This page cannot draw a panel of type “{type}”. Grafana can: the dashboard is the same file.',
  invalidDashboard: 'This dashboard cannot be read: {reason}',
  panelMenu: 'Panel menu: {title}',
  exploreQuery: 'Explore this query',
  description: 'What this shows',
  collapse: 'Collapse {title}',
  expand: 'Expand {title}',
  variable: 'Variable',
  unsetVariable: 'The variable {name} has no value; choose one.',
  sortBy: 'Sort by {column}',
  rows: '{count} rows',
  crosshairHint: 'Arrow keys move through time, Home and End jump, Escape leaves',
  openTrace: 'Open trace {id}',
  failed: 'failed',
  scatterSummary:
    '{title}, {from} to {to}: {count} points, {failed} of them failed; {shortest} to {longest}, half of them at most {median}.',
  heatmapSummary: '{title}, {from} to {to}: {count} in all; the most: {fullest}.',
  heatmapCell: 'above {above}, at most {upTo}: {count}',
};

export const chineseChartText: ChartText = {
  last: '最新',
  min: '最小',
  max: '最大',
  mean: '平均',
  series: '序列',
  time: '时间',
  value: '值',
  now: '现在',
  noValue: '无值',
  notANumber: '非数值',
  noData: '无数据',
  noDataWhy: '{from} 至 {to} 之间没有上报此查询的数据。这不等于零。',
  noSeriesShown: '所有序列均已隐藏。',
  showTable: '以表格显示',
  showChart: '以图形显示',
  zoomHint: '拖动放大，双击返回',
  zoomBack: '返回更大的时间范围',
  legendHint: '单击只看此序列；按住 Ctrl 单击可增减',
  showAll: '全部显示',
  moreSeries: '另有 {count} 条',
  rising: '上升',
  falling: '下降',
  steady: '平稳',
  summary: '{title}，{from} 至 {to}。{series}',
  summarySeries: '{name}：最新 {last}，{trend}。',
  summaryEmpty: '{title}，{from} 至 {to}：无数据。',
  gap: '缺口',
  forecast: '预测',
  low: '低',
  middle: '中',
  high: '高',
  annotation: '注记',
  alert: '告警',
  alertStates: {
    inactive: '未触发',
    pending: '待定',
    firing: '告警中',
    no_data: '无数据',
    error: '错误',
  },
  states: {
    good: '正常',
    information: '提示',
    warning: '警告',
    page: '呼叫',
    safety: '人身安全',
  },
  loading: '加载中',
  ageSeconds: '{count} 秒前的数据',
  ageMinutes: '{count} 分钟前的数据',
  partial: '结果不完整',
  notApplied: 'Grafana 还会应用本页面不支持的设置：{names}',
  queryFailed: '查询失败',
  queryFailedRemedy: '在“探索”中打开可定位问题，或重试。',
  retry: '重试',
  unknownPanel: '本页面无法绘制类型为“{type}”的面板。Grafana 可以：仪表盘是同一个文件。',
  invalidDashboard: '无法读取此仪表盘：{reason}',
  panelMenu: '面板菜单：{title}',
  exploreQuery: '探索此查询',
  description: '面板说明',
  collapse: '收起 {title}',
  expand: '展开 {title}',
  variable: '变量',
  unsetVariable: '变量 {name} 没有值，请选择。',
  sortBy: '按 {column} 排序',
  rows: '{count} 行',
  crosshairHint: '方向键沿时间移动，Home 和 End 跳到两端，Esc 离开',
  openTrace: '打开链路 {id}',
  failed: '失败',
  scatterSummary:
    '{title}，{from} 至 {to}：共 {count} 个点，其中 {failed} 个失败；{shortest} 至 {longest}，半数不超过 {median}。',
  heatmapSummary: '{title}，{from} 至 {to}：共 {count} 个；最多处：{fullest}。',
  heatmapCell: '大于 {above}、不超过 {upTo}：{count}',
};

/** The catalogue for a BCP 47 locale; English where there is none. */
export function chartTextFor(locale: string): ChartText {
  return locale.toLowerCase().startsWith('zh') ? chineseChartText : englishChartText;
}

/** Puts values into `{name}` placeholders; one without a value stays as it is. */
export function fillText(template: string, values: Readonly<Record<string, string | number>>): string {
  return template.replace(/\{(\w+)\}/g, (whole, name: string) =>
    name in values ? String(values[name]) : whole,
  );
}
