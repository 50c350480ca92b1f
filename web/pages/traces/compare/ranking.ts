import type { TraceMetricsSeries } from '../../../api/tempo-query-range.ts';
import { type Condition, literalFor } from '../query/condition.ts';

/** How often one value stands on the spans of each side, as shares of all spans of that side. */
export interface ValueShares {
  readonly value: string;
  readonly selected: number;
  readonly rest: number;
  readonly selectedCount: number;
  readonly restCount: number;
  /** The rest has too many values to count them all; its share is at most this. */
  readonly restAtMost: boolean;
  /** What a query asks for to find it. */
  readonly condition: Condition;
}

export interface RankedAttribute {
  readonly name: string;
  /** The greatest difference of a value's shares, 0 to 1. */
  readonly difference: number;
  /** The most different first; of equal ones, what is more frequent among the selected. */
  readonly values: readonly ValueShares[];
}

export interface Ranking {
  /** Spans of each side. */
  readonly selected: number;
  readonly rest: number;
  readonly attributes: readonly RankedAttribute[];
}

interface Counted {
  readonly values: Map<string, { readonly raw: string | number | boolean; readonly count: number }>;
  total: number;
  /** There are more values than were counted. */
  more: boolean;
}

type Side = Map<string, Counted>;

/**
 * What sets two sets of spans apart, out of the series of `compare()`: for each value of each attribute its share of the
 * selected spans and of the rest; an attribute ranks by the greatest difference among its values, in points of a
 * hundred. Spans without the attribute count as without the value. `without` are attributes that the selection itself
 * asks for: they differ by definition.
 */
export function rankDifferences(
  series: readonly TraceMetricsSeries[],
  without: ReadonlySet<string> = new Set(),
): Ranking {
  const sides = { selection: countSide(series, 'selection'), baseline: countSide(series, 'baseline') };
  const selected = spansOf(sides.selection);
  const rest = spansOf(sides.baseline);
  const names = new Set([...sides.selection.keys(), ...sides.baseline.keys()]);
  const attributes = [...names]
    .filter((name) => !without.has(name))
    .map((name): RankedAttribute => {
      const values = sharesOf(name, sides.selection.get(name), sides.baseline.get(name), selected, rest);
      return { name, values, difference: differenceOf(values[0]) };
    })
    .filter(({ difference }) => difference > 0)
    .toSorted((a, b) => b.difference - a.difference || a.name.localeCompare(b.name));
  return { selected, rest, attributes };
}

const differenceOf = (value: ValueShares | undefined): number =>
  value === undefined ? 0 : Math.abs(value.selected - value.rest);

/** The names of attributes by which `compare()` counts the fields of a selection. */
export const comparedNames = (selection: readonly Condition[]): ReadonlySet<string> =>
  new Set(
    selection.flatMap(({ field }) =>
      field.startsWith('.') ? [`span${field}`, `resource${field}`] : [field],
    ),
  );

function countSide(all: readonly TraceMetricsSeries[], side: 'selection' | 'baseline'): Side {
  const counted: Side = new Map();
  for (const { labels, samples } of all) {
    const meta = labels.find(({ key }) => key === '__meta_type')?.value;
    if (meta !== side && meta !== `${side}_total`) continue;
    const attribute = labels.find(({ key }) => !key.startsWith('__meta_'));
    if (attribute === undefined) continue;
    const one = counted.get(attribute.key) ?? { values: new Map(), total: 0, more: false };
    counted.set(attribute.key, one);
    const count = samples.reduce((sum, { value }) => sum + (value ?? 0), 0);
    if (meta === `${side}_total`) one.total += count;
    else if (labels.some(({ key }) => key === '__meta_error')) one.more = true;
    else one.values.set(String(attribute.value), { raw: attribute.value, count });
  }
  return counted;
}

/** Every span has a name, so the attribute that most spans have counts them all. */
const spansOf = (side: Side): number => Math.max(0, ...[...side.values()].map(({ total }) => total));

function sharesOf(
  name: string,
  selection: Counted | undefined,
  baseline: Counted | undefined,
  selectedSpans: number,
  restSpans: number,
): readonly ValueShares[] {
  const values = new Map([...(baseline?.values ?? []), ...(selection?.values ?? [])]);
  const share = (count: number, spans: number): number => (spans === 0 ? 0 : Math.min(1, count / spans));
  return [...values]
    .map(([value, { raw }]): ValueShares => {
      const selectedCount = countOf(selection, value);
      const restCount = countOf(baseline, value);
      return {
        value,
        selected: share(selectedCount.count, selectedSpans),
        rest: share(restCount.count, restSpans),
        selectedCount: selectedCount.count,
        restCount: restCount.count,
        restAtMost: restCount.atMost,
        condition: { field: name, operator: '=', value: literalFor(name, value, typeof raw === 'string') },
      };
    })
    .toSorted(
      (a, b) =>
        differenceOf(b) - differenceOf(a) ||
        b.selected - b.rest - (a.selected - a.rest) ||
        a.value.localeCompare(b.value),
    );
}

/** A value that is not among the most frequent ones is at most as frequent as the last of them. */
function countOf(
  side: Counted | undefined,
  value: string,
): { readonly count: number; readonly atMost: boolean } {
  const known = side?.values.get(value);
  if (side === undefined || known !== undefined || !side.more)
    return { count: known?.count ?? 0, atMost: false };
  return { count: Math.min(...[...side.values.values()].map(({ count }) => count)), atMost: true };
}
