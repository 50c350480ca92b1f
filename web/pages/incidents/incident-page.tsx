import { Skeleton, Tabs } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { type TouchEvent, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { IncidentDetail } from '../../../model/api/incident.ts';
import { incidentQuery } from '../../api/queries.ts';
import { DefaultRangeContext } from '../../frame/use-time-range.ts';
import { Answer } from '../../parts/answer.tsx';
import { CampaignName } from '../../parts/campaign-name.tsx';
import { StateMark } from '../../parts/mark.tsx';
import { Failure } from '../../parts/notice.tsx';
import { Page } from '../../parts/page.tsx';
import { incidentStateOf } from '../../parts/states.ts';
import { RelativeTime } from '../../parts/time-text.tsx';
import { CurrentStep } from './current-step.tsx';
import { Evidence } from './evidence.tsx';
import classes from './incident.module.css';
import { IncidentFooter } from './incident-footer.tsx';
import { People } from './people.tsx';
import { INCIDENT_PARTS } from './search.ts';
import { Situation } from './situation.tsx';
import { Timeline } from './timeline.tsx';
import { useIncidentCommand } from './use-incident-command.ts';

/** One incident: what is the matter and the next step; what happened; people and evidence. */
export function IncidentPage() {
  const { id } = useParams({ from: '/incidents/$id' });
  const query = useQuery(incidentQuery(id));
  const incident = query.data;
  return (
    <Page
      name={incident?.title ?? id}
      title={incident?.title ?? id}
      facts={incident === undefined ? <span>{id}</span> : <IncidentFacts incident={incident} />}
    >
      <Answer query={query} skeleton={<IncidentSkeleton />}>
        {(detail) => (
          <DefaultRangeContext value={rangeOf(detail)}>
            <IncidentParts incident={detail} />
          </DefaultRangeContext>
        )}
      </Answer>
    </Page>
  );
}

/** From a little before an incident to now, or to a little after its end. */
function rangeOf(incident: IncidentDetail): { from: string; to: string } {
  return {
    from: String(incident.openedAtMs - AROUND_MS),
    to: incident.resolvedAtMs === null ? 'now' : String(incident.resolvedAtMs + AROUND_MS),
  };
}

function IncidentFacts({ incident }: { readonly incident: IncidentDetail }) {
  const { t } = useTranslation();
  const resolved = incident.state === 'resolved';
  return (
    <>
      <StateMark
        mark={resolved ? 'good' : incidentStateOf(incident.severity, incident.safety)}
        look={resolved ? 'soft' : 'solid'}
      >
        {incident.safety
          ? t('incident.severityWithSafety', { severity: incident.severity })
          : incident.severity}
      </StateMark>
      <span>{t(`incident.state.${incident.state}`)}</span>
      <span>
        {t('incident.opened')} <RelativeTime ms={incident.openedAtMs} />
      </span>
      {incident.campaignId !== null && <CampaignName id={incident.campaignId} />}
      <span>{t('alert.firingCount', { count: incident.alertsFiring })}</span>
    </>
  );
}

const SWIPE_PX = 60;
const AROUND_MS = 10 * 60_000;

/** Three columns; on a phone one of them, and a swipe brings the next. */
function IncidentParts({ incident }: { readonly incident: IncidentDetail }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { part = 'step' } = useSearch({ from: '/incidents/$id' });
  const commands = useIncidentCommand(incident.id);
  const start = useRef({ x: 0, y: 0 });
  const show = (next: string | null | undefined): void => {
    const known = INCIDENT_PARTS.find((one) => one === next);
    if (known !== undefined)
      void navigate({ to: '.', search: (old) => ({ ...old, part: known }), replace: true });
  };
  const swiped = (event: TouchEvent): void => {
    const touch = event.changedTouches[0];
    if (touch === undefined) return;
    const [x, y] = [touch.clientX - start.current.x, touch.clientY - start.current.y];
    if (Math.abs(x) < SWIPE_PX || Math.abs(x) < 2 * Math.abs(y)) return;
    show(INCIDENT_PARTS[INCIDENT_PARTS.indexOf(part) + (x < 0 ? 1 : -1)]);
  };
  return (
    <>
      <Tabs value={part} onChange={show} className={classes.parts}>
        <Tabs.List grow>
          {INCIDENT_PARTS.map((name) => (
            <Tabs.Tab key={name} value={name} aria-controls={`incident-${name}`}>
              {t(`incident.part.${name}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
      </Tabs>
      {commands.error !== null && <Failure error={commands.error} onRetry={commands.dismiss} />}
      <div
        className={classes.columns}
        data-part={part}
        onTouchStart={(event) => {
          const touch = event.touches[0];
          if (touch !== undefined) start.current = { x: touch.clientX, y: touch.clientY };
        }}
        onTouchEnd={swiped}
      >
        <div id="incident-step" className={classes.column} data-name="step">
          <Situation incident={incident} commands={commands} />
          <CurrentStep incident={incident} commands={commands} />
        </div>
        <div id="incident-timeline" className={classes.column} data-name="timeline">
          <Timeline incident={incident} commands={commands} />
        </div>
        <div id="incident-people" className={classes.column} data-name="people">
          <People incident={incident} commands={commands} />
          <Evidence incident={incident} />
        </div>
      </div>
      <IncidentFooter
        incident={incident}
        commands={commands}
        onStep={() => {
          show('step');
          // The part is laid out by the next frame.
          requestAnimationFrame(() => document.getElementById('incident-current')?.scrollIntoView());
        }}
      />
    </>
  );
}

function IncidentSkeleton() {
  return (
    <div className={classes.columns} data-part="step">
      {INCIDENT_PARTS.map((name) => (
        <div key={name} className={classes.column} data-name={name}>
          <Skeleton height={120} />
          <Skeleton height={320} />
        </div>
      ))}
    </div>
  );
}
