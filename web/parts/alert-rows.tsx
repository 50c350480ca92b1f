import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { AlertInstance } from '../../model/api/alert.ts';
import { useFormat } from '../i18n/format.ts';
import classes from './alert-rows.module.css';
import { LabelList } from './label-list.tsx';
import { StateMark } from './mark.tsx';
import { alertStateOf } from './states.ts';
import { RelativeTime } from './time-text.tsx';

export interface AlertRowsProps {
  readonly alerts: readonly AlertInstance[];
}

/** Alerts that are pending, firing or just resolved: what it says, since when, and where to go on. */
export function AlertRows({ alerts }: AlertRowsProps) {
  return (
    <ul className={classes.rows}>
      {alerts.map((alert) => (
        <AlertRow key={alert.fingerprint} alert={alert} />
      ))}
    </ul>
  );
}

function AlertRow({ alert }: { readonly alert: AlertInstance }) {
  const { t } = useTranslation();
  const format = useFormat();
  const over = alert.resolvedAtMs !== null;
  const mark = over
    ? 'good'
    : alert.state === 'firing'
      ? alertStateOf(alert.severity, alert.safety)
      : 'warning';
  return (
    <li className={classes.row}>
      <span className={classes.state}>
        <StateMark mark={mark} look="soft">
          {over ? t('alert.resolved') : t(`alert.state.${alert.state}`)}
        </StateMark>
      </span>
      <div className={classes.words}>
        <Link to="/alerts/$name" params={{ name: alert.name }} className={classes.title}>
          {alert.name}
        </Link>
        <p>{alert.annotations.summary ?? ''}</p>
        <LabelList labels={alert.labels} hidden={['alertname', 'severity', 'safety']} />
      </div>
      <div className={classes.side}>
        <span>
          {t('alert.since')} <RelativeTime ms={alert.firedAtMs ?? alert.activeAtMs} />
        </span>
        {alert.value !== null && <span>{t('alert.value', { value: format.reading(alert.value) })}</span>}
        <span className={classes.links}>
          {alert.runbookId !== null && (
            <Link
              to="/runbooks/$id"
              params={{ id: alert.runbookId }}
              search={{
                campaign: alert.campaignId ?? undefined,
                venue: alert.labels.venue_id,
                incident: alert.incidentId ?? undefined,
              }}
            >
              {t('alert.runbook')}
            </Link>
          )}
          {alert.incidentId !== null && (
            <Link to="/incidents/$id" params={{ id: alert.incidentId }}>
              {t('alert.incident')}
            </Link>
          )}
        </span>
      </div>
    </li>
  );
}
