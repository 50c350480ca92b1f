import { ancestors, endNano, type TraceNode, type TraceTree } from './tree.ts';

/** As many like siblings are shown as one row. */
export const REPEATS_FROM = 5;

/** Like siblings as one row. Durations in nanoseconds. */
export interface Repeats {
  readonly nodes: readonly TraceNode[];
  readonly medianNano: number;
  readonly p95Nano: number;
  readonly mostNano: number;
  /** Of all together, overlaps counted twice. */
  readonly totalNano: number;
  readonly startNano: number;
  readonly endNano: number;
}

interface RowBase {
  readonly depth: number;
  /** Null: there is nothing below it to open. */
  readonly open: boolean | null;
}
export type Row =
  | (RowBase & { readonly kind: 'span'; readonly node: TraceNode })
  | (RowBase & { readonly kind: 'repeats'; readonly repeats: Repeats });

/** The span's key; for repeats `*` and the key of the first. Keys of 100,000 rows are not made before one is asked for. */
export const keyOf = (row: Row): string =>
  row.kind === 'span' ? row.node.key : repeatsKey(row.repeats.nodes);

/** Which parts of a trace are folded. A row of its own says so by its key; else its depth and service do. */
export interface Folds {
  readonly opened: ReadonlySet<string>;
  readonly shut: ReadonlySet<string>;
  /** Spans of this depth and deeper show nothing below them. */
  readonly depth: number | null;
  readonly services: ReadonlySet<string>;
  /** Whether like siblings are one row. */
  readonly repeats: boolean;
}

export const ALL_OPEN: Folds = {
  opened: new Set(),
  shut: new Set(),
  depth: null,
  services: new Set(),
  repeats: true,
};

/** Whether what is below a span is shown. */
export function isOpen(node: TraceNode, folds: Folds): boolean {
  if (folds.shut.size > 0 && folds.shut.has(node.key)) return false;
  if (folds.opened.size > 0 && folds.opened.has(node.key)) return true;
  return !(folds.depth !== null && node.depth >= folds.depth) && !folds.services.has(node.span.service);
}

/** The trace from top to bottom as it is folded. */
export function rowsOf(tree: TraceTree, folds: Folds): readonly Row[] {
  const rows: Row[] = [];
  type Waiting = { readonly siblings: readonly Sibling[]; next: number; readonly depth: number };
  const stack: Waiting[] = [{ siblings: siblingsOf(tree.roots, folds), next: 0, depth: 0 }];
  for (let level = stack.at(-1); level !== undefined; level = stack.at(-1)) {
    const sibling = level.siblings[level.next++];
    if (sibling === undefined) {
      stack.pop();
    } else if (Array.isArray(sibling)) {
      const open = folds.opened.has(repeatsKey(sibling));
      rows.push({ kind: 'repeats', depth: level.depth, open, repeats: summarise(sibling) });
      if (open) stack.push({ siblings: sibling, next: 0, depth: level.depth + 1 });
    } else {
      const node = sibling as TraceNode;
      const open = node.children.length === 0 ? null : isOpen(node, folds);
      rows.push({ kind: 'span', depth: level.depth, open, node });
      if (open === true)
        stack.push({ siblings: siblingsOf(node.children, folds), next: 0, depth: level.depth + 1 });
    }
  }
  return rows;
}

type Sibling = TraceNode | TraceNode[];

const repeatsKey = (nodes: readonly TraceNode[]): string => `*${nodes[0]!.key}`;

/**
 * Siblings in their order, with those that are alike in one list at the place of the first. Alike: same service,
 * name and kind. One that failed, or below which something failed, always has a row of its own.
 */
function siblingsOf(nodes: readonly TraceNode[], folds: Folds): readonly Sibling[] {
  if (!folds.repeats || nodes.length < REPEATS_FROM) return nodes;
  const alike = listsOfAlike(nodes);
  const siblings: Sibling[] = [];
  for (const [at, node] of nodes.entries()) {
    const list = alike[at];
    if (list === undefined || list.length < REPEATS_FROM) siblings.push(node);
    else if (list[0] === node) siblings.push(list);
  }
  return siblings;
}

/** For each node the list of those that are like it, itself included; undefined where it has a row of its own whatever others are. */
function listsOfAlike(nodes: readonly TraceNode[]): readonly (TraceNode[] | undefined)[] {
  const byName = new Map<string, TraceNode[][]>();
  return nodes.map((node) => {
    if (!canRepeat(node)) return undefined;
    const { service, kind, name } = node.span;
    const lists = byName.get(name) ?? [];
    if (lists.length === 0) byName.set(name, lists);
    const known = lists.find(([first]) => first!.span.service === service && first!.span.kind === kind);
    const list = known ?? [];
    if (known === undefined) lists.push(list);
    list.push(node);
    return list;
  });
}

const canRepeat = (node: TraceNode): boolean => !node.failed && node.troubles.length === 0;

function summarise(nodes: readonly TraceNode[]): Repeats {
  const durations = nodes.map(({ durationNano }) => durationNano).sort((a, b) => a - b);
  const at = (share: number): number =>
    durations[Math.min(durations.length - 1, Math.ceil(share * durations.length) - 1)]!;
  return {
    nodes,
    medianNano: at(0.5),
    p95Nano: at(0.95),
    mostNano: at(1),
    totalNano: durations.reduce((sum, one) => sum + one, 0),
    startNano: nodes.reduce((least, node) => Math.min(least, node.startNano), Number.POSITIVE_INFINITY),
    endNano: nodes.reduce((most, node) => Math.max(most, endNano(node)), 0),
  };
}

/** The folds changed so that one span has a row: everything above it is open. */
export function reveal(node: TraceNode, tree: TraceTree, folds: Folds): Folds {
  const opened = new Set(folds.opened);
  const shut = new Set(folds.shut);
  const openRow = (key: string): void => {
    shut.delete(key);
    opened.add(key);
  };
  for (const above of ancestors(node)) if (!isOpen(above, folds)) openRow(above.key);
  for (const one of [node, ...ancestors(node)]) {
    const siblings = siblingsOf(one.parent?.children ?? tree.roots, folds);
    const together = siblings.find((sibling) => Array.isArray(sibling) && sibling.includes(one));
    if (Array.isArray(together)) openRow(repeatsKey(together));
  }
  return { ...folds, opened, shut };
}
