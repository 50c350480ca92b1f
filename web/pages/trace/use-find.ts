import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { findInTraceQuery } from '../../api/queries.ts';
import { identityOf } from './identity.ts';
import type { TraceNode, TraceTree } from './tree.ts';

export interface Found {
  readonly nodes: readonly TraceNode[];
  readonly set: ReadonlySet<TraceNode>;
}

/** What a search within the trace finds, in the order of its nodes; null while nothing is asked for or the search goes on. */
export function useFind(
  traceId: string,
  tree: TraceTree,
  text: string,
): { readonly found: Found | null; readonly error: Error | null } {
  const { data: spans, error } = useQuery(findInTraceQuery(traceId, text.trim()));
  const found = useMemo(() => {
    if (spans === undefined) return null;
    const wanted = new Set(spans.map(identityOf));
    const nodes = tree.nodes.filter(({ span }) => wanted.has(identityOf(span)));
    return { nodes, set: new Set(nodes) };
  }, [spans, tree]);
  return { found, error };
}
