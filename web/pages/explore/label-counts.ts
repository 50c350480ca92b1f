/** A label of a metric's series: its values, those in most series first. */
export interface LabelCounts {
  readonly name: string;
  readonly values: readonly { readonly value: string; readonly series: number }[];
}

/** Which labels the series of a metric have and in how many series each value is; labels with most values first. */
export function countLabels(series: readonly Readonly<Record<string, string>>[]): readonly LabelCounts[] {
  const counts = new Map<string, Map<string, number>>();
  for (const labels of series) {
    for (const [name, value] of Object.entries(labels)) {
      if (name === '__name__') continue;
      const values = counts.get(name) ?? new Map<string, number>();
      values.set(value, (values.get(value) ?? 0) + 1);
      counts.set(name, values);
    }
  }
  return [...counts]
    .map(([name, values]) => ({
      name,
      values: [...values]
        .map(([value, seen]) => ({ value, series: seen }))
        .sort((a, b) => b.series - a.series || a.value.localeCompare(b.value)),
    }))
    .sort((a, b) => b.values.length - a.values.length || a.name.localeCompare(b.name));
}

/** Chosen values by label: several of one label are alternatives. */
export type ChosenValues = ReadonlyMap<string, ReadonlySet<string>>;

export function toggleValue(chosen: ChosenValues, label: string, value: string): ChosenValues {
  const values = new Set(chosen.get(label));
  if (!values.delete(value)) values.add(value);
  const next = new Map(chosen);
  if (values.size === 0) next.delete(label);
  else next.set(label, values);
  return next;
}

/** `metric{gate_id="north", city=~"sh|bj"}`; values are quoted, and escaped in a regular expression. */
export function selectorText(metric: string, chosen: ChosenValues): string {
  const pairs = [...chosen].map(([label, values]) => {
    const [only = ''] = values;
    if (values.size === 1) return `${label}=${JSON.stringify(only)}`;
    const escaped = [...values].map((value) => value.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
    return `${label}=~${JSON.stringify(escaped.join('|'))}`;
  });
  return pairs.length === 0 ? metric : `${metric}{${pairs.join(', ')}}`;
}

/** The usual first question to a metric of this type. */
export function usualQuery(selector: string, metric: string, type: string | undefined): string {
  if (metric.endsWith('_bucket')) return `histogram_quantile(0.95, sum by (le) (rate(${selector}[5m])))`;
  if (type === 'histogram') return `histogram_quantile(0.95, sum(rate(${selector}[5m])))`;
  if (type === 'counter' || /_(total|sum|count)$/.test(metric)) return `sum(rate(${selector}[5m]))`;
  return selector;
}
