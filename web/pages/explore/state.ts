import type { ExploreSearch } from './search.ts';

/** One query of the page and how its answer is shown. */
export interface ExploreQuery {
  readonly expr: string;
  /** `{{label}}` format of names; empty: by the labels that differ. */
  readonly legend: string;
  /** Grafana's unit id; empty: from the metric's metadata. */
  readonly unit: string;
  /** Kept, but neither asked nor shown. */
  readonly hidden: boolean;
}

export const EMPTY_QUERY: ExploreQuery = { expr: '', legend: '', unit: '', hidden: false };

/** As many as there are letters. */
export const MOST_QUERIES = 26;

/** `A` for the first query, as Grafana names them. */
export const letterOf = (index: number): string => String.fromCharCode(65 + index);

const listed = (value: string | readonly string[] | undefined): readonly string[] =>
  value === undefined ? [] : typeof value === 'string' ? [value] : value;

/** The queries that a URL names; one empty query where it names none. */
export function queriesOf(search: ExploreSearch): readonly ExploreQuery[] {
  const [exprs, legends, units] = [search.expr, search.legend, search.unit].map(listed);
  const hidden = new Set(search.hide?.split(','));
  const named = (exprs ?? []).slice(0, MOST_QUERIES).map((expr, index) => ({
    expr,
    legend: legends?.[index] ?? '',
    unit: units?.[index] ?? '',
    hidden: hidden.has(letterOf(index)),
  }));
  return named.length === 0 ? [EMPTY_QUERY] : named;
}

/** The part of a URL that names these queries; what has its default is left out. */
export function searchOf(
  queries: readonly ExploreQuery[],
): Pick<ExploreSearch, 'expr' | 'legend' | 'unit' | 'hide'> {
  const hidden = queries.flatMap((query, index) => (query.hidden ? [letterOf(index)] : []));
  return {
    expr: pack(
      queries.map(({ expr }) => expr),
      queries.length,
    ),
    legend: packOptional(queries.map(({ legend }) => legend)),
    unit: packOptional(queries.map(({ unit }) => unit)),
    hide: hidden.length === 0 ? undefined : hidden.join(','),
  };
}

const pack = (values: readonly string[], count: number): string | string[] | undefined =>
  count <= 1 ? values[0] || undefined : [...values];

/** Without the empty ones at the end; those in between keep their places. */
function packOptional(values: readonly string[]): string | string[] | undefined {
  const kept = values.slice(0, values.findLastIndex((value) => value !== '') + 1);
  return kept.length === 0 ? undefined : pack(kept, kept.length);
}

/** With some things about one query changed. */
export const changeQuery = (
  queries: readonly ExploreQuery[],
  index: number,
  change: Partial<ExploreQuery>,
): readonly ExploreQuery[] => queries.with(index, { ...(queries[index] ?? EMPTY_QUERY), ...change });

/** A copy behind the original, with what is being typed there. */
export const duplicateQuery = (
  queries: readonly ExploreQuery[],
  index: number,
  typed: string,
): readonly ExploreQuery[] =>
  queries.toSpliced(index + 1, 0, { ...(queries[index] ?? EMPTY_QUERY), expr: typed });
