import type { TraceNode, TraceTree } from '../tree.ts';

/** Spans of both traces that are reached by the same services and names from the root. */
export interface PairedPath {
  readonly key: string;
  readonly service: string;
  readonly name: string;
  readonly depth: number;
  /** Of the trace on the page, and of the one it is compared with. */
  readonly here: readonly TraceNode[];
  readonly there: readonly TraceNode[];
  readonly state: 'both' | 'added' | 'missing';
  /** Nanoseconds of all its spans together; here less there. */
  readonly hereNano: number;
  readonly thereNano: number;
  readonly changeNano: number;
  readonly hereErrors: number;
  readonly thereErrors: number;
}

/** Siblings of one service and name, in both traces, and what is below them. */
interface Group {
  readonly key: string;
  readonly depth: number;
  readonly here: TraceNode[];
  readonly there: TraceNode[];
}

/**
 * Pairs two traces by structure: roots with roots, and below each pair the children of the same service and name. How
 * often and in which order they came does not matter: ten retries stand beside one call. Paths are in the order of `here`; what is only
 * in the other comes after its siblings.
 */
export function compareTraces(here: TraceTree, there: TraceTree): readonly PairedPath[] {
  const paths: PairedPath[] = [];
  const stack = group(here.roots, there.roots, '', 0).toReversed();
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    paths.push(pair(next));
    const below = group(
      next.here.flatMap(({ children }) => children),
      next.there.flatMap(({ children }) => children),
      next.key,
      next.depth + 1,
    );
    stack.push(...below.toReversed());
  }
  return paths;
}

/** Changes under these shares of the call, and of the longer trace, are taken for chance. */
const TELLING_SHARE_OF_CALL = 0.1;
const TELLING_SHARE_OF_TRACE = 0.01;

/** Whether a call came or failed more or less often, or took longer or shorter by more than chance; `longestNano` is of the longer trace. */
export function differs(path: PairedPath, longestNano: number): boolean {
  if (path.state !== 'both' || path.here.length !== path.there.length) return true;
  if (path.hereErrors !== path.thereErrors) return true;
  const change = Math.abs(path.changeNano);
  return (
    change >= TELLING_SHARE_OF_CALL * Math.max(path.hereNano, path.thereNano) &&
    change >= TELLING_SHARE_OF_TRACE * longestNano
  );
}

/** The calls that differ, and those that lead to them, in the same order. */
export function onlyDiffering(paths: readonly PairedPath[], longestNano: number): readonly PairedPath[] {
  const kept: PairedPath[] = [];
  // Backwards a caller comes after what it called: the next one at this depth leads to what was kept last.
  let callerDepth = -1;
  for (const path of paths.toReversed()) {
    if (path.depth !== callerDepth && !differs(path, longestNano)) continue;
    kept.push(path);
    callerDepth = path.depth - 1;
  }
  return kept.reverse();
}

/** The path that a span of one of the traces is on, by its key. */
export const pathOf = (paths: readonly PairedPath[], spanKey: string): PairedPath | null =>
  paths.find(({ here, there }) => [...here, ...there].some(({ key }) => key === spanKey)) ?? null;

function group(
  here: readonly TraceNode[],
  there: readonly TraceNode[],
  above: string,
  depth: number,
): readonly Group[] {
  const groups = new Map<string, Group>();
  const put = (node: TraceNode, side: 'here' | 'there'): void => {
    const key = `${above}/${node.span.service}\t${node.span.name}`;
    let found = groups.get(key);
    if (found === undefined) {
      found = { key, depth, here: [], there: [] };
      groups.set(key, found);
    }
    found[side].push(node);
  };
  for (const node of here) put(node, 'here');
  for (const node of there) put(node, 'there');
  return [...groups.values()];
}

function pair({ key, depth, here, there }: Group): PairedPath {
  const { service, name } = (here[0] ?? there[0]!).span;
  const total = (nodes: readonly TraceNode[]): number =>
    nodes.reduce((sum, { durationNano }) => sum + durationNano, 0);
  const errors = (nodes: readonly TraceNode[]): number =>
    nodes.filter(({ span }) => span.status === 'error').length;
  const [hereNano, thereNano] = [total(here), total(there)];
  return {
    key,
    service,
    name,
    depth,
    here,
    there,
    state: there.length === 0 ? 'added' : here.length === 0 ? 'missing' : 'both',
    hereNano,
    thereNano,
    changeNano: hereNano - thereNano,
    hereErrors: errors(here),
    thereErrors: errors(there),
  };
}
