import { useQuery } from '@tanstack/react-query';
import { Link, useLocation } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { IncidentDetail, IncidentSummary } from '../../model/api/incident.ts';
import type { RunbookDetail, RunbookStep } from '../../model/api/runbook.ts';
import { incidentQuery, incidentsQuery, runbookQuery } from '../api/queries.ts';
import { contentLanguage } from '../i18n/languages.ts';
import { MarkIcon } from '../parts/mark.tsx';
import { incidentStateOf } from '../parts/states.ts';
import { UpdateClock } from '../parts/update-clock.tsx';
import classes from './incident-bar.module.css';
import { useWho } from './who.tsx';

/** The first step of a runbook that nobody has done yet. */
export function nextStep(incident: IncidentDetail, runbook: RunbookDetail): RunbookStep | null {
  const done = incident.runbooks.find(({ id }) => id === runbook.id)?.stepsDone ?? [];
  return runbook.steps.find((step) => !done.some(({ stepId }) => stepId === step.id)) ?? null;
}

/** Mine before others', people's safety before the rest, the worst and the oldest first; null: none is open. */
export function mostUrgent(incidents: readonly IncidentSummary[], me: string | null): IncidentSummary | null {
  const rank = (incident: IncidentSummary): string =>
    [
      me !== null && incident.commander === me ? 0 : 1,
      incident.safety ? 0 : 1,
      incident.severity,
      String(incident.openedAtMs).padStart(15, '0'),
    ].join(' ');
  const open = incidents.filter(({ state }) => state !== 'resolved');
  return open.toSorted((a, b) => rank(a).localeCompare(rank(b)))[0] ?? null;
}

/** The incident that needs me most, on every page but its own. */
export function IncidentBar() {
  const { pathname } = useLocation();
  const who = useWho();
  const { data = [] } = useQuery(incidentsQuery);
  const incident = mostUrgent(data, who.name);
  if (incident === null || decodeURIComponent(pathname) === `/incidents/${incident.id}`) return null;
  return <Bar incident={incident} others={data.filter(({ state }) => state !== 'resolved').length - 1} />;
}

interface BarProps {
  readonly incident: IncidentSummary;
  readonly others: number;
}

function Bar({ incident, others }: BarProps) {
  const { t } = useTranslation();
  const state = incidentStateOf(incident.severity, incident.safety);
  return (
    <aside className={classes.bar} data-state={state} aria-label={t('frame.openIncident')}>
      <Link to="/incidents/$id" params={{ id: incident.id }} className={classes.link}>
        <MarkIcon mark={state} />
        <span className={classes.severity}>{incident.severity}</span>
        <span className={classes.title}>{incident.title}</span>
      </Link>
      <span className={classes.clock}>
        {incident.state === 'open' ? (
          <strong>{t('incident.notAcknowledged')}</strong>
        ) : (
          <UpdateClock dueMs={incident.nextUpdateDueMs} />
        )}
      </span>
      <NextStep id={incident.id} />
      {others > 0 && (
        <Link to="/incidents" className={classes.others}>
          {t('frame.moreOpen', { count: others })}
        </Link>
      )}
    </aside>
  );
}

function NextStep({ id }: { readonly id: string }) {
  const { t, i18n } = useTranslation();
  const incident = useQuery(incidentQuery(id)).data;
  const runbookId = incident?.runbooks[0]?.id;
  const runbook = useQuery({
    ...runbookQuery(runbookId ?? '', contentLanguage(i18n.language)),
    enabled: runbookId !== undefined,
  }).data;
  const step = incident === undefined || runbook === undefined ? null : nextStep(incident, runbook);
  return (
    <span className={classes.step}>{step === null ? '' : t('frame.nextStep', { step: step.title })}</span>
  );
}
