import { useQuery } from '@tanstack/react-query';
import { Link, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { IncidentAlert, IncidentDetail } from '../../../model/api/incident.ts';
import { alertRulesQuery } from '../../api/queries.ts';
import { CrosshairProvider } from '../../charts/index.ts';
import type { FrameSearch } from '../../frame/search.ts';
import { useFormat } from '../../i18n/format.ts';
import { AlertGraph } from '../../parts/alert-graph.tsx';
import { LabelList } from '../../parts/label-list.tsx';
import { StateMark } from '../../parts/mark.tsx';
import { Empty } from '../../parts/notice.tsx';
import { Section } from '../../parts/section.tsx';
import { RelativeTime } from '../../parts/time-text.tsx';
import classes from './incident.module.css';

/** The alerts that joined and what their rules measure now. */
export function Evidence({ incident }: { readonly incident: IncidentDetail }) {
  const { t } = useTranslation();
  const rules = useQuery(alertRulesQuery).data ?? [];
  const { from }: FrameSearch = useSearch({ strict: false });
  const names = [...new Set(incident.alerts.map(({ name }) => name))];
  if (incident.alerts.length === 0) {
    return (
      <Section title={t('incident.evidence')} look="plain">
        <Empty title={t('incident.noAlerts')}>
          {t('incident.noAlertsWhy')} <Link to="/explore">{t('page.explore')}</Link>
        </Empty>
      </Section>
    );
  }
  return (
    <Section
      title={t('incident.evidence')}
      note={t(from === undefined ? 'incident.evidenceRange' : 'alert.joinedCount', {
        count: incident.alerts.length,
      })}
    >
      <CrosshairProvider>
        <div className={classes.evidence}>
          {names.map((name) => {
            const rule = rules.find((one) => one.name === name);
            const joined = incident.alerts.filter((alert) => alert.name === name);
            return (
              <article key={name} className={classes.proof}>
                <h3>
                  <Link to="/alerts/$name" params={{ name }}>
                    {name}
                  </Link>
                </h3>
                {rule !== undefined && <AlertGraph rule={rule} height={150} />}
                <ul className={classes.joined}>
                  {joined.map((alert) => (
                    <JoinedAlert key={alert.fingerprint} alert={alert} />
                  ))}
                </ul>
              </article>
            );
          })}
        </div>
      </CrosshairProvider>
    </Section>
  );
}

function JoinedAlert({ alert }: { readonly alert: IncidentAlert }) {
  const { t } = useTranslation();
  const format = useFormat();
  const over = alert.resolvedAtMs !== null;
  return (
    <li>
      <p className={classes.joinedHead}>
        <StateMark mark={over ? 'good' : alert.labels.safety === 'true' ? 'safety' : 'page'}>
          {over ? t('alert.resolved') : t('alert.state.firing')}
        </StateMark>
        <span className={classes.nobody}>
          <RelativeTime ms={alert.resolvedAtMs ?? alert.joinedAtMs} />
        </span>
        {alert.value !== null && <span>{t('alert.value', { value: format.reading(alert.value) })}</span>}
      </p>
      <LabelList labels={alert.labels} hidden={['alertname', 'severity', 'safety']} />
    </li>
  );
}
