/** A word of the language, with what it does: English, Chinese. */
export interface LanguageWord {
  readonly label: string;
  /** What is put in, where that is more than the word; the cursor goes to `$`. */
  readonly apply?: string;
  readonly docs: readonly [en: string, zh: string];
}

export const INTRINSIC_FIELDS: readonly LanguageWord[] = [
  { label: 'name', docs: ['The name of the span.', '跨度的名称。'] },
  { label: 'status', docs: ['error, ok or unset.', 'error、ok 或 unset。'] },
  { label: 'statusMessage', docs: ['What the status says.', '状态附带的说明。'] },
  { label: 'duration', docs: ['How long the span took: 250ms.', '跨度的耗时，如 250ms。'] },
  {
    label: 'kind',
    docs: [
      'server, client, producer, consumer or internal.',
      'server、client、producer、consumer 或 internal。',
    ],
  },
  { label: 'rootServiceName', docs: ['The service of the trace’s root span.', '链路根跨度所属的服务。'] },
  { label: 'rootName', docs: ['The name of the trace’s root span.', '链路根跨度的名称。'] },
  {
    label: 'traceDuration',
    docs: ['From the trace’s first start to its last end.', '从链路最早开始到最晚结束。'],
  },
  { label: 'trace:id', docs: ['The id of the trace.', '链路 id。'] },
  { label: 'span:id', docs: ['The id of the span.', '跨度 id。'] },
  { label: 'span:parentID', docs: ['The id of the span’s parent.', '父跨度的 id。'] },
  { label: 'span:childCount', docs: ['How many children the span has.', '跨度的子跨度数。'] },
  { label: 'event:name', docs: ['The name of one of the span’s events.', '跨度事件的名称。'] },
  { label: 'link:traceID', docs: ['The trace that a link leads to.', '关联指向的链路。'] },
  { label: 'instrumentation:name', docs: ['The library that made the span.', '生成跨度的插桩库。'] },
];

export const STAGES: readonly LanguageWord[] = [
  {
    label: 'count',
    apply: 'count() > $',
    docs: ['Keeps spansets with so many spans.', '按跨度数筛选跨度集。'],
  },
  { label: 'avg', apply: 'avg($)', docs: ['The mean of a field over a spanset.', '跨度集中字段的平均。'] },
  { label: 'min', apply: 'min($)', docs: ['The least of a field over a spanset.', '跨度集中字段的最小值。'] },
  {
    label: 'max',
    apply: 'max($)',
    docs: ['The greatest of a field over a spanset.', '跨度集中字段的最大值。'],
  },
  { label: 'sum', apply: 'sum($)', docs: ['The sum of a field over a spanset.', '跨度集中字段之和。'] },
  {
    label: 'by',
    apply: 'by($)',
    docs: ['Splits each spanset by the value of a field.', '按字段的值拆分跨度集。'],
  },
  {
    label: 'select',
    apply: 'select($)',
    docs: ['Shows fields beside those asked for.', '在结果中附带显示字段。'],
  },
  {
    label: 'coalesce',
    apply: 'coalesce()$',
    docs: ['Puts the spansets of a trace together again.', '把一条链路的跨度集重新合并。'],
  },
  {
    label: 'rate',
    apply: 'rate()$',
    docs: ['Matching spans a second, over time.', '匹配跨度的每秒数量随时间的变化。'],
  },
  {
    label: 'count_over_time',
    apply: 'count_over_time()$',
    docs: ['Matching spans in each step.', '每个步长内匹配的跨度数。'],
  },
  {
    label: 'quantile_over_time',
    apply: 'quantile_over_time(duration, .95)$',
    docs: ['Quantiles of a field over time.', '字段的分位数随时间的变化。'],
  },
  {
    label: 'histogram_over_time',
    apply: 'histogram_over_time(duration)$',
    docs: ['How a field is spread over time, as a heatmap.', '字段分布随时间的变化（热力图）。'],
  },
  {
    label: 'min_over_time',
    apply: 'min_over_time($)',
    docs: ['The least of a field in each step.', '每个步长内字段的最小值。'],
  },
  {
    label: 'max_over_time',
    apply: 'max_over_time($)',
    docs: ['The greatest of a field in each step.', '每个步长内字段的最大值。'],
  },
  {
    label: 'avg_over_time',
    apply: 'avg_over_time($)',
    docs: ['The mean of a field in each step.', '每个步长内字段的平均。'],
  },
  {
    label: 'sum_over_time',
    apply: 'sum_over_time($)',
    docs: ['The sum of a field in each step.', '每个步长内字段之和。'],
  },
  {
    label: 'compare',
    apply: 'compare({ $ })',
    docs: ['What sets these spans apart from the others.', '这些跨度与其余跨度有何不同。'],
  },
  { label: 'topk', apply: 'topk($)', docs: ['The series with the greatest values.', '值最大的若干序列。'] },
  {
    label: 'bottomk',
    apply: 'bottomk($)',
    docs: ['The series with the smallest values.', '值最小的若干序列。'],
  },
];

export const KEYWORD_VALUES: Readonly<Record<string, readonly string[]>> = {
  status: ['error', 'ok', 'unset'],
  kind: ['server', 'client', 'producer', 'consumer', 'internal', 'unspecified'],
};

/** `{ … }` followed by another one: how their spans stand to each other. */
export const STARTS: readonly LanguageWord[] = [
  { label: '{ }', apply: '{ $ }', docs: ['Spans that fulfil conditions.', '满足条件的跨度。'] },
  {
    label: '{ } >> { }',
    apply: '{ $ } >> { }',
    docs: ['Spans somewhere below others.', '位于其他跨度之下的跨度。'],
  },
];
