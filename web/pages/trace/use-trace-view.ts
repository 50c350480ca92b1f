import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback, useMemo } from 'react';
import { type CriticalPath, criticalPath } from './critical-path.ts';
import { type Folds, isOpen, keyOf, type Row, reveal, rowsOf } from './rows.ts';
import type { TraceSearch } from './search.ts';
import { ancestors, type TraceNode, type TraceTree } from './tree.ts';
import { foldsOf, searchOfFolds, searchOfWindow, type TimeWindow, toggled, windowOf } from './view-state.ts';

/** How one trace is looked at, all of it out of the URL, and how to change that. */
export interface TraceView {
  readonly tree: TraceTree;
  readonly path: CriticalPath;
  readonly folds: Folds;
  readonly rows: readonly Row[];
  readonly window: TimeWindow;
  /** The row where one is: a span's or a group's. */
  readonly chosenKey: string | undefined;
  /** The span that is open. */
  readonly chosen: TraceNode | null;
  readonly find: string;
  readonly criticalOnly: boolean;
  readonly clocksAdjusted: boolean;
  /** Opens a span, and what is folded above it; null: none is open. */
  choose(node: TraceNode | null): void;
  /** Goes to a row; a span's opens the span. */
  chooseRow(row: Row): void;
  /** Opens or folds a row. */
  toggle(row: Row): void;
  setFolds(folds: Folds): void;
  setWindow(window: TimeWindow): void;
  setSearch(part: { readonly [Name in keyof TraceSearch]: TraceSearch[Name] | undefined }): void;
}

export function useTraceView(tree: TraceTree): TraceView {
  const search = useSearch({ from: '/traces/$traceId' });
  const navigate = useNavigate();
  const { open, shut, depth, fold, repeats, window: shown } = search;
  const folds = useMemo(
    () => foldsOf({ open, shut, depth, fold, repeats }),
    [open, shut, depth, fold, repeats],
  );
  const window = useMemo(() => windowOf({ window: shown }, tree.durationNano), [shown, tree]);
  const path = useMemo(() => criticalPath(tree), [tree]);
  const criticalOnly = search.critical === '1';
  const rows = useMemo(
    () => (criticalOnly ? criticalRows(tree, path, folds) : rowsOf(tree, folds)),
    [tree, path, folds, criticalOnly],
  );
  const setSearch = useCallback<TraceView['setSearch']>(
    (part) =>
      void navigate({
        to: '.',
        search: (old) => ({ ...old, ...part }) as never,
        replace: true,
        resetScroll: false,
      }),
    [navigate],
  );
  const setFolds = useCallback((next: Folds) => setSearch(searchOfFolds(next)), [setSearch]);
  const choose = useCallback(
    (node: TraceNode | null) =>
      setSearch(
        node === null ? { span: undefined } : { span: node.key, ...searchOfFolds(reveal(node, tree, folds)) },
      ),
    [setSearch, tree, folds],
  );
  const chooseRow = useCallback((row: Row) => setSearch({ span: keyOf(row) }), [setSearch]);
  const toggle = useCallback(
    (row: Row) => {
      if (row.open === null) return;
      const key = keyOf(row);
      const opened = toggled(folds.opened, key, !row.open);
      const plain = { ...folds, opened, shut: toggled(folds.shut, key, false) };
      // Only what its depth and service do not say already is named in the URL.
      const needsShut = row.open && row.kind === 'span' && isOpen(row.node, plain);
      setFolds({ ...plain, shut: toggled(folds.shut, key, needsShut) });
    },
    [folds, setFolds],
  );
  const setWindow = useCallback(
    (next: TimeWindow) => setSearch({ window: searchOfWindow(next, tree.durationNano) }),
    [setSearch, tree],
  );
  return {
    tree,
    path,
    folds,
    rows,
    window,
    chosenKey: search.span,
    chosen: search.span === undefined ? null : tree.byKey(search.span),
    find: search.find ?? '',
    criticalOnly,
    clocksAdjusted: search.skew !== '0',
    choose,
    chooseRow,
    toggle,
    setFolds,
    setWindow,
    setSearch,
  };
}

/** Only the spans of the path and those above them. */
function criticalRows(tree: TraceTree, path: CriticalPath, folds: Folds): readonly Row[] {
  const kept = new Set<TraceNode>();
  for (const node of path.nodes) {
    if (kept.has(node)) continue;
    kept.add(node);
    for (const above of ancestors(node)) {
      if (kept.has(above)) break;
      kept.add(above);
    }
  }
  return rowsOf(tree, { ...folds, repeats: false }).filter(
    (row) => row.kind === 'span' && kept.has(row.node),
  );
}
