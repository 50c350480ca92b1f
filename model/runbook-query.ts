/** What a runbook's queries may ask for by name. */
export interface RunbookContext {
  readonly campaign?: string | undefined;
  readonly venue?: string | undefined;
}

export interface FilledQuery {
  readonly query: string;
  /** Variables that the context has no value for; the query cannot run without them. */
  readonly missing: readonly (keyof RunbookContext)[];
}

/**
 * Puts campaign and venue into a runbook query's `$campaign` and `$venue`, escaped so that no value leaves its PromQL
 * string. What has no value stays as it is and is named in `missing`.
 */
export function fillQuery(query: string, context: RunbookContext): FilledQuery {
  const missing = new Set<keyof RunbookContext>();
  const filled = query.replace(
    /\$(?:\{(campaign|venue)\}|(campaign|venue)\b)/g,
    (whole, braced?: keyof RunbookContext, bare?: keyof RunbookContext) => {
      const name = braced ?? bare;
      const value = name === undefined ? undefined : context[name];
      if (value !== undefined) return JSON.stringify(value).slice(1, -1);
      if (name !== undefined) missing.add(name);
      return whole;
    },
  );
  return { query: filled, missing: [...missing] };
}
