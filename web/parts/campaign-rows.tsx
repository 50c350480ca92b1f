import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { CampaignSummary } from '../../model/api/campaign.ts';
import { Sparkline } from '../charts/index.ts';
import { useFormat } from '../i18n/format.ts';
import { contentLanguage } from '../i18n/languages.ts';
import { useNow } from '../live/clock.tsx';
import classes from './campaign-rows.module.css';
import { densityText } from './density.ts';
import { StateMark } from './mark.tsx';

export interface CampaignRowsProps {
  readonly campaigns: readonly CampaignSummary[];
}

/** Campaigns as rows: phase and T±, orders, surge risk, alerts. */
export function CampaignRows({ campaigns }: CampaignRowsProps) {
  return (
    <ul className={classes.rows}>
      {campaigns.map((campaign) => (
        <CampaignRow key={campaign.id} campaign={campaign} />
      ))}
    </ul>
  );
}

function CampaignRow({ campaign }: { readonly campaign: CampaignSummary }) {
  const { t, i18n } = useTranslation();
  const title = campaign.title[contentLanguage(i18n.language)];
  return (
    <li className={classes.row}>
      <div className={classes.words}>
        <Link to="/campaigns/$id" params={{ id: campaign.id }} className={classes.title}>
          {title}
        </Link>
        <CampaignTimes campaign={campaign} />
      </div>
      <OrdersNow campaign={campaign} />
      <SurgeRisk campaign={campaign} />
      <div className={classes.alerts}>
        <StateMark mark={campaign.firingAlerts > 0 ? 'page' : 'good'}>
          {t('alert.firingCount', { count: campaign.firingAlerts })}
        </StateMark>
        <span className={classes.dim}>{t('incident.openCount', { count: campaign.openIncidents })}</span>
      </div>
    </li>
  );
}

/** Phase, T± and how long it still runs. */
export function CampaignTimes({ campaign }: { readonly campaign: CampaignSummary }) {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useNow(30_000);
  const next = campaign.phase === 'planned' ? campaign.startsAtMs : campaign.endsAtMs;
  return (
    <p className={classes.times}>
      <span className={classes.phase} data-phase={campaign.phase}>
        {t(`campaign.phase.${campaign.phase}`)}
      </span>
      <span className={classes.launch} title={format.absolute(campaign.startsAtMs)}>
        {format.launch(now, campaign.startsAtMs)}
      </span>
      <span title={format.absolute(next)}>
        {t(
          campaign.phase === 'planned' ? 'campaign.starts' : next < now ? 'campaign.ended' : 'campaign.ends',
          {
            when: format.relative(next, now),
          },
        )}
      </span>
    </p>
  );
}

function OrdersNow({ campaign }: { readonly campaign: CampaignSummary }) {
  const { t } = useTranslation();
  const format = useFormat();
  const last = campaign.placedPerMinute.findLast(([, value]) => value !== null)?.[1] ?? null;
  return (
    <div className={classes.orders}>
      <Sparkline
        points={campaign.placedPerMinute}
        title={t('campaign.ordersPerMinute')}
        width={112}
        height={28}
      />
      <span className={classes.figure}>
        {last === null ? (
          <span className={classes.dim}>{t('parts.noData')}</span>
        ) : (
          <>
            <strong>{format.number(last, last < 10 ? 1 : 0)}</strong>{' '}
            <span className={classes.dim}>{t('campaign.ordersPerMinuteUnit')}</span>
          </>
        )}
      </span>
    </div>
  );
}

function SurgeRisk({ campaign }: { readonly campaign: CampaignSummary }) {
  const { t } = useTranslation();
  const format = useFormat();
  const surge = campaign.surge;
  if (surge === null) {
    return (
      <div className={classes.surge}>
        <StateMark mark="unknown">{t('campaign.noForecast')}</StateMark>
        <span className={classes.dim}>{t('campaign.noForecastWhy')}</span>
      </div>
    );
  }
  return (
    <div className={classes.surge}>
      <StateMark mark={surge.level}>
        {t('campaign.surgeDensity', { density: densityText(surge.densityMax, format) })}
      </StateMark>
      <Link
        to="/campaigns/$id"
        params={{ id: campaign.id }}
        search={{ tab: 'venue' as const, venue: surge.venueId }}
      >
        {t('campaign.surgeAt', { venue: surge.venueId, when: format.dateTime(surge.peakAtMs) })}
      </Link>
    </div>
  );
}
