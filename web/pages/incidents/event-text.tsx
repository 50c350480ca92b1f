import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { IncidentEventBody } from '../../../model/api/incident.ts';
import { runbookQuery } from '../../api/queries.ts';
import { useFormat } from '../../i18n/format.ts';
import { contentLanguage } from '../../i18n/languages.ts';
import { LabelList } from '../../parts/label-list.tsx';
import { MarkIcon } from '../../parts/mark.tsx';
import classes from './incident.module.css';

/** An event in words. What people wrote is shown as they wrote it, as text. */
export function EventText({ body }: { readonly body: IncidentEventBody }) {
  const { t } = useTranslation();
  const format = useFormat();
  switch (body.type) {
    case 'opened':
      return <Said headline={t('event.opened', { severity: body.severity })} text={body.reason} />;
    case 'alert_joined':
      return (
        <>
          <p className={classes.headline}>
            <MarkIcon mark={body.labels.safety === 'true' ? 'safety' : 'page'} size={14} />
            <Link to="/alerts/$name" params={{ name: body.name }}>
              {body.name}
            </Link>{' '}
            {body.value === null
              ? t('event.alertJoined')
              : t('event.alertJoinedWith', { value: format.reading(body.value) })}
          </p>
          <p>{body.annotations.summary}</p>
          <LabelList labels={body.labels} hidden={['alertname', 'severity', 'safety']} />
        </>
      );
    case 'alert_resolved':
      return (
        <p className={classes.headline}>
          <MarkIcon mark="good" size={14} />
          <Link to="/alerts/$name" params={{ name: body.name }}>
            {body.name}
          </Link>{' '}
          {t('event.alertResolved')}
        </p>
      );
    case 'severity_changed':
      return (
        <Said headline={t('event.severityChanged', { from: body.from, to: body.to })} text={body.reason} />
      );
    case 'acknowledged':
      return <Said headline={t('event.acknowledged')} />;
    case 'commented':
      return <Said text={body.text} />;
    case 'role_assigned':
      return (
        <Said
          headline={t('event.roleAssigned', { role: t(`incident.role.${body.role}`), person: body.person })}
        />
      );
    case 'update_published':
      return (
        <Said
          headline={t('event.updatePublished', { audience: t(`incident.audience.${body.audience}`) })}
          text={body.text}
          note={
            body.nextUpdateAtMs === null
              ? undefined
              : t('event.nextUpdateAt', { time: format.time(body.nextUpdateAtMs) })
          }
        />
      );
    case 'step_done':
    case 'step_reopened':
      return <StepEvent body={body} />;
    case 'evidence_pinned':
    case 'evidence_unpinned':
      return (
        <>
          <p className={classes.headline}>
            {t(body.type === 'evidence_pinned' ? 'event.evidencePinned' : 'event.evidenceUnpinned')}{' '}
            <Link to="/traces/$traceId" params={{ traceId: body.traceId }}>
              {body.traceId}
            </Link>
          </p>
          {body.type === 'evidence_pinned' && body.note !== '' && <p className={classes.said}>{body.note}</p>}
        </>
      );
    case 'resolved':
      return <Said headline={t('event.resolved')} text={body.reason} />;
    case 'reopened':
      return <Said headline={t('event.reopened')} text={body.reason} />;
  }
}

interface StepEventProps {
  readonly body: Extract<IncidentEventBody, { type: 'step_done' | 'step_reopened' }>;
}

/** A step by its title; by its id until the runbook is here. */
function StepEvent({ body }: StepEventProps) {
  const { t, i18n } = useTranslation();
  const runbook = useQuery(runbookQuery(body.runbookId, contentLanguage(i18n.language))).data;
  const step = runbook?.steps.find(({ id }) => id === body.stepId)?.title ?? body.stepId;
  return (
    <Said
      headline={t(body.type === 'step_done' ? 'event.stepDone' : 'event.stepReopened', { step })}
      text={body.note}
    />
  );
}

interface SaidProps {
  readonly headline?: string;
  readonly text?: string;
  readonly note?: string | undefined;
}

function Said({ headline, text, note }: SaidProps) {
  return (
    <>
      {headline !== undefined && <p className={classes.headline}>{headline}</p>}
      {text !== undefined && text !== '' && <p className={classes.said}>{text}</p>}
      {note !== undefined && <p className={classes.actor}>{note}</p>}
    </>
  );
}
