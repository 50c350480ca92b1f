import { Button, Menu, Select, Textarea } from '@mantine/core';
import { IconHistory, IconPlayerPlayFilled, IconTrash } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { metricNamesQuery } from '../../api/queries.ts';
import { Empty } from '../../parts/notice.tsx';
import classes from './explore.module.css';
import { recallQueries, rememberQuery } from './history.ts';
import { QueryResult } from './query-result.tsx';

export interface QueryBoxProps {
  /** The query that runs, as in the URL; what is being typed is not in it yet. */
  readonly query: string;
  readonly mode: 'range' | 'instant';
  readonly view: 'graph' | 'table';
  readonly onRun: (query: string) => void;
  readonly onRemove: (() => void) | undefined;
}

/** An editor for one query and its result. */
export function QueryBox({ query, mode, view, onRun, onRemove }: QueryBoxProps) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [text, setText] = useState(query);
  const [history, setHistory] = useState(recallQueries);
  useEffect(() => setText(query), [query]);
  const run = (): void => {
    const wanted = text.trim();
    if (wanted === '') return;
    setHistory(rememberQuery(wanted));
    if (wanted === query) void client.invalidateQueries({ queryKey: ['query'] });
    else onRun(wanted);
  };
  return (
    <section className={classes.box} aria-label={t('explore.query')}>
      <form
        className={classes.editor}
        onSubmit={(event) => {
          event.preventDefault();
          run();
        }}
      >
        <Textarea
          autosize
          minRows={2}
          maxRows={12}
          spellCheck={false}
          autoCapitalize="off"
          autoCorrect="off"
          aria-label={t('explore.query')}
          placeholder={t('explore.placeholder')}
          classNames={{ input: classes.input ?? '' }}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
              event.preventDefault();
              run();
            }
          }}
        />
        <div className={classes.tools}>
          <Button
            type="submit"
            leftSection={<IconPlayerPlayFilled size={12} aria-hidden />}
            disabled={text.trim() === ''}
          >
            {t('explore.run')}
          </Button>
          <MetricPicker onPick={(name) => setText((old) => (old.trim() === '' ? name : `${old}${name}`))} />
          <Menu position="bottom-start">
            <Menu.Target>
              <Button
                variant="default"
                leftSection={<IconHistory size={14} aria-hidden />}
                disabled={history.length === 0}
              >
                {t('explore.history')}
              </Button>
            </Menu.Target>
            <Menu.Dropdown className={classes.history}>
              {history.slice(0, 15).map((past) => (
                <Menu.Item key={past} onClick={() => setText(past)}>
                  <code>{past}</code>
                </Menu.Item>
              ))}
            </Menu.Dropdown>
          </Menu>
          {onRemove !== undefined && (
            <Button variant="default" leftSection={<IconTrash size={14} aria-hidden />} onClick={onRemove}>
              {t('explore.remove')}
            </Button>
          )}
          <span className={classes.hint}>{t('explore.runHint')}</span>
        </div>
      </form>
      {query === '' ? (
        <Empty title={t('explore.empty')} command="npm run demo">
          {t('explore.emptyWhy')}{' '}
          <button type="button" className={classes.example} onClick={() => onRun(EXAMPLE)}>
            <code>{EXAMPLE}</code>
          </button>
        </Empty>
      ) : (
        <QueryResult query={query} mode={mode} view={view} />
      )}
    </section>
  );
}

const EXAMPLE = 'sum by (campaign_id) (rate(order_placed_total[5m])) * 60';

function MetricPicker({ onPick }: { readonly onPick: (name: string) => void }) {
  const { t } = useTranslation();
  const names = useQuery(metricNamesQuery).data ?? [];
  return (
    <Select
      searchable
      clearable={false}
      limit={60}
      className={classes.picker}
      aria-label={t('explore.pickMetric')}
      placeholder={t('explore.pickMetric')}
      nothingFoundMessage={t('explore.noMetric')}
      data={names}
      value={null}
      onChange={(name) => {
        if (name !== null) onPick(name);
      }}
    />
  );
}
