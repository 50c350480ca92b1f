import { ActionIcon, Autocomplete, Button, TextInput } from '@mantine/core';
import {
  IconBell,
  IconBraces,
  IconCopy,
  IconEye,
  IconEyeOff,
  IconHistory,
  IconListSearch,
  IconPlayerPlayFilled,
  IconTrash,
} from '@tabler/icons-react';
import { type UseQueryResult, useQueryClient } from '@tanstack/react-query';
import { lazy, type ReactNode, type Ref, Suspense, useCallback, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { formatQuery } from '../../api/prometheus-format-query.ts';
import type { EditorHandle } from '../../parts/editor/code-editor.tsx';
import { Failure } from '../../parts/notice.tsx';
import type { EditorKnowledge } from './editor/knowledge.ts';
import { type QueryFault as FaultPlace, readFault } from './error-position.ts';
import classes from './explore.module.css';
import { isRefusal, QueryFault, QueryNotes } from './query-notes.tsx';
import { QueryStatus } from './query-status.tsx';
import type { ExploreQuery } from './state.ts';
import type { ExploreAnswer } from './use-query-answers.ts';

const Editor = lazy(async () => ({ default: (await import('./editor/editor.tsx')).Editor }));

/** What can be done to one query. */
export interface QueryActions {
  readonly onRun: (expr: string) => void;
  readonly onChange: (change: Partial<ExploreQuery>) => void;
  readonly onDuplicate: (typed: string) => void;
  readonly onRemove: (() => void) | undefined;
  readonly onHistory: () => void;
  readonly onMetrics: () => void;
  readonly onAlert: () => void;
}

export interface QueryBoxProps extends QueryActions {
  readonly letter: string;
  /** As in the URL; what is being typed is not in it yet. */
  readonly query: ExploreQuery;
  readonly answer: UseQueryResult<ExploreAnswer>;
  /** The unit that the metrics have by themselves. */
  readonly autoUnit: string | undefined;
  readonly knowledge: EditorKnowledge;
  readonly editor: Ref<EditorHandle>;
}

/** Units that people choose from; any other of Grafana's ids may be typed. */
const UNITS = [
  'short',
  's',
  'ms',
  'percentunit',
  'percent',
  'bytes',
  'binBps',
  'cps',
  'cpm',
  'currencyCNY',
  'none',
];

/** An editor for one query, how its answer is shown, and what the product said about it. */
export function QueryBox(props: QueryBoxProps) {
  const { letter, query, answer, autoUnit, knowledge, editor } = props;
  const { t } = useTranslation();
  const client = useQueryClient();
  const [text, setText] = useState(query.expr);
  const [formatFault, setFormatFault] = useState<unknown>(null);
  useEffect(() => setText(query.expr), [query.expr]);
  const check = useFaultCheck(query.expr, answer.error);
  const run = (): void => {
    const wanted = text.trim();
    if (wanted === '') return;
    setFormatFault(null);
    props.onRun(wanted);
  };
  const format = (): void => {
    client
      .fetchQuery({ queryKey: ['format', text], queryFn: () => formatQuery(text), retry: false })
      .then((formatted) => {
        setFormatFault(null);
        setText(formatted);
      })
      .catch(setFormatFault);
  };
  const data = query.hidden ? undefined : answer.data;
  return (
    <section
      className={classes.box}
      data-hidden={query.hidden}
      aria-label={t('explore.queryNamed', { letter })}
    >
      <form
        className={classes.first}
        onSubmit={(event) => {
          event.preventDefault();
          run();
        }}
      >
        <span className={classes.letter} aria-hidden>
          {letter}
        </span>
        <div className={classes.editor}>
          <Suspense fallback={<pre className={classes.waiting}>{text}</pre>}>
            <Editor
              ref={editor}
              value={text}
              onChange={setText}
              onRun={run}
              onFormat={format}
              label={t('explore.queryNamed', { letter })}
              hint={t('explore.placeholder')}
              knowledge={knowledge}
              check={check}
            />
          </Suspense>
        </div>
        <Button
          type="submit"
          leftSection={<IconPlayerPlayFilled size={12} aria-hidden />}
          disabled={text.trim() === ''}
        >
          {t('explore.run')}
        </Button>
      </form>
      <div className={classes.tools}>
        <Tool
          icon={<IconListSearch size={16} aria-hidden />}
          name={t('explore.metrics')}
          onClick={props.onMetrics}
        />
        <Tool
          icon={<IconHistory size={16} aria-hidden />}
          name={t('explore.history')}
          onClick={props.onHistory}
        />
        <Tool icon={<IconBraces size={16} aria-hidden />} name={t('explore.format')} onClick={format} />
        <Tool
          icon={<IconBell size={16} aria-hidden />}
          name={t('explore.makeAlert')}
          onClick={props.onAlert}
          disabled={query.expr === ''}
        />
        <Legend value={query.legend} onCommit={(legend) => props.onChange({ legend })} />
        <Autocomplete
          size="xs"
          className={classes.unit ?? ''}
          aria-label={t('explore.unit')}
          placeholder={
            autoUnit === undefined ? t('explore.unitNone') : t('explore.unitAuto', { unit: autoUnit })
          }
          data={UNITS}
          value={query.unit}
          filter={({ options }) => options}
          onChange={(unit) => props.onChange({ unit: unit.trim() })}
        />
        <QueryStatus query={query} answer={answer} />
        <span className={classes.manage}>
          <Icon
            name={query.hidden ? t('explore.show') : t('explore.hide')}
            icon={query.hidden ? <IconEyeOff size={16} aria-hidden /> : <IconEye size={16} aria-hidden />}
            onClick={() => props.onChange({ hidden: !query.hidden })}
          />
          <Icon
            name={t('explore.duplicate')}
            icon={<IconCopy size={16} aria-hidden />}
            onClick={() => props.onDuplicate(text)}
          />
          <Icon
            name={t('explore.remove')}
            icon={<IconTrash size={16} aria-hidden />}
            onClick={props.onRemove}
          />
        </span>
      </div>
      {formatFault !== null && !isRefusal(formatFault) && <Failure error={formatFault} />}
      {isRefusal(formatFault) && <QueryFault failure={formatFault} />}
      {!query.hidden && answer.error !== null && <AnswerFailure answer={answer} />}
      {data !== undefined && <QueryNotes answer={data} />}
    </section>
  );
}

function AnswerFailure({ answer }: Pick<QueryBoxProps, 'answer'>) {
  return isRefusal(answer.error) ? (
    <QueryFault failure={answer.error} />
  ) : (
    <Failure error={answer.error} onRetry={() => void answer.refetch()} />
  );
}

/** Asks the product what is wrong with a text; of the text that ran, what its evaluation said counts too. */
function useFaultCheck(expr: string, error: unknown): (text: string) => Promise<FaultPlace | null> {
  const client = useQueryClient();
  const ran = isRefusal(error) ? error.message : null;
  return useCallback(
    async (text) => {
      if (ran !== null && text === expr) return readFault(ran);
      try {
        await client.fetchQuery({
          queryKey: ['format', text],
          queryFn: () => formatQuery(text),
          retry: false,
          staleTime: Number.POSITIVE_INFINITY,
        });
        return null;
      } catch (refusal) {
        return isRefusal(refusal) ? readFault(refusal.message) : null;
      }
    },
    [client, expr, ran],
  );
}

interface ToolProps {
  readonly icon: ReactNode;
  readonly name: string;
  readonly onClick: (() => void) | undefined;
  readonly disabled?: boolean;
}

/** A button with a word on a wide screen, and the sign alone on a narrow one. */
function Tool({ icon, name, onClick, disabled = false }: ToolProps) {
  return (
    <Button
      variant="default"
      className={classes.tool ?? ''}
      aria-label={name}
      title={name}
      disabled={disabled}
      {...(onClick && { onClick })}
    >
      {icon}
      <span className={classes.word}>{name}</span>
    </Button>
  );
}

function Icon({ icon, name, onClick }: ToolProps) {
  return (
    <ActionIcon
      className={classes.icon ?? ''}
      aria-label={name}
      title={name}
      disabled={onClick === undefined}
      {...(onClick && { onClick })}
    >
      {icon}
    </ActionIcon>
  );
}

interface LegendProps {
  readonly value: string;
  readonly onCommit: (legend: string) => void;
}

/** The legend's format; it counts when one leaves the field or presses Enter. */
function Legend({ value, onCommit }: LegendProps) {
  const { t } = useTranslation();
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  const commit = (): void => {
    if (text.trim() !== value) onCommit(text.trim());
  };
  return (
    <TextInput
      className={classes.legend ?? ''}
      aria-label={t('explore.legend')}
      placeholder={t('explore.legendExample', { format: '{{label}}' })}
      value={text}
      onChange={(event) => setText(event.currentTarget.value)}
      onBlur={commit}
      onKeyDown={(event) => {
        if (event.key === 'Enter') commit();
      }}
    />
  );
}
