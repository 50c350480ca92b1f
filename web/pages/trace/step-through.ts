import type { TraceNode } from './tree.ts';

/** The node after (or before) where one is, round and round. */
export function stepThrough(
  nodes: readonly TraceNode[],
  from: TraceNode | null,
  by: 1 | -1,
): TraceNode | null {
  if (nodes.length === 0) return null;
  const at = from?.index ?? (by === 1 ? -1 : Number.POSITIVE_INFINITY);
  return by === 1
    ? (nodes.find(({ index }) => index > at) ?? nodes[0]!)
    : (nodes.findLast(({ index }) => index < at) ?? nodes.at(-1)!);
}
