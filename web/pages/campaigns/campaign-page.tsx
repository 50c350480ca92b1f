import { Skeleton, Tabs } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { CampaignDetail } from '../../../model/api/campaign.ts';
import { campaignQuery } from '../../api/queries.ts';
import { contentLanguage } from '../../i18n/languages.ts';
import { Answer, RowsSkeleton } from '../../parts/answer.tsx';
import { CampaignTimes } from '../../parts/campaign-rows.tsx';
import { StateMark } from '../../parts/mark.tsx';
import { NotYet } from '../../parts/not-yet.tsx';
import { Page } from '../../parts/page.tsx';
import { CampaignAlerts } from './campaign-alerts.tsx';
import { CampaignOverview } from './campaign-overview.tsx';
import { CampaignSettings } from './campaign-settings.tsx';
import classes from './campaigns.module.css';
import { PhaseBar } from './phase-bar.tsx';
import { CAMPAIGN_TABS } from './search.ts';
import { CampaignVenues } from './venue/campaign-venues.tsx';

/** One campaign: where it stands, its invariants, its venues' crowds, its alerts and its manifest. */
export function CampaignPage() {
  const { id } = useParams({ from: '/campaigns/$id' });
  const { i18n } = useTranslation();
  const query = useQuery(campaignQuery(id));
  const campaign = query.data;
  const title = campaign?.title[contentLanguage(i18n.language)] ?? id;
  return (
    <Page
      name={title}
      title={title}
      facts={campaign === undefined ? <NotYet query={query} /> : <CampaignFacts campaign={campaign} />}
    >
      <Answer query={query} skeleton={<CampaignSkeleton />}>
        {(detail) => <CampaignTabs campaign={detail} />}
      </Answer>
    </Page>
  );
}

function CampaignFacts({ campaign }: { readonly campaign: CampaignDetail }) {
  const { t } = useTranslation();
  return (
    <>
      <CampaignTimes campaign={campaign} />
      <StateMark mark={campaign.firingAlerts > 0 ? 'page' : 'good'}>
        {t('alert.firingCount', { count: campaign.firingAlerts })}
      </StateMark>
      <span>{t('incident.openCount', { count: campaign.openIncidents })}</span>
      <span>{t('campaign.ownedBy', { owner: campaign.owner })}</span>
    </>
  );
}

function CampaignTabs({ campaign }: { readonly campaign: CampaignDetail }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { tab = 'overview' } = useSearch({ from: '/campaigns/$id' });
  return (
    <>
      <PhaseBar campaign={campaign} />
      <Tabs
        value={tab}
        keepMounted={false}
        onChange={(next) =>
          void navigate({
            to: '.',
            search: (old) => ({ ...old, tab: CAMPAIGN_TABS.find((one) => one === next) }),
            replace: true,
          })
        }
      >
        <Tabs.List>
          {CAMPAIGN_TABS.map((name) => (
            <Tabs.Tab key={name} value={name}>
              {t(`campaign.tab.${name}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="overview" className={classes.panel}>
          <CampaignOverview campaign={campaign} />
        </Tabs.Panel>
        <Tabs.Panel value="venue" className={classes.panel}>
          <CampaignVenues campaign={campaign} />
        </Tabs.Panel>
        <Tabs.Panel value="alerts" className={classes.panel}>
          <CampaignAlerts campaign={campaign} />
        </Tabs.Panel>
        <Tabs.Panel value="settings" className={classes.panel}>
          <CampaignSettings campaign={campaign} />
        </Tabs.Panel>
      </Tabs>
    </>
  );
}

function CampaignSkeleton() {
  return (
    <div className={classes.stack}>
      <Skeleton height={28} />
      <Skeleton height={34} />
      <Skeleton height={72} />
      <RowsSkeleton rows={2} height={220} />
    </div>
  );
}
