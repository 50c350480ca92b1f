import { Button, SegmentedControl } from '@mantine/core';
import { IconCopy, IconPlayerPlayFilled, IconX } from '@tabler/icons-react';
import { skipToken, useQuery, useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense, useCallback, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { queryTraceMetrics } from '../../api/tempo-query-range.ts';
import { searchTraces } from '../../api/traces.ts';
import { MarkIcon } from '../../parts/mark.tsx';
import { BuilderForm } from './builder-form.tsx';
import type { TraceKnowledge } from './editor/knowledge.ts';
import { type BuilderQuery, formatBuilder, readBuilder } from './query/builder.ts';
import { metricsFunctionOf, narrow } from './query/compose.ts';
import { isRefusal, readTraceqlFault, type TraceqlFault } from './query/fault.ts';
import classes from './query-card.module.css';
import type { TracesPageState } from './use-traces-page.ts';

const TraceqlEditor = lazy(async () => ({
  default: (await import('./editor/traceql-editor.tsx')).TraceqlEditor,
}));

export interface QueryCardProps {
  readonly state: TracesPageState;
  readonly knowledge: TraceKnowledge;
  /** Why the query that ran was refused. */
  readonly error: unknown;
}

/** The query as a form or as TraceQL; what is typed is not asked until it runs. */
export function QueryCard({ state, knowledge, error }: QueryCardProps) {
  const { t } = useTranslation();
  const { q, search, set, ask, narrowed } = state;
  // A form that is being filled in need not be a query yet, so it is kept beside its text.
  const [{ text, form }, setDraft] = useState(() => draftOf(q));
  useEffect(() => setDraft(draftOf(q)), [q]);
  const setText = (written: string): void => setDraft(draftOf(written));
  const asText = search.edit === 'text' || form === null;
  const check = useFaultCheck();
  const change = (next: BuilderQuery): void => {
    const written = formatBuilder(next);
    setDraft({ text: written === '{ }' ? '' : written, form: next });
  };
  const fault = isRefusal(error) ? readTraceqlFault(error, q, narrowed.shift) : null;
  const checked = useQuery({ queryKey: checkKey(text), queryFn: skipToken });
  // What is half written is no query yet, so nothing is said of it.
  const isQuery = text === q ? fault === null : checked.isSuccess;
  return (
    <search className={classes.card}>
      <div className={classes.head}>
        <SegmentedControl
          aria-label={t('traces.editAs')}
          value={asText ? 'text' : 'form'}
          data={[
            { value: 'form', label: t('traces.asForm'), disabled: form === null },
            { value: 'text', label: 'TraceQL' },
          ]}
          onChange={(next) => set({ edit: next === 'text' ? 'text' : undefined })}
        />
        {form === null && isQuery && <span className={classes.note}>{t('traces.noForm')}</span>}
        <span className={classes.actions}>
          {text !== '' && (
            <Button
              variant="subtle"
              leftSection={<IconX size={14} aria-hidden />}
              onClick={() => {
                setText('');
                ask('');
              }}
            >
              {t('traces.clear')}
            </Button>
          )}
          {asText && (
            <Button
              leftSection={<IconPlayerPlayFilled size={12} aria-hidden />}
              onClick={() => ask(text.trim())}
            >
              {t('trace.search')}
            </Button>
          )}
        </span>
      </div>
      {asText ? (
        <div className={classes.editor}>
          <Suspense fallback={<pre className={classes.waiting}>{text}</pre>}>
            <TraceqlEditor
              value={text}
              onChange={setText}
              onRun={() => ask(text.trim())}
              label={t('traces.queryLabel')}
              hint={t('traces.placeholder')}
              knowledge={knowledge}
              check={check}
            />
          </Suspense>
        </div>
      ) : (
        <BuilderForm query={form} knowledge={knowledge} onChange={change} onRun={() => ask(text.trim())} />
      )}
      <Asked text={asText ? null : text} narrowed={narrowed.narrowed} state={state} />
      {fault !== null && text === q && <Fault fault={fault} q={q} />}
    </search>
  );
}

const draftOf = (text: string): { readonly text: string; readonly form: BuilderQuery | null } => ({
  text,
  form: readBuilder(text),
});

interface AskedProps {
  /** What the form says, as TraceQL; null where it is in the editor already. */
  readonly text: string | null;
  readonly narrowed: boolean;
  readonly state: TracesPageState;
}

/** The query in words of the product, to learn from and to copy. */
function Asked({ text, narrowed, state }: AskedProps) {
  const { t } = useTranslation();
  const { shift } = state.narrowed;
  if (!narrowed) return <p className={classes.note}>{t('traces.notNarrowed')}</p>;
  if (text === null && shift === 0) return null;
  const prefix = state.narrowed.query.slice(0, shift);
  const query = text === null ? `${prefix}…` : prefix + (text === '' ? '{ }' : text);
  return (
    <p className={classes.asked}>
      <span className={classes.note}>{text === null ? t('traces.narrowedBy') : t('traces.askedAs')}</span>{' '}
      <code>{query}</code>
      {text !== null && (
        <button
          type="button"
          className={classes.copy}
          aria-label={t('traces.copy')}
          title={t('traces.copy')}
          onClick={() => void navigator.clipboard?.writeText(query)}
        >
          <IconCopy size={14} aria-hidden />
        </button>
      )}
    </p>
  );
}

/** What the product says is wrong, with the part of the query that it means. */
function Fault({ fault, q }: { readonly fault: TraceqlFault; readonly q: string }) {
  const { t } = useTranslation();
  const { position } = fault;
  return (
    <div className={classes.fault} role="alert">
      <MarkIcon mark="failed" />
      <p>
        <strong>{t('traces.fault')}</strong> {fault.message}
        {position !== null && (
          <code className={classes.where}>
            {q.slice(0, position.start)}
            <mark>{q.slice(position.start, position.end) || ' '}</mark>
            {q.slice(position.end)}
          </code>
        )}
      </p>
    </div>
  );
}

const checkKey = (text: string) => ['trace-check', narrow(text, undefined).query] as const;

/** Asks the product what is wrong with a text: over a second of 1970 the query is read, and finds nothing. */
function useFaultCheck(): (query: string) => Promise<TraceqlFault | null> {
  const client = useQueryClient();
  return useCallback(
    async (query) => {
      const { query: q } = narrow(query, undefined);
      try {
        await client.fetchQuery({
          queryKey: checkKey(query),
          queryFn: ({ signal }): Promise<unknown> =>
            metricsFunctionOf(q) === null
              ? searchTraces({ q, start: 1, end: 2, limit: 1, spss: 1 }, signal)
              : queryTraceMetrics(q, { fromMs: 1_000, toMs: 2_000, stepMs: 1_000 }, signal),
          staleTime: Number.POSITIVE_INFINITY,
          retry: false,
        });
        return null;
      } catch (refusal) {
        return isRefusal(refusal) ? readTraceqlFault(refusal, query, 0) : null;
      }
    },
    [client],
  );
}
