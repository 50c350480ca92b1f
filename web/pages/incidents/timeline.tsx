import { Button, NativeSelect, Textarea } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { IncidentEvent, IncidentEventBody } from '../../../model/api/incident.ts';
import { clockText } from '../../i18n/format.ts';
import { Section } from '../../parts/section.tsx';
import { ClockTime } from '../../parts/time-text.tsx';
import { EventText } from './event-text.tsx';
import classes from './incident.module.css';
import { TIMELINE_FILTERS } from './search.ts';
import type { IncidentPartProps } from './situation.tsx';

type Filter = (typeof TIMELINE_FILTERS)[number];

/** Which filter an event belongs to; a kind that is forgotten here does not compile. */
const FILTER_OF = {
  opened: 'people',
  alert_joined: 'alerts',
  alert_resolved: 'alerts',
  severity_changed: 'people',
  acknowledged: 'people',
  commented: 'people',
  role_assigned: 'people',
  update_published: 'updates',
  step_done: 'steps',
  step_reopened: 'steps',
  evidence_pinned: 'people',
  evidence_unpinned: 'people',
  resolved: 'people',
  reopened: 'people',
} as const satisfies Record<IncidentEventBody['type'], Filter>;

/** What happened, the newest first, and a place to add to it. */
export function Timeline({ incident, commands }: IncidentPartProps) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { filter = 'all' } = useSearch({ from: '/incidents/$id' });
  const events = incident.events
    .filter(({ body }) => filter === 'all' || FILTER_OF[body.type] === filter || body.type === 'opened')
    .toSorted((a, b) => b.sequence - a.sequence);
  return (
    <Section
      title={t('incident.timeline')}
      note={t('incident.eventCount', { count: events.length })}
      actions={
        <NativeSelect
          aria-label={t('incident.filterLabel')}
          value={filter}
          data={TIMELINE_FILTERS.map((value) => ({ value, label: t(`incident.filter.${value}`) }))}
          onChange={(event) => {
            const next = TIMELINE_FILTERS.find((one) => one === event.currentTarget.value);
            void navigate({
              to: '.',
              search: (old) => ({ ...old, filter: next }),
              replace: true,
              resetScroll: false,
            });
          }}
        />
      }
    >
      <CommentForm incident={incident} commands={commands} />
      <ol className={classes.timeline} aria-live="polite" aria-relevant="additions">
        {events.map((event) => (
          <TimelineEvent key={event.sequence} event={event} openedAtMs={incident.openedAtMs} />
        ))}
      </ol>
    </Section>
  );
}

interface TimelineEventProps {
  readonly event: IncidentEvent;
  readonly openedAtMs: number;
}

function TimelineEvent({ event, openedAtMs }: TimelineEventProps) {
  const { t } = useTranslation();
  return (
    <li className={classes.event} data-type={event.body.type} data-actor={event.actor.kind}>
      <span className={classes.eventTime}>
        <ClockTime ms={event.atMs} />
        <span className={classes.sinceOpened}>+{clockText(event.atMs - openedAtMs)}</span>
      </span>
      <div className={classes.eventBody}>
        <EventText body={event.body} />
        <span className={classes.actor}>
          {event.actor.kind === 'system' ? t('incident.bySystem') : event.actor.name}
        </span>
      </div>
    </li>
  );
}

function CommentForm({ incident, commands }: IncidentPartProps) {
  const { t } = useTranslation();
  const [text, setText] = useState('');
  const send = async (): Promise<void> => {
    if (text.trim() !== '' && (await commands.run('comments', { text }))) setText('');
  };
  return (
    <form
      className={classes.comment}
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <Textarea
        autosize
        minRows={1}
        maxRows={8}
        className={classes.commentField}
        aria-label={t('incident.commentLabel')}
        placeholder={t('incident.commentLabel')}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) void send();
        }}
      />
      <Button
        type="submit"
        variant="default"
        loading={commands.pending === 'comments'}
        disabled={text.trim() === '' || incident.id === ''}
      >
        {t('incident.addComment')}
      </Button>
    </form>
  );
}
