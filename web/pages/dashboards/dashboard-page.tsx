import { VisuallyHidden } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useParams, useSearch } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { campaignsQuery, dashboardsQuery } from '../../api/queries.ts';
import type { FrameSearch } from '../../frame/search.ts';
import { contentLanguage } from '../../i18n/languages.ts';
import { Dashboard } from '../../parts/dashboard.tsx';
import { Page } from '../../parts/page.tsx';

/** One dashboard, for the campaign that the page is narrowed to, else for the first that runs. */
export function DashboardPage() {
  const { uid } = useParams({ from: '/dashboards/$uid' });
  const { t, i18n } = useTranslation();
  const { campaign }: FrameSearch = useSearch({ strict: false });
  const campaigns = useQuery(campaignsQuery).data;
  const dashboards = useQuery(dashboardsQuery(contentLanguage(i18n.language))).data;
  const title = dashboards?.find((one) => one.uid === uid)?.title ?? uid;
  const shown = campaign ?? campaigns?.find(({ phase }) => phase === 'live')?.id ?? campaigns?.[0]?.id;
  const name = campaigns?.find(({ id }) => id === shown)?.title[contentLanguage(i18n.language)] ?? shown;
  const variables = useMemo(
    (): Readonly<Record<string, string>> => (shown === undefined ? {} : { campaign: shown }),
    [shown],
  );
  return (
    <Page
      name={title}
      title={title}
      facts={
        <span>
          {shown === undefined ? t('dashboard.about') : t('dashboard.forCampaign', { campaign: name })}
        </span>
      }
    >
      <VisuallyHidden component="h2">{t('dashboard.panels')}</VisuallyHidden>
      <Dashboard uid={uid} variables={variables} />
    </Page>
  );
}
