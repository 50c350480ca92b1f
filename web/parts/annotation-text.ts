/**
 * A rule's annotation is a Go template that is filled for each alert. Where there is no alert to fill it, its holes are
 * named: `{{ $labels.venue_id }} gate` reads `‹venue_id› gate`.
 */
export function readableTemplate(template: string): string {
  return template
    .replaceAll(/\{\{-?\s*\$labels\.(\w+)[^}]*\}\}/g, '‹$1›')
    .replaceAll(/\{\{-?\s*\$value[^}]*\}\}/g, '‹value›')
    .replaceAll(/\{\{[^}]*\}\}/g, '‹…›');
}

interface Annotated {
  readonly annotations: Readonly<Record<string, string>>;
  readonly instances: readonly {
    readonly annotations: Readonly<Record<string, string>>;
    readonly resolvedAtMs: number | null;
  }[];
}

/** What a rule says: in the words of its one active alert, else as a template that reads well. */
export function ruleAnnotation(rule: Annotated, name: 'summary' | 'description'): string | undefined {
  const active = rule.instances.filter(({ resolvedAtMs }) => resolvedAtMs === null);
  const filled = active.length === 1 ? active[0]?.annotations[name] : undefined;
  const template = rule.annotations[name];
  return filled ?? (template === undefined ? undefined : readableTemplate(template));
}
