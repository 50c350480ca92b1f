import { NativeSelect } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useLocation, useNavigate, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { campaignsQuery } from '../api/queries.ts';
import { contentLanguage } from '../i18n/languages.ts';
import classes from './campaign-select.module.css';
import type { FrameSearch } from './search.ts';
import { useSetFrame } from './use-time-range.ts';

/** Narrows every page to one campaign. On a campaign's own page it goes to the chosen one. */
export function CampaignSelect() {
  const { t, i18n } = useTranslation();
  const search: FrameSearch = useSearch({ strict: false });
  const { pathname } = useLocation();
  const navigate = useNavigate();
  const setFrame = useSetFrame();
  const { data = [] } = useQuery(campaignsQuery);
  const language = contentLanguage(i18n.language);
  const onCampaignPage = pathname.startsWith('/campaigns/');
  const current = onCampaignPage ? decodeURIComponent(pathname.split('/')[2] ?? '') : (search.campaign ?? '');
  const known = current === '' || data.some((campaign) => campaign.id === current);
  return (
    <NativeSelect
      className={classes.select}
      aria-label={t('frame.campaign')}
      value={current}
      onChange={(event) => {
        const campaign = event.currentTarget.value;
        if (!onCampaignPage) setFrame({ campaign: campaign === '' ? undefined : campaign });
        else if (campaign === '') void navigate({ to: '/campaigns' });
        else
          void navigate({
            to: '/campaigns/$id',
            params: { id: campaign },
            search: { campaign },
          });
      }}
    >
      <option value="">{t('frame.allCampaigns')}</option>
      {data.map((campaign) => (
        <option key={campaign.id} value={campaign.id}>
          {campaign.title[language]}
        </option>
      ))}
      {!known && <option value={current}>{current}</option>}
    </NativeSelect>
  );
}
