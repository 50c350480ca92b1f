import { useEffect, useMemo, useState } from 'react';
import { findNodes, parseFind } from './find.ts';
import type { TraceNode, TraceTree } from './tree.ts';

export interface Found {
  readonly nodes: readonly TraceNode[];
  readonly set: ReadonlySet<TraceNode>;
}

const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

/** What a search within the trace finds; null while nothing is asked for or the search goes on. */
export function useFind(tree: TraceTree, text: string): Found | null {
  const [answer, setAnswer] = useState<{
    readonly text: string;
    readonly tree: TraceTree;
    readonly found: Found;
  } | null>(null);
  const test = useMemo(() => parseFind(text), [text]);
  useEffect(() => {
    if (test === null) return;
    const stop = new AbortController();
    void findNodes(tree.nodes, test, { now: () => performance.now(), pause, abort: stop.signal }).then(
      (nodes) => {
        if (nodes !== null) setAnswer({ text, tree, found: { nodes, set: new Set(nodes) } });
      },
    );
    return () => stop.abort();
  }, [tree, test, text]);
  return test !== null && answer?.text === text && answer.tree === tree ? answer.found : null;
}
