/** What an alert's rule compares: a graph of the left side with the right one as a line says more than 0 and 1. */
export interface AlertExpression {
  /** What to draw. */
  readonly query: string;
  readonly comparison: { readonly operator: string; readonly value: number } | null;
}

const COMPARISON = /^(==|!=|>=|<=|>|<)\s*(bool\s+)?([-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)\s*$/;

/** Splits a trailing `> 0` off a query; one that does not end in such a comparison is drawn as it is. */
export function splitComparison(query: string): AlertExpression {
  const at = lastComparison(query);
  const parsed = at === null ? null : COMPARISON.exec(query.slice(at));
  if (at === null || parsed === null) return { query, comparison: null };
  return {
    query: query.slice(0, at).trim(),
    comparison: { operator: parsed[1] ?? '', value: Number(parsed[3]) },
  };
}

/**
 * Where the only comparison outside of brackets, strings and comments begins. With `and`, `or` or `unless` beside it
 * the number belongs to one side alone, so there is nothing to split.
 */
function lastComparison(query: string): number | null {
  let depth = 0;
  let found: number | null = null;
  for (let index = 0; index < query.length; index += 1) {
    const character = query.charAt(index);
    if (character === '"' || character === "'" || character === '`') {
      index = endOfString(query, index, character);
    } else if (character === '#') return null;
    else if ('([{'.includes(character)) depth += 1;
    else if (')]}'.includes(character)) depth -= 1;
    else if (
      depth === 0 &&
      /^(and|or|unless)\b/i.test(query.slice(index)) &&
      !/\w/.test(query.charAt(index - 1))
    )
      return null;
    else if (depth === 0 && /[<>=!]/.test(character)) {
      if (found !== null) return null;
      found = index;
      if (query.charAt(index + 1) === '=') index += 1;
    }
  }
  return found;
}

function endOfString(query: string, start: number, quote: string): number {
  for (let index = start + 1; index < query.length; index += 1) {
    if (query.charAt(index) === '\\' && quote !== '`') index += 1;
    else if (query.charAt(index) === quote) return index;
  }
  return query.length;
}
