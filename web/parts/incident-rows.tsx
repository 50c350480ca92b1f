import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { IncidentSummary } from '../../model/api/incident.ts';
import { CampaignName } from './campaign-name.tsx';
import classes from './incident-rows.module.css';
import { StateMark } from './mark.tsx';
import { incidentStateOf } from './states.ts';
import { RelativeTime } from './time-text.tsx';
import { UpdateClock } from './update-clock.tsx';

export interface IncidentRowsProps {
  readonly incidents: readonly IncidentSummary[];
}

/** Incidents as rows: how bad, what, since when, for whom, who leads, and when the next update is due. */
export function IncidentRows({ incidents }: IncidentRowsProps) {
  return (
    <ul className={classes.rows}>
      {incidents.map((incident) => (
        <IncidentRow key={incident.id} incident={incident} />
      ))}
    </ul>
  );
}

function IncidentRow({ incident }: { readonly incident: IncidentSummary }) {
  const { t } = useTranslation();
  const resolved = incident.state === 'resolved';
  const mark = resolved ? 'good' : incidentStateOf(incident.severity, incident.safety);
  return (
    <li className={classes.row} data-mark={mark}>
      <span className={classes.severity}>
        <StateMark mark={mark} look={resolved ? 'soft' : 'solid'}>
          {incident.severity}
        </StateMark>
      </span>
      <div className={classes.words}>
        <Link to="/incidents/$id" params={{ id: incident.id }} className={classes.title}>
          {incident.title}
        </Link>
        <p className={classes.facts}>
          <span className={incident.state === 'open' ? classes.waiting : undefined}>
            {t(`incident.state.${incident.state}`)}
          </span>
          <span>
            {t('incident.opened')} <RelativeTime ms={incident.openedAtMs} />
          </span>
          {incident.campaignId !== null && <CampaignName id={incident.campaignId} />}
          <span>
            {incident.commander === null
              ? t('incident.noCommander')
              : t('incident.commandedBy', { name: incident.commander })}
          </span>
        </p>
      </div>
      <div className={classes.numbers}>
        {resolved && incident.resolvedAtMs !== null ? (
          <span>
            {t('incident.resolved')} <RelativeTime ms={incident.resolvedAtMs} />
          </span>
        ) : (
          <>
            <UpdateClock dueMs={incident.nextUpdateDueMs} />
            <span>{t('alert.firingCount', { count: incident.alertsFiring })}</span>
          </>
        )}
      </div>
    </li>
  );
}
