import { Button, NativeSelect, Skeleton, Textarea } from '@mantine/core';
import { IconArrowLeft, IconArrowRight, IconCheck } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { IncidentDetail } from '../../../model/api/incident.ts';
import type { RunbookDetail, RunbookStep } from '../../../model/api/runbook.ts';
import { runbookQuery, runbooksQuery } from '../../api/queries.ts';
import { nextStep } from '../../frame/incident-bar.tsx';
import { contentLanguage } from '../../i18n/languages.ts';
import { Answer } from '../../parts/answer.tsx';
import { StateMark } from '../../parts/mark.tsx';
import { Empty } from '../../parts/notice.tsx';
import { roleName } from '../../parts/role-name.ts';
import { Section } from '../../parts/section.tsx';
import { DateTime } from '../../parts/time-text.tsx';
import { RunbookBlocks } from '../runbooks/runbook-blocks.tsx';
import classes from './incident.module.css';
import type { IncidentPartProps } from './situation.tsx';

/** The runbook's step that comes next, large enough to be read across a table. */
export function CurrentStep({ incident, commands }: IncidentPartProps) {
  const { t, i18n } = useTranslation();
  const navigate = useNavigate();
  const { runbook: wanted } = useSearch({ from: '/incidents/$id' });
  const id = incident.runbooks.find((one) => one.id === wanted)?.id ?? incident.runbooks[0]?.id;
  const query = useQuery({
    ...runbookQuery(id ?? '', contentLanguage(i18n.language)),
    enabled: id !== undefined,
  });
  const titles = useQuery(runbooksQuery(contentLanguage(i18n.language))).data;
  if (id === undefined) {
    return (
      <Section title={t('incident.nextStep')} look="plain">
        <Empty title={t('incident.noRunbook')}>
          {t('incident.noRunbookWhy')} <Link to="/runbooks">{t('page.runbooks')}</Link>
        </Empty>
      </Section>
    );
  }
  return (
    <Section
      title={t('incident.nextStep')}
      look="plain"
      actions={
        incident.runbooks.length > 1 && (
          <NativeSelect
            aria-label={t('incident.chooseRunbook')}
            value={id}
            data={incident.runbooks.map((one) => ({
              value: one.id,
              label: titles?.find((known) => known.id === one.id)?.title ?? one.id,
            }))}
            onChange={(event) => {
              const runbook = event.currentTarget.value;
              void navigate({ to: '.', search: (old) => ({ ...old, runbook, step: undefined }) });
            }}
          />
        )
      }
    >
      <Answer query={query} skeleton={<Skeleton height={320} />}>
        {(runbook) => <StepOf runbook={runbook} incident={incident} commands={commands} />}
      </Answer>
    </Section>
  );
}

interface StepOfProps extends IncidentPartProps {
  readonly runbook: RunbookDetail;
}

function StepOf({ runbook, incident, commands }: StepOfProps) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { step: wanted } = useSearch({ from: '/incidents/$id' });
  const next = nextStep(incident, runbook);
  const step = runbook.steps.find(({ id }) => id === wanted) ?? next ?? runbook.steps.at(-1);
  if (step === undefined) return <Empty title={t('runbook.noSteps')}>{t('runbook.noStepsWhy')}</Empty>;
  const position = runbook.steps.indexOf(step);
  const show = (target: RunbookStep | undefined): void =>
    void navigate({
      to: '.',
      search: (old) => ({ ...old, step: target?.id }),
      replace: true,
      resetScroll: false,
    });
  return (
    <article className={classes.step} id="incident-current">
      <p className={classes.place}>
        <span>{t('runbook.stepOf', { number: position + 1, count: runbook.steps.length })}</span>
        <Link
          to="/runbooks/$id"
          params={{ id: runbook.id }}
          search={{ campaign: incident.campaignId ?? undefined, incident: incident.id }}
        >
          {runbook.title}
        </Link>
      </p>
      <StepDots runbook={runbook} incident={incident} current={step.id} onShow={show} />
      <h3 className={classes.stepTitle}>{step.title}</h3>
      <p className={classes.place}>
        {step.role !== null && <span>{t('runbook.role', { role: roleName(step.role, t) })}</span>}
        {step.withinMinutes !== null && <span>{t('runbook.within', { count: step.withinMinutes })}</span>}
      </p>
      <RunbookBlocks
        blocks={step.blocks}
        context={{ campaign: incident.campaignId ?? undefined, venue: venueOf(incident) }}
      />
      <StepDone
        key={step.id}
        runbook={runbook}
        step={step}
        incident={incident}
        commands={commands}
        onDone={() => show(undefined)}
      />
      <div className={classes.stepMoves}>
        <Button
          variant="subtle"
          leftSection={<IconArrowLeft size={14} aria-hidden />}
          disabled={position === 0}
          onClick={() => show(runbook.steps[position - 1])}
        >
          {t('runbook.previous')}
        </Button>
        <Button
          variant="subtle"
          rightSection={<IconArrowRight size={14} aria-hidden />}
          disabled={position === runbook.steps.length - 1}
          onClick={() => show(runbook.steps[position + 1])}
        >
          {t('runbook.next')}
        </Button>
      </div>
    </article>
  );
}

interface StepDotsProps {
  readonly runbook: RunbookDetail;
  readonly incident: IncidentDetail;
  readonly current: string;
  readonly onShow: (step: RunbookStep) => void;
}

/** All steps as a row of buttons: done, here, to do. */
function StepDots({ runbook, incident, current, onShow }: StepDotsProps) {
  const { t } = useTranslation();
  const done = incident.runbooks.find(({ id }) => id === runbook.id)?.stepsDone ?? [];
  return (
    <ol className={classes.dots}>
      {runbook.steps.map((step, index) => {
        const isDone = done.some(({ stepId }) => stepId === step.id);
        return (
          <li key={step.id}>
            <button
              type="button"
              className={classes.dot}
              data-done={isDone}
              aria-current={step.id === current ? 'step' : undefined}
              aria-label={t(isDone ? 'runbook.stepDone' : 'runbook.stepToDo', {
                number: index + 1,
                title: step.title,
              })}
              title={step.title}
              onClick={() => onShow(step)}
            >
              {isDone ? <IconCheck size={12} stroke={2.5} aria-hidden /> : index + 1}
            </button>
          </li>
        );
      })}
    </ol>
  );
}

interface StepDoneProps extends StepOfProps {
  readonly step: RunbookStep;
  readonly onDone: () => void;
}

/** Ticks the step off with a note, or says who did and takes the tick back. */
function StepDone({ runbook, step, incident, commands, onDone }: StepDoneProps) {
  const { t } = useTranslation();
  const [note, setNote] = useState('');
  const done = incident.runbooks
    .find(({ id }) => id === runbook.id)
    ?.stepsDone.find(({ stepId }) => stepId === step.id);
  const send = async (value: boolean): Promise<void> => {
    if (await commands.run('steps', { runbookId: runbook.id, stepId: step.id, done: value, note })) onDone();
  };
  if (done !== undefined) {
    return (
      <div className={classes.done}>
        <StateMark mark="good">{t('runbook.doneBy', { name: done.by })}</StateMark>{' '}
        <DateTime ms={done.atMs} />
        {done.note !== '' && <p>{done.note}</p>}
        <Button
          variant="default"
          size="compact-xs"
          loading={commands.pending === 'steps'}
          onClick={() => void send(false)}
        >
          {t('runbook.reopenStep')}
        </Button>
      </div>
    );
  }
  return (
    <form
      className={classes.doneForm}
      onSubmit={(event) => {
        event.preventDefault();
        void send(true);
      }}
    >
      <Textarea
        autosize
        minRows={1}
        maxLength={2000}
        aria-label={t('runbook.note')}
        placeholder={t('runbook.note')}
        value={note}
        onChange={(event) => setNote(event.currentTarget.value)}
      />
      <Button
        type="submit"
        size="sm"
        leftSection={<IconCheck size={16} aria-hidden />}
        loading={commands.pending === 'steps'}
        disabled={incident.state === 'resolved'}
      >
        {t('runbook.markDone')}
      </Button>
    </form>
  );
}

/** The venue that the incident's alerts name. */
export function venueOf(incident: IncidentDetail): string | undefined {
  return incident.alerts.find(({ labels }) => labels.venue_id !== undefined)?.labels.venue_id;
}
