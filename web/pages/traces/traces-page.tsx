import { Button, NativeSelect, NumberInput, Select, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { campaignsQuery, servicesQuery, tracesQuery } from '../../api/queries.ts';
import type { FrameSearch } from '../../frame/search.ts';
import { resolveTime } from '../../frame/time-range.ts';
import { useTimeRange } from '../../frame/use-time-range.ts';
import { contentLanguage } from '../../i18n/languages.ts';
import { Answer, RowsSkeleton } from '../../parts/answer.tsx';
import { NotYet } from '../../parts/not-yet.tsx';
import { Empty } from '../../parts/notice.tsx';
import { Page } from '../../parts/page.tsx';
import { TraceRows } from './trace-rows.tsx';
import classes from './traces.module.css';

const MOST_SHOWN = 100;
/** A moving range is asked for in steps of this, so that the same search stays the same question for a while. */
const STEP_MS = 10_000;

/** A search for traces: a form, and what fits, the newest first. */
export function TracesPage() {
  const { t } = useTranslation();
  const search = useSearch({ from: '/traces' });
  const { campaign }: FrameSearch = useSearch({ strict: false });
  const range = useTimeRange();
  const end = range.moving ? Math.ceil(range.toMs / STEP_MS) * STEP_MS : range.toMs;
  const start = resolveTime(range.from, end) ?? range.fromMs;
  const query = useQuery(
    tracesQuery({
      service: search.service,
      name: search.name,
      status: search.status,
      campaign,
      minDurationMs: search.min === undefined ? undefined : Number(search.min),
      maxDurationMs: search.max === undefined ? undefined : Number(search.max),
      start,
      end,
      limit: MOST_SHOWN,
    }),
  );
  const found = query.data?.traces.length;
  return (
    <Page
      name={t('page.traces')}
      title={t('page.traces')}
      facts={
        found === undefined ? (
          <NotYet query={query} />
        ) : (
          <span>{t(found >= MOST_SHOWN ? 'trace.foundMost' : 'trace.found', { count: found })}</span>
        )
      }
    >
      <SearchForm key={JSON.stringify([search, campaign])} />
      <Answer query={query} skeleton={<RowsSkeleton rows={8} height={52} />}>
        {(result) => (
          <>
            {result.partial && (
              <p className={classes.partial}>
                {t('trace.partial')} {result.reason}
              </p>
            )}
            {result.traces.length === 0 ? (
              <Empty title={t('trace.none')} command="npm run demo" mark="unknown">
                {t('trace.noneWhy')}
              </Empty>
            ) : (
              <TraceRows traces={result.traces} />
            )}
          </>
        )}
      </Answer>
    </Page>
  );
}

interface Form {
  readonly service: string;
  readonly name: string;
  readonly status: 'ok' | 'error' | 'unset' | '';
  readonly min: string;
  readonly max: string;
  readonly campaign: string;
}

function SearchForm() {
  const { t, i18n } = useTranslation();
  const { campaign }: FrameSearch = useSearch({ strict: false });
  const campaigns = useQuery(campaignsQuery).data ?? [];
  const navigate = useNavigate();
  const search = useSearch({ from: '/traces' });
  const services = useQuery(servicesQuery).data ?? [];
  const [form, setForm] = useState<Form>({
    service: search.service ?? '',
    name: search.name ?? '',
    status: search.status ?? '',
    min: search.min ?? '',
    max: search.max ?? '',
    campaign: campaign ?? '',
  });
  const change = (part: Partial<Form>): void => setForm((old) => ({ ...old, ...part }));
  const given = (text: string): string | undefined => (text === '' ? undefined : text);
  const names = new Set(services.map(({ service }) => service));
  if (form.service !== '') names.add(form.service);
  return (
    <search>
      <form
        className={classes.form}
        onSubmit={(event) => {
          event.preventDefault();
          void navigate({
            to: '/traces',
            search: {
              service: given(form.service),
              name: given(form.name.trim()),
              status: form.status === '' ? undefined : form.status,
              min: given(form.min),
              max: given(form.max),
              campaign: given(form.campaign),
            },
          });
        }}
      >
        <Select
          searchable
          clearable
          label={t('trace.service')}
          placeholder={t('trace.any')}
          data={[...names].sort()}
          value={form.service === '' ? null : form.service}
          onChange={(service) => change({ service: service ?? '' })}
          clearButtonProps={{ 'aria-label': t('trace.any') }}
        />
        <TextInput
          label={t('trace.name')}
          placeholder={t('trace.any')}
          value={form.name}
          onChange={(event) => change({ name: event.currentTarget.value })}
        />
        <NativeSelect
          label={t('trace.status')}
          value={form.status}
          data={[
            { value: '', label: t('trace.any') },
            { value: 'error', label: t('trace.statusOf.error') },
            { value: 'ok', label: t('trace.statusOf.ok') },
            { value: 'unset', label: t('trace.statusOf.unset') },
          ]}
          onChange={(event) => {
            const status = event.currentTarget.value;
            change({ status: status === 'error' || status === 'ok' || status === 'unset' ? status : '' });
          }}
        />
        <NativeSelect
          label={t('frame.campaign')}
          value={form.campaign}
          onChange={(event) => change({ campaign: event.currentTarget.value })}
        >
          <option value="">{t('trace.any')}</option>
          {campaigns.map(({ id, title }) => (
            <option key={id} value={id}>
              {title[contentLanguage(i18n.language)]}
            </option>
          ))}
        </NativeSelect>
        <NumberInput
          label={t('trace.minDuration')}
          min={0}
          hideControls
          value={form.min}
          onChange={(value) => change({ min: String(value) })}
        />
        <NumberInput
          label={t('trace.maxDuration')}
          min={0}
          hideControls
          value={form.max}
          onChange={(value) => change({ max: String(value) })}
        />
        <Button type="submit" leftSection={<IconSearch size={14} aria-hidden />}>
          {t('trace.search')}
        </Button>
      </form>
    </search>
  );
}
