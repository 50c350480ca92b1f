import { formatLabels, type Labels, METRIC_NAME } from '../../model/labels.ts';

/** Names by a legend format (`{{label}}`); without one, by the labels in which the series differ. */
export function seriesNames(
  all: readonly Labels[],
  legendFormat: string | undefined,
  fallback: string,
): readonly string[] {
  if (legendFormat !== undefined && legendFormat !== '' && legendFormat !== '__auto')
    return all.map((labels) =>
      legendFormat.replace(/\{\{\s*([\w.]+)\s*\}\}/g, (_, name: string) => labels[name] ?? ''),
    );
  const names = new Set(all.flatMap((labels) => Object.keys(labels)));
  const varying = [...names].filter((name) => new Set(all.map((labels) => labels[name] ?? '')).size > 1);
  return all.map((labels) => {
    if (varying.length === 0)
      return labels[METRIC_NAME] ?? (formatLabels(labels) === '{}' ? fallback : formatLabels(labels));
    return varying.map((name) => labels[name] ?? '–').join(' · ');
  });
}
