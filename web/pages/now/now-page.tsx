import { useQuery } from '@tanstack/react-query';
import { Link, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { NowPage as NowAnswer } from '../../../model/api/now.ts';
import { nowQuery } from '../../api/queries.ts';
import type { FrameSearch } from '../../frame/search.ts';
import { AlertRows } from '../../parts/alert-rows.tsx';
import { Answer } from '../../parts/answer.tsx';
import { CampaignRows } from '../../parts/campaign-rows.tsx';
import { IncidentRows } from '../../parts/incident-rows.tsx';
import { StateMark } from '../../parts/mark.tsx';
import { NotYet } from '../../parts/not-yet.tsx';
import { Empty } from '../../parts/notice.tsx';
import { Page } from '../../parts/page.tsx';
import { Section } from '../../parts/section.tsx';
import { ServiceTable } from '../../parts/service-table.tsx';
import { DeclareIncident } from '../incidents/declare-incident.tsx';
import { BlindRules } from './blind-rules.tsx';
import classes from './now.module.css';
import { NowSkeleton } from './now-skeleton.tsx';
import { Situation } from './situation.tsx';

/** What is happening: incidents, campaigns, alerts, and whether the telemetry can be trusted. */
export function NowPage() {
  const { t } = useTranslation();
  const query = useQuery(nowQuery);
  return (
    <Page
      name={t('page.now')}
      title={t('now.title')}
      facts={query.data === undefined ? <NotYet query={query} /> : <Situation now={query.data} />}
      actions={<DeclareIncident />}
    >
      <Answer query={query} skeleton={<NowSkeleton />}>
        {(now) => <NowParts now={now} />}
      </Answer>
    </Page>
  );
}

function NowParts({ now }: { readonly now: NowAnswer }) {
  const { t } = useTranslation();
  const { campaign }: FrameSearch = useSearch({ strict: false });
  const mine = (id: string | null): boolean => campaign === undefined || id === campaign;
  const incidents = now.incidents.filter(({ state, campaignId }) => state !== 'resolved' && mine(campaignId));
  const campaigns = now.campaigns.filter(({ id }) => mine(id));
  const running = campaigns.filter(({ phase }) => phase === 'live' || phase === 'cooling');
  const planned = campaigns.filter(({ phase }) => phase === 'planned');
  const alerts = now.alerts.filter(({ campaignId }) => mine(campaignId));
  return (
    <div className={classes.parts}>
      <Section title={t('now.incidents')} look={incidents.length === 0 ? 'plain' : 'framed'}>
        {incidents.length === 0 ? (
          <Empty title={t('now.noIncidents')} mark="good">
            {t('now.noIncidentsWhy')}
          </Empty>
        ) : (
          <IncidentRows incidents={incidents} />
        )}
      </Section>
      <Section title={t('now.campaigns')} look={running.length === 0 ? 'plain' : 'framed'}>
        {running.length === 0 ? (
          <Empty title={t('now.noCampaigns')} command="npm run demo">
            {t('now.noCampaignsWhy')}
          </Empty>
        ) : (
          <CampaignRows campaigns={running} />
        )}
      </Section>
      {planned.length > 0 && (
        <Section title={t('now.next')}>
          <CampaignRows campaigns={planned} />
        </Section>
      )}
      {alerts.length > 0 && (
        <Section title={t('now.alerts')} actions={<Link to="/alerts">{t('now.allAlerts')}</Link>}>
          <AlertRows alerts={alerts} />
        </Section>
      )}
      <div className={classes.pair}>
        <Section title={t('now.telemetry')} actions={<Link to="/services">{t('now.allServices')}</Link>}>
          {now.services.length === 0 ? (
            <Empty title={t('service.none')} command="npm run demo">
              {t('service.noneWhy')}
            </Empty>
          ) : (
            <ServiceTable services={now.services} compact />
          )}
        </Section>
        <Section
          title={t('now.blind')}
          note={
            now.blindRules.length === 0 ? undefined : (
              <StateMark mark="unknown">{t('now.blindCount', { count: now.blindRules.length })}</StateMark>
            )
          }
        >
          <BlindRules rules={now.blindRules} />
        </Section>
      </div>
    </div>
  );
}
