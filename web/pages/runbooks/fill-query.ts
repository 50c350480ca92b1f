/** What the page knows of the place where a runbook is read. */
export interface RunbookContext {
  readonly campaign?: string | undefined;
  readonly venue?: string | undefined;
}

export interface FilledQuery {
  readonly query: string;
  /** Variables that the page has no value for; the query cannot run without them. */
  readonly missing: readonly (keyof RunbookContext)[];
}

/** Puts the page's campaign and venue into `$campaign` and `$venue`, escaped as PromQL strings want it. */
export function fillQuery(query: string, context: RunbookContext): FilledQuery {
  const missing = new Set<keyof RunbookContext>();
  const filled = query.replace(/\$\{?(campaign|venue)\b\}?/g, (whole, name: keyof RunbookContext) => {
    const value = context[name];
    if (value !== undefined)
      return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
    missing.add(name);
    return whole;
  });
  return { query: filled, missing: [...missing] };
}
