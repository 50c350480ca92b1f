import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { type PageKey, usePageKeys } from '../../frame/page-keys.ts';
import { FIND_ID } from './find-bar.tsx';
import { stepThrough } from './step-through.ts';
import type { TraceNode } from './tree.ts';
import type { Found } from './use-find.ts';
import type { TraceView } from './use-trace-view.ts';

/** The part of the time around its middle, or around the open span's, that is `factor` as long. */
function zoomed({ window, chosen }: TraceView, factor: number) {
  const length = window.toNano - window.fromNano;
  const middle = chosen === null ? window.fromNano + length / 2 : chosen.startNano + chosen.durationNano / 2;
  const half = (length * factor) / 2;
  return { fromNano: middle - half, toNano: middle + half };
}

/** The keys of a trace's page; `?` lists them. */
export function useTraceKeys(view: TraceView, found: Found | null): void {
  const { t } = useTranslation();
  const keys = useMemo<readonly PageKey[]>(() => {
    const { tree, chosen, choose, setSearch, setWindow, setFolds, folds } = view;
    const hits = found?.nodes ?? tree.errors;
    const step = (nodes: readonly TraceNode[], by: 1 | -1) => (): void => {
      const next = stepThrough(nodes, chosen, by);
      if (next !== null) choose(next);
    };
    return [
      { shown: ['↑', '↓'], words: t('waterfall.keys.move') },
      { shown: ['←', '→'], words: t('waterfall.keys.fold') },
      { shown: ['/'], words: t('waterfall.keys.find'), press: focusFind },
      { shown: ['n'], words: t('waterfall.keys.next'), press: step(hits, 1) },
      { shown: ['N'], words: t('waterfall.keys.previous'), press: step(hits, -1) },
      { shown: ['e'], words: t('waterfall.keys.nextError'), press: step(tree.errors, 1) },
      { shown: ['E'], words: t('waterfall.keys.previousError'), press: step(tree.errors, -1) },
      {
        shown: ['c'],
        words: t('waterfall.keys.critical'),
        press: () => setSearch({ critical: view.criticalOnly ? undefined : '1' }),
      },
      {
        shown: ['r'],
        words: t('waterfall.keys.repeats'),
        press: () => setFolds({ ...folds, repeats: !folds.repeats }),
      },
      { shown: ['+'], words: t('waterfall.keys.zoomIn'), press: () => setWindow(zoomed(view, 0.5)) },
      { shown: ['-'], words: t('waterfall.keys.zoomOut'), press: () => setWindow(zoomed(view, 2)) },
      {
        shown: ['0'],
        words: t('waterfall.keys.zoomAll'),
        press: () => setWindow({ fromNano: 0, toNano: tree.durationNano }),
      },
      { shown: ['x'], words: t('waterfall.keys.close'), press: () => choose(null) },
    ];
  }, [view, found, t]);
  usePageKeys(keys);
}

const focusFind = (): void => document.getElementById(FIND_ID)?.focus();
