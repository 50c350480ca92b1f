import { formatLabels, type Labels } from '../../model/labels.ts';

/** Names of labels that have one value in all of several series: they tell nothing apart. */
function sharedLabels(all: readonly Labels[]): ReadonlySet<string> {
  const first = all[0];
  if (first === undefined || all.length < 2) return new Set();
  return new Set(Object.keys(first).filter((name) => all.every((labels) => labels[name] === first[name])));
}

/**
 * Short names for series that stand side by side: the value of the label that tells them apart, or `name=value` of
 * the several that do. One series alone keeps all its labels.
 */
export function shortNames(all: readonly Labels[]): readonly string[] {
  const shared = sharedLabels(all);
  const telling = [...new Set(all.flatMap((labels) => Object.keys(labels)))].filter(
    (name) => !shared.has(name),
  );
  const [only] = telling;
  if (all.length > 1 && telling.length === 1 && only !== undefined) {
    return all.map((labels) => labels[only] ?? formatLabels({}));
  }
  return all.map((labels) => {
    const pairs = Object.entries(labels).filter(([name]) => !shared.has(name));
    return pairs.length === 0
      ? formatLabels(labels)
      : pairs.map(([name, value]) => (name === '__name__' ? value : `${name}=${value}`)).join(', ');
  });
}
