/** Prometheus label sets and matchers. */

export const METRIC_NAME = '__name__';

/** Label name to value. An absent label and an empty value mean the same; empty values are never stored. */
export type Labels = Readonly<Record<string, string>>;

export type MatchOperator = '=' | '!=' | '=~' | '!~';

/** One `name op value` of a selector. Regular expressions are RE2 and anchored at both ends. */
export interface LabelMatcher {
  readonly name: string;
  readonly operator: MatchOperator;
  readonly value: string;
}

/** A text that is the same for two label sets exactly when they are equal, whatever their key order. */
export function labelsKey(labels: Labels): string {
  const names = Object.keys(labels).sort();
  let key = '';
  for (const name of names) key += `${name}\u0001${labels[name]}\u0002`;
  return key;
}

/** `{a="b", c="d"}` with names in order, as Prometheus prints label sets. `__name__` goes in front. */
export function formatLabels(labels: Labels): string {
  const name = labels[METRIC_NAME] ?? '';
  const pairs = Object.keys(labels)
    .filter((key) => key !== METRIC_NAME)
    .sort()
    .map((key) => `${key}=${JSON.stringify(labels[key])}`);
  return pairs.length === 0 && name !== '' ? name : `${name}{${pairs.join(', ')}}`;
}
