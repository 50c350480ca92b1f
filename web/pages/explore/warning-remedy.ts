/** What one can do about a warning, as far as it is known: a key of `explore.remedy`. */
export type Remedy = 'series' | 'truncated' | 'partial' | 'rolledUp';

const REMEDIES: readonly (readonly [RegExp, Remedy])[] = [
  [/results truncated due to limit/i, 'truncated'],
  [/series.*(limit|refused)|(limit|refused).*series/i, 'series'],
  [/not whole|partial|incomplete/i, 'partial'],
  [/rolled.?up|5.?min/i, 'rolledUp'],
];

/** The remedy for what the product warns of; null for a warning that speaks for itself. */
export const remedyOf = (warning: string): Remedy | null =>
  REMEDIES.find(([pattern]) => pattern.test(warning))?.[1] ?? null;
