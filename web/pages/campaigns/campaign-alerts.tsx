import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { CampaignDetail } from '../../../model/api/campaign.ts';
import { alertRulesQuery, incidentsQuery } from '../../api/queries.ts';
import { AlertRows } from '../../parts/alert-rows.tsx';
import { Answer, RowsSkeleton } from '../../parts/answer.tsx';
import { IncidentRows } from '../../parts/incident-rows.tsx';
import { Empty } from '../../parts/notice.tsx';
import { Section } from '../../parts/section.tsx';
import classes from './campaigns.module.css';

/** The campaign's alerts and incidents. */
export function CampaignAlerts({ campaign }: { readonly campaign: CampaignDetail }) {
  const { t } = useTranslation();
  const rules = useQuery(alertRulesQuery);
  const incidents = useQuery(incidentsQuery);
  return (
    <div className={classes.stack}>
      <Section
        title={t('campaign.itsAlerts')}
        actions={<Link to="/alerts">{t('now.allAlerts')}</Link>}
        look="plain"
      >
        <Answer query={rules} skeleton={<RowsSkeleton rows={3} height={60} />}>
          {(all) => {
            const alerts = all
              .flatMap(({ instances }) => instances)
              .filter(({ campaignId }) => campaignId === campaign.id);
            return alerts.length === 0 ? (
              <Empty title={t('campaign.noAlerts')} mark="good">
                {t('campaign.noAlertsWhy', { count: all.length })}
              </Empty>
            ) : (
              <div className={classes.framed}>
                <AlertRows alerts={alerts} />
              </div>
            );
          }}
        </Answer>
      </Section>
      <Section title={t('campaign.itsIncidents')} look="plain">
        <Answer query={incidents} skeleton={<RowsSkeleton rows={1} height={58} />}>
          {(all) => {
            const its = all.filter(({ campaignId }) => campaignId === campaign.id);
            return its.length === 0 ? (
              <Empty title={t('campaign.noIncidents')} mark="good">
                {t('campaign.noIncidentsWhy')}
              </Empty>
            ) : (
              <div className={classes.framed}>
                <IncidentRows incidents={its} />
              </div>
            );
          }}
        </Answer>
      </Section>
    </div>
  );
}
