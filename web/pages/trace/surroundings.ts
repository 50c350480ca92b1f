import type { IncidentSummary } from '../../../model/api/incident.ts';
import type { Span } from '../../../model/api/trace.ts';
import type { TraceNode, TraceTree } from './tree.ts';

/** The campaign of the main root, else of the first span that names one. */
export function campaignOf(tree: TraceTree): string | null {
  return (
    tree.main?.span.campaignId ??
    tree.nodes.find(({ span }) => span.campaignId !== null)?.span.campaignId ??
    null
  );
}

/**
 * Where the trouble began: the deepest failed spans have no failed span below them; of those the earliest, on the main
 * root's tree before any other.
 */
export function firstCause(tree: TraceTree): TraceNode | null {
  let best: TraceNode | null = null;
  const endOfMain = tree.main?.endIndex ?? 0;
  const isMain = (node: TraceNode): boolean =>
    node.index >= (tree.main?.index ?? 0) && node.index < endOfMain;
  for (const node of tree.errors) {
    if (node.children.some(({ failed }) => failed)) continue;
    if (best === null || (isMain(node) && !isMain(best))) best = node;
    else if (isMain(node) === isMain(best) && node.startNano < best.startNano) best = node;
  }
  return best;
}

/** What a span says of itself, out of what all spans of its id say: a client and a server may share theirs. */
export const detailOf = ({ span }: TraceNode, said: readonly Span[]): Span | null =>
  said.find(({ kind }) => kind === span.kind) ?? said[0] ?? null;

/** What a failed span says of why: its status, else the exception that it recorded. */
export function reasonOf(detail: Span | null): string {
  if (detail === null) return '';
  const { statusMessage, events } = detail;
  if (statusMessage !== '') return statusMessage;
  const exception = events.find(({ name }) => name === 'exception')?.attributes;
  const said = exception?.['exception.message'] ?? exception?.['exception.type'];
  return typeof said === 'string' ? said : '';
}

/** Incidents that were open while something went on; of its campaign, or of none. Times in epoch milliseconds. */
export function incidentsDuring(
  incidents: readonly IncidentSummary[],
  fromMs: number,
  toMs: number,
  campaignId: string | null,
): readonly IncidentSummary[] {
  return incidents.filter(
    (incident) =>
      incident.openedAtMs <= toMs &&
      (incident.resolvedAtMs ?? Number.POSITIVE_INFINITY) >= fromMs &&
      (incident.campaignId === null || campaignId === null || incident.campaignId === campaignId),
  );
}
