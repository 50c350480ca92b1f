import { Button, Drawer, TextInput } from '@mantine/core';
import { IconArrowLeft, IconSearch } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { metadataQuery, metricNamesQuery } from '../../api/queries.ts';
import { Answer, RowsSkeleton } from '../../parts/answer.tsx';
import { Empty } from '../../parts/notice.tsx';
import classes from './metric-browser.module.css';
import { MetricLabels } from './metric-labels.tsx';
import { metadataOf } from './unit-of-query.ts';

export interface MetricBrowserProps {
  /** Puts text where the cursor of the query is that asked. */
  readonly onInsert: (text: string) => void;
  /** Replaces that query by this one and runs it. */
  readonly onRun: (expr: string) => void;
  readonly onClose: () => void;
}

const SHOWN_MAX = 200;

/** Every metric with its type and help; of the chosen one, its labels and their values. */
export function MetricBrowser({ onInsert, onRun, onClose }: MetricBrowserProps) {
  const { t } = useTranslation();
  const [chosen, setChosen] = useState<string | null>(null);
  return (
    <Drawer
      opened
      onClose={onClose}
      position="right"
      size="xl"
      title={t('explore.metrics')}
      closeButtonProps={{ 'aria-label': t('parts.close') }}
    >
      <div className={classes.columns} data-chosen={chosen !== null}>
        <MetricList chosen={chosen} onChoose={setChosen} />
        <div className={classes.detail}>
          {chosen === null ? (
            <p className={classes.hint}>{t('explore.chooseMetric')}</p>
          ) : (
            <>
              <Button
                className={classes.back ?? ''}
                variant="default"
                leftSection={<IconArrowLeft size={14} aria-hidden />}
                onClick={() => setChosen(null)}
              >
                {t('explore.metrics')}
              </Button>
              <MetricLabels key={chosen} metric={chosen} onInsert={onInsert} onRun={onRun} />
            </>
          )}
        </div>
      </div>
    </Drawer>
  );
}

interface MetricListProps {
  readonly chosen: string | null;
  readonly onChoose: (metric: string) => void;
}

function MetricList({ chosen, onChoose }: MetricListProps) {
  const { t } = useTranslation();
  const [words, setWords] = useState('');
  const names = useQuery(metricNamesQuery);
  const { data: metadata } = useQuery(metadataQuery);
  const found = useMemo(() => {
    const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
    return (names.data ?? [])
      .map((name) => ({ name, known: metadataOf(name, metadata ?? new Map()) }))
      .filter(({ name, known }) => {
        const text = `${name} ${known?.help ?? ''} ${known?.type ?? ''}`.toLowerCase();
        return wanted.every((word) => text.includes(word));
      });
  }, [names.data, metadata, words]);
  return (
    <div className={classes.metrics}>
      <TextInput
        data-autofocus
        aria-label={t('explore.metricSearch')}
        placeholder={t('explore.metricSearch')}
        leftSection={<IconSearch size={14} aria-hidden />}
        value={words}
        onChange={(event) => setWords(event.currentTarget.value)}
      />
      <Answer query={names} skeleton={<RowsSkeleton rows={8} height={40} />}>
        {(all) => (
          <>
            <p className={classes.count} role="status">
              {t('explore.metricCount', { count: all.length, found: found.length })}
            </p>
            {all.length === 0 && (
              <Empty title={t('explore.noMetrics')} command="npm run demo">
                {t('explore.noMetricsWhy')}
              </Empty>
            )}
            <ul className={classes.list}>
              {found.slice(0, SHOWN_MAX).map(({ name, known }) => (
                <li key={name}>
                  <button
                    type="button"
                    className={classes.metric}
                    aria-current={name === chosen}
                    onClick={() => onChoose(name)}
                  >
                    <span className={classes.name}>
                      <code>{name}</code>
                      {known !== null && <span className={classes.type}>{known.type}</span>}
                    </span>
                    {known !== null && known.help !== '' && (
                      <span className={classes.help}>{known.help}</span>
                    )}
                  </button>
                </li>
              ))}
            </ul>
            {found.length > SHOWN_MAX && <p className={classes.count}>{t('explore.moreMetrics')}</p>}
          </>
        )}
      </Answer>
    </div>
  );
}
