import { Button } from '@mantine/core';
import { IconPlayerPlay, IconPlayerStop } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { LogCounts } from '../../../model/api/log.ts';
import { logCountsQuery } from '../../api/queries.ts';
import type { FrameSearch } from '../../frame/search.ts';
import { useSteppedRange } from '../../frame/use-stepped-range.ts';
import { useTimeRange } from '../../frame/use-time-range.ts';
import { useFormat } from '../../i18n/format.ts';
import { StateMark } from '../../parts/mark.tsx';
import { NotYet } from '../../parts/not-yet.tsx';
import { Page } from '../../parts/page.tsx';
import { CountsGraph } from './counts-graph.tsx';
import { filterOfSearch } from './filter.ts';
import { FilterChips } from './filter-chips.tsx';
import { FilterForm } from './filter-form.tsx';
import { FoundLogs } from './found-logs.tsx';
import { LiveTail } from './live-tail.tsx';
import { useSetSearch } from './use-set-search.ts';

/** Logs of the time range, or as they come: a form, how many there were, and the records, the newest first. */
export function LogsPage() {
  const { t } = useTranslation();
  const search = useSearch({ from: '/logs' });
  const { campaign }: FrameSearch = useSearch({ strict: false });
  const setSearch = useSetSearch();
  const filter = filterOfSearch(search, campaign);
  const { from, to } = useTimeRange();
  const range = useSteppedRange();
  const isLive = search.live === '1';
  const counts = useQuery({ ...logCountsQuery({ ...filter, ...range }), enabled: !isLive });
  const asked = JSON.stringify(filter);
  return (
    <Page
      name={t('page.logs')}
      title={t('page.logs')}
      facts={
        isLive ? (
          <span>{t('log.asTheyCome')}</span>
        ) : counts.data === undefined ? (
          <NotYet query={counts} />
        ) : (
          <Totals counts={counts.data} />
        )
      }
      actions={
        <Button
          variant={isLive ? 'filled' : 'default'}
          leftSection={
            isLive ? <IconPlayerStop size={14} aria-hidden /> : <IconPlayerPlay size={14} aria-hidden />
          }
          onClick={() => setSearch({ live: isLive ? undefined : '1' })}
        >
          {t(isLive ? 'log.stopLive' : 'log.live')}
        </Button>
      }
    >
      <FilterForm key={JSON.stringify(search)} />
      <FilterChips />
      {isLive ? (
        <LiveTail key={asked} filter={filter} />
      ) : (
        <>
          <CountsGraph query={counts} />
          <FoundLogs key={`${from} ${to} ${asked}`} filter={filter} />
        </>
      )}
    </Page>
  );
}

function Totals({ counts: { points } }: { readonly counts: LogCounts }) {
  const { t } = useTranslation();
  const format = useFormat();
  let all = 0;
  let severe = 0;
  for (const { unset, trace, debug, info, warn, error, fatal } of points) {
    severe += error + fatal;
    all += unset + trace + debug + info + warn + error + fatal;
  }
  return (
    <>
      <span>{t('log.found', { count: all, shown: format.number(all) })}</span>
      {severe > 0 && (
        <StateMark mark="page">{t('log.severe', { count: severe, shown: format.number(severe) })}</StateMark>
      )}
    </>
  );
}
