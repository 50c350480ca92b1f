import { Button, SegmentedControl } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { CrosshairProvider } from '../../charts/index.ts';
import { Page } from '../../parts/page.tsx';
import classes from './explore.module.css';
import { QueryBox } from './query-box.tsx';

/** PromQL, asked freely: several queries over one time range. */
export function ExplorePage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { expr, mode = 'range', view = 'graph' } = useSearch({ from: '/explore' });
  const queries = expr === undefined ? [''] : Array.isArray(expr) ? expr : [expr];
  const setQueries = (next: readonly string[]): void =>
    void navigate({
      to: '.',
      search: (old) => ({ ...old, expr: next.length === 1 ? next[0] : [...next] }),
      resetScroll: false,
    });
  return (
    <Page
      name={t('page.explore')}
      title={t('page.explore')}
      facts={<span>{t('explore.about')}</span>}
      actions={
        <>
          <SegmentedControl
            aria-label={t('explore.mode')}
            value={mode}
            data={[
              { value: 'range', label: t('explore.range') },
              { value: 'instant', label: t('explore.instant') },
            ]}
            onChange={(next) =>
              void navigate({
                to: '.',
                search: (old) => ({ ...old, mode: next === 'instant' ? ('instant' as const) : undefined }),
                replace: true,
              })
            }
          />
          {mode === 'range' && (
            <SegmentedControl
              aria-label={t('explore.view')}
              value={view}
              data={[
                { value: 'graph', label: t('parts.asGraph') },
                { value: 'table', label: t('parts.asTable') },
              ]}
              onChange={(next) =>
                void navigate({
                  to: '.',
                  search: (old) => ({ ...old, view: next === 'table' ? ('table' as const) : undefined }),
                  replace: true,
                })
              }
            />
          )}
        </>
      }
    >
      <CrosshairProvider>
        <div className={classes.stack}>
          {queries.map((query, index) => (
            <QueryBox
              // biome-ignore lint/suspicious/noArrayIndexKey: a box is its place in the URL
              key={index}
              query={query}
              mode={mode}
              view={view}
              onRun={(next) => setQueries(queries.with(index, next))}
              onRemove={queries.length > 1 ? () => setQueries(queries.toSpliced(index, 1)) : undefined}
            />
          ))}
        </div>
      </CrosshairProvider>
      <div>
        <Button
          variant="default"
          leftSection={<IconPlus size={14} aria-hidden />}
          onClick={() => setQueries([...queries, ''])}
        >
          {t('explore.addQuery')}
        </Button>
      </div>
    </Page>
  );
}
