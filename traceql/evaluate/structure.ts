import type { StructuralOperator } from '../ast.ts';
import type { Trace } from '../trace.ts';

/** Spans of one trace, by their index, rising. */
export type SpanIndexes = readonly number[];

type Relation = '>' | '>>' | '<' | '<<' | '~';

/**
 * The spans of `right` that stand to one of `left` as the operator says: `>` its children, `>>` its descendants, `<` its parents,
 * `<<` its ancestors, `~` its siblings. `!` forms: those that do not. `&` forms: both sides of every pair.
 */
export function relate(
  operator: StructuralOperator,
  trace: Trace,
  left: SpanIndexes,
  right: SpanIndexes,
): SpanIndexes {
  const relation = operator.replace(/^[!&]/, '') as Relation;
  const found = matching(relation, trace, left, right);
  if (operator.startsWith('!')) return right.filter((index) => !found.has(index));
  const forward = right.filter((index) => found.has(index));
  if (!operator.startsWith('&')) return forward;
  const back = matching(INVERSE[relation], trace, right, left);
  return union(
    left.filter((index) => back.has(index)),
    forward,
  );
}

const INVERSE = { '>': '<', '>>': '<<', '<': '>', '<<': '>>', '~': '~' } as const satisfies Record<
  Relation,
  Relation
>;

/** Both, each span once. */
export const union = (a: SpanIndexes, b: SpanIndexes): SpanIndexes =>
  [...new Set([...a, ...b])].sort((one, other) => one - other);

/** Which spans of `right` have a partner in `left`. Linear in the trace, whatever its shape. */
function matching(
  relation: Relation,
  trace: Trace,
  left: SpanIndexes,
  right: SpanIndexes,
): ReadonlySet<number> {
  const { parents } = trace;
  const from = new Set(left);
  switch (relation) {
    case '>':
      return new Set(right.filter((index) => from.has(parents[index]!)));
    case '<': {
      const wanted = new Set(left.map((index) => parents[index]!));
      return new Set(right.filter((index) => wanted.has(index)));
    }
    case '>>': {
      const under = descendants(parents, from);
      return new Set(right.filter((index) => under[index] === 1));
    }
    case '<<': {
      const above = ancestors(parents, left);
      return new Set(right.filter((index) => above.has(index)));
    }
    case '~':
      return siblings(trace, left, right);
  }
}

/** 1 where a span has an ancestor in the set. */
function descendants(parents: Int32Array, roots: ReadonlySet<number>): Uint8Array {
  const UNKNOWN = 2;
  const under = new Uint8Array(parents.length).fill(UNKNOWN);
  for (let index = 0; index < parents.length; index++) {
    const path: number[] = [];
    let at = index;
    while (at >= 0 && under[at] === UNKNOWN) {
      path.push(at);
      at = parents[at]!;
    }
    let known = at >= 0 && (under[at] === 1 || roots.has(at)) ? 1 : 0;
    for (const each of path.reverse()) {
      under[each] = known;
      if (roots.has(each)) known = 1;
    }
  }
  return under;
}

function ancestors(parents: Int32Array, of: SpanIndexes): ReadonlySet<number> {
  const above = new Set<number>();
  for (const index of of) {
    for (let at = parents[index]!; at >= 0 && !above.has(at); at = parents[at]!) above.add(at);
  }
  return above;
}

/** Spans that share a parent with another span of the left side. Roots are siblings too, as in Tempo; spans whose parent is not here are not. */
function siblings(
  { parents, nestedParent }: Trace,
  left: SpanIndexes,
  right: SpanIndexes,
): ReadonlySet<number> {
  const familyOf = (index: number): number | undefined =>
    parents[index]! >= 0 || nestedParent[index] === -1 ? parents[index] : undefined;
  const byFamily = Map.groupBy(left, familyOf);
  byFamily.delete(undefined);
  return new Set(
    right.filter((index) => {
      const there = byFamily.get(familyOf(index));
      return there !== undefined && (there.length > 1 || there[0] !== index);
    }),
  );
}
