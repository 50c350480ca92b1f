import { type UseQueryResult, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { type RefCallback, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { MetricMetadata } from '../../api/prometheus-metadata.ts';
import { metadataQuery } from '../../api/queries.ts';
import { answerSeries } from '../../api/run-panel-query.ts';
import { usePageKeys } from '../../frame/page-keys.ts';
import { useClock } from '../../live/clock.tsx';
import type { EditorHandle } from '../../parts/editor/code-editor.tsx';
import type { EditorKnowledge } from './editor/knowledge.ts';
import { type Answered, unitOf } from './graphs.ts';
import { loadHistory, type PastQuery, saveHistory, withDuration, withRun } from './history.ts';
import type { QueryActions } from './query-box.tsx';
import type { ExploreSearch } from './search.ts';
import {
  changeQuery,
  duplicateQuery,
  EMPTY_QUERY,
  type ExploreQuery,
  letterOf,
  MOST_QUERIES,
  queriesOf,
  searchOf,
} from './state.ts';
import { useEditorKnowledge } from './use-editor-knowledge.ts';
import { useExemplars } from './use-exemplars.ts';
import { type ExploreAnswer, useQueryAnswers } from './use-query-answers.ts';

export interface Overlay {
  readonly kind: 'history' | 'metrics' | 'alert';
  /** The query that asked for it. */
  readonly index: number;
}

/** The state of the page and what one can do to it. The URL holds all that a colleague must see too. */
export interface Explore {
  readonly queries: readonly ExploreQuery[];
  /** Stay with a query while others come and go. */
  readonly ids: readonly number[];
  readonly answers: readonly UseQueryResult<ExploreAnswer>[];
  readonly answered: readonly Answered[];
  readonly metadata: ReadonlyMap<string, readonly MetricMetadata[]>;
  readonly autoUnits: readonly (string | undefined)[];
  readonly knowledge: EditorKnowledge;
  readonly mode: 'range' | 'instant';
  readonly view: 'graph' | 'table';
  readonly draw: 'lines' | 'stacked' | 'points';
  readonly step: string;
  readonly exemplars: boolean;
  readonly explain: boolean;
  /** Some of what is shown is from before. */
  readonly old: boolean;
  readonly past: readonly PastQuery[];
  readonly overlay: Overlay | null;
  set(part: Partial<Record<keyof ExploreSearch, string | string[] | undefined>>): void;
  setPast(past: readonly PastQuery[]): void;
  open(overlay: Overlay | null): void;
  add(expr: string): void;
  insert(index: number, text: string): void;
  actionsOf(index: number): QueryActions;
  editorRef(index: number): RefCallback<EditorHandle>;
  /** Of the first series of a query; null where there is none. */
  lastValue(index: number): number | null;
}

const NO_METADATA: ReadonlyMap<string, readonly MetricMetadata[]> = new Map();

export function useExplore(): Explore {
  const search = useSearch({ from: '/explore' });
  const { mode = 'range', view = 'graph', draw = 'lines', step = '' } = search;
  const queries = useMemo(() => queriesOf(search), [search]);
  const explain = search.explain === '1';
  const exemplars = search.exemplars !== 'off';
  const answers = useQueryAnswers(queries, { mode, step, explain });
  const traces = useExemplars(queries, exemplars && mode === 'range');
  const metadata = useQuery(metadataQuery).data ?? NO_METADATA;
  const knowledge = useEditorKnowledge();
  const [past, setPast] = usePast(queries, answers);
  const [overlay, open] = useState<Overlay | null>(null);
  const changes = useQueryChanges(queries, setPast, open);
  useExploreKeys(changes, open, view);
  const set = useSetSearch();
  const answered = queries.flatMap((query, index): Answered[] => {
    const data = answers[index]?.data;
    if (query.hidden || query.expr === '' || data === undefined) return [];
    return [{ letter: letterOf(index), query, data: data.data, exemplars: traces[index] ?? [] }];
  });
  return {
    ...{ queries, answers, answered: useSameParts(answered), metadata, knowledge, mode, view, draw, step },
    ...{ exemplars, explain, past, setPast, overlay, open, set },
    ...changes,
    autoUnits: queries.map((query) => unitOf({ ...query, unit: '' }, metadata)),
    old: answers.some(
      (answer, index) =>
        !queries[index]?.hidden &&
        answer.data !== undefined &&
        (answer.isPlaceholderData || answer.error !== null),
    ),
    lastValue: (index) => {
      const data = answers[index]?.data?.data;
      return data === undefined ? null : (answerSeries(data)[0]?.points.at(-1)?.[1] ?? null);
    },
  };
}

/** The list of before while its parts are the same, so that graphs are not made anew on every keystroke. */
function useSameParts(answered: readonly Answered[]): readonly Answered[] {
  const kept = useRef(answered);
  const same =
    kept.current.length === answered.length &&
    kept.current.every((one, index) => {
      const other = answered[index];
      return one.data === other?.data && one.query === other.query && one.exemplars === other.exemplars;
    });
  if (!same) kept.current = answered;
  return kept.current;
}

function useSetSearch(): Explore['set'] {
  const navigate = useNavigate();
  return useCallback(
    (part) =>
      void navigate({
        to: '.',
        search: (old: Record<string, unknown>) => ({ ...old, ...part }),
        resetScroll: false,
      } as never),
    [navigate],
  );
}

/** The history, with how long each answer took once it is there. */
function usePast(
  queries: readonly ExploreQuery[],
  answers: readonly UseQueryResult<ExploreAnswer>[],
): [readonly PastQuery[], (past: readonly PastQuery[]) => void] {
  const [past, setPast] = useState(loadHistory);
  const change = useCallback((next: readonly PastQuery[]) => {
    setPast(next);
    saveHistory(next);
  }, []);
  useEffect(() => {
    for (const [index, { expr }] of queries.entries()) {
      const data = answers[index]?.data;
      const known = past.find((one) => one.expr === expr);
      if (data?.expr === expr && known?.tookMs === null) {
        change(withDuration(past, expr, data.tookMs));
        return;
      }
    }
  }, [queries, answers, past, change]);
  return [past, change];
}

type Changes = Pick<Explore, 'ids' | 'add' | 'insert' | 'actionsOf' | 'editorRef'> & {
  readonly focus: (index: number) => void;
};

/** What one can do to the list of queries. */
function useQueryChanges(
  queries: readonly ExploreQuery[],
  setPast: (past: readonly PastQuery[]) => void,
  open: (overlay: Overlay) => void,
): Changes {
  const client = useQueryClient();
  const now = useClock();
  const set = useSetSearch();
  const editors = useRef(new Map<number, EditorHandle>());
  const [ids, setIds] = useState<readonly number[]>(() => queries.map((_, index) => index));
  const nextId = useRef(queries.length);
  // A link, or a step back, may bring another number of queries.
  const whole = queries.map((_, index) => ids[index] ?? 1_000_000 + index);
  const put = (next: readonly ExploreQuery[]): void => set(searchOf(next));
  const remember = (expr: string): void => setPast(withRun(loadHistory(), expr, now()));
  const insertId = (at: number): void => {
    const id = nextId.current;
    nextId.current += 1;
    setIds(whole.toSpliced(at, 0, id));
  };
  return {
    ids: whole,
    add(expr) {
      if (queries.length >= MOST_QUERIES) return;
      insertId(queries.length);
      if (expr !== '') remember(expr);
      put([...queries, { ...EMPTY_QUERY, expr }]);
    },
    insert: (index, text) => editors.current.get(index)?.insert(text),
    focus: (index) => editors.current.get(index)?.focus(),
    editorRef: (index) => (handle) => {
      if (handle === null) editors.current.delete(index);
      else editors.current.set(index, handle);
    },
    actionsOf: (index) => ({
      onRun(expr) {
        remember(expr);
        if (expr === queries[index]?.expr && !queries[index].hidden)
          void client.invalidateQueries({ queryKey: ['query'] });
        else put(changeQuery(queries, index, { expr, hidden: false }));
      },
      onChange: (change) => put(changeQuery(queries, index, change)),
      onDuplicate(typed) {
        if (queries.length >= MOST_QUERIES) return;
        insertId(index + 1);
        put(duplicateQuery(queries, index, typed.trim()));
      },
      onRemove:
        queries.length > 1
          ? () => {
              setIds(whole.toSpliced(index, 1));
              put(queries.toSpliced(index, 1));
            }
          : undefined,
      onHistory: () => open({ kind: 'history', index }),
      onMetrics: () => open({ kind: 'metrics', index }),
      onAlert: () => open({ kind: 'alert', index }),
    }),
  };
}

/** The page's own keys; those of the editor are only told of. */
function useExploreKeys(
  { add, focus }: Pick<Changes, 'add' | 'focus'>,
  open: (overlay: Overlay) => void,
  view: Explore['view'],
): void {
  const { t } = useTranslation();
  const set = useSetSearch();
  const latest = useRef({ add, focus, view });
  latest.current = { add, focus, view };
  const keys = useMemo(
    () => [
      { shown: ['e'], words: t('explore.key.edit'), press: () => latest.current.focus(0) },
      { shown: ['a'], words: t('explore.addQuery'), press: () => latest.current.add('') },
      { shown: ['h'], words: t('explore.history'), press: () => open({ kind: 'history', index: 0 }) },
      { shown: ['m'], words: t('explore.metrics'), press: () => open({ kind: 'metrics', index: 0 }) },
      {
        shown: ['t'],
        words: t('explore.key.table'),
        press: () => set({ view: latest.current.view === 'table' ? undefined : 'table' }),
      },
      { shown: ['↵'], words: t('explore.key.run') },
      { shown: ['Shift', '↵'], words: t('explore.key.newLine') },
      { shown: ['Ctrl', 'Space'], words: t('explore.key.complete') },
      { shown: ['Shift', 'Alt', 'F'], words: t('explore.format') },
    ],
    [t, open, set],
  );
  usePageKeys(keys);
}
