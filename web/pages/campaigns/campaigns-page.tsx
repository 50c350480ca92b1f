import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { CampaignPhase, CampaignSummary } from '../../../model/api/campaign.ts';
import { campaignsQuery } from '../../api/queries.ts';
import { Answer, RowsSkeleton } from '../../parts/answer.tsx';
import { CampaignRows } from '../../parts/campaign-rows.tsx';
import { NotYet } from '../../parts/not-yet.tsx';
import { Empty } from '../../parts/notice.tsx';
import { Page } from '../../parts/page.tsx';
import { Section } from '../../parts/section.tsx';
import classes from './campaigns.module.css';

const PHASES = ['live', 'cooling', 'planned', 'ended'] as const satisfies CampaignPhase[];

/** All campaigns, those that run first. */
export function CampaignsPage() {
  const { t } = useTranslation();
  const query = useQuery(campaignsQuery);
  const live = query.data?.filter(({ phase }) => phase === 'live').length;
  return (
    <Page
      name={t('page.campaigns')}
      title={t('page.campaigns')}
      facts={
        live === undefined ? (
          <NotYet query={query} />
        ) : (
          <span>{t('campaign.liveCount', { count: live })}</span>
        )
      }
    >
      <Answer query={query} skeleton={<RowsSkeleton rows={4} height={60} />}>
        {(campaigns) =>
          campaigns.length === 0 ? (
            <Empty title={t('campaign.none')} command="npm run demo">
              {t('campaign.noneWhy')}
            </Empty>
          ) : (
            <ByPhase campaigns={campaigns} />
          )
        }
      </Answer>
    </Page>
  );
}

function ByPhase({ campaigns }: { readonly campaigns: readonly CampaignSummary[] }) {
  const { t } = useTranslation();
  const groups = PHASES.map((phase) => ({
    phase,
    members: campaigns.filter((campaign) => campaign.phase === phase),
  })).filter(({ members }) => members.length > 0);
  return (
    <div className={classes.stack}>
      {groups.map(({ phase, members }) => (
        <Section key={phase} title={t(`campaign.phase.${phase}`)} note={members.length}>
          <CampaignRows campaigns={members} />
        </Section>
      ))}
    </div>
  );
}
