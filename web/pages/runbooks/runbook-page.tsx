import { Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { RunbookDetail, RunbookStep } from '../../../model/api/runbook.ts';
import type { RunbookContext } from '../../../model/runbook-query.ts';
import { incidentQuery, runbookQuery } from '../../api/queries.ts';
import { CrosshairProvider } from '../../charts/index.ts';
import type { FrameSearch } from '../../frame/search.ts';
import { contentLanguage } from '../../i18n/languages.ts';
import { Answer } from '../../parts/answer.tsx';
import { CampaignName } from '../../parts/campaign-name.tsx';
import { StateMark } from '../../parts/mark.tsx';
import { NotYet } from '../../parts/not-yet.tsx';
import { Page } from '../../parts/page.tsx';
import { roleName } from '../../parts/role-name.ts';
import { Section } from '../../parts/section.tsx';
import { alertStateOf } from '../../parts/states.ts';
import { RunbookBlocks } from './runbook-blocks.tsx';
import classes from './runbooks.module.css';

/** A runbook to read and act on, its queries live for the campaign and venue that led here. */
export function RunbookPage() {
  const { id } = useParams({ from: '/runbooks/$id' });
  const { t, i18n } = useTranslation();
  const query = useQuery(runbookQuery(id, contentLanguage(i18n.language)));
  const runbook = query.data;
  return (
    <Page
      name={runbook?.title ?? id}
      title={runbook?.title ?? id}
      facts={
        runbook === undefined ? (
          <NotYet query={query} />
        ) : (
          <>
            <StateMark mark={alertStateOf(runbook.severity, runbook.safety)}>
              {t(runbook.safety ? 'runbook.safety' : `runbook.severity.${runbook.severity}`)}
            </StateMark>
            <span>{t('runbook.owner', { owner: runbook.owner })}</span>
            <span>{t('runbook.reviewed', { date: runbook.reviewedOn })}</span>
          </>
        )
      }
    >
      <Answer query={query} skeleton={<Skeleton height={480} />}>
        {(detail) => <RunbookText runbook={detail} />}
      </Answer>
    </Page>
  );
}

function RunbookText({ runbook }: { readonly runbook: RunbookDetail }) {
  const { t, i18n } = useTranslation();
  const { venue, incident } = useSearch({ from: '/runbooks/$id' });
  const { campaign }: FrameSearch = useSearch({ strict: false });
  const context: RunbookContext = { campaign, venue };
  const wanted = contentLanguage(i18n.language);
  return (
    <div className={classes.reading}>
      <div className={classes.text}>
        {runbook.language !== wanted && (
          <p className={classes.fallback} role="note">
            {t('runbook.fallback', { language: t(`runbook.language.${runbook.language}`) })}
          </p>
        )}
        <p className={classes.context}>
          {campaign === undefined ? (
            t('runbook.noCampaign')
          ) : (
            <>
              {t('runbook.liveFor')} <CampaignName id={campaign} />
              {venue !== undefined && ` · ${venue}`}
            </>
          )}
          {incident !== undefined && (
            <>
              {' · '}
              <Link to="/incidents/$id" params={{ id: incident }}>
                {t('runbook.backToIncident')}
              </Link>
            </>
          )}
        </p>
        <CrosshairProvider>
          {runbook.introduction.length > 0 && (
            <RunbookBlocks blocks={runbook.introduction} context={context} />
          )}
          <ol className={classes.steps}>
            {runbook.steps.map((step, index) => (
              <Step
                key={step.id}
                step={step}
                number={index + 1}
                runbookId={runbook.id}
                incident={incident}
                context={context}
              />
            ))}
          </ol>
        </CrosshairProvider>
        {runbook.sources.length > 0 && (
          <Section title={t('runbook.sources')}>
            <ul className={classes.sources}>
              {runbook.sources.map((source) => (
                <li key={source.title}>
                  {source.url !== null && /^https?:\/\//.test(source.url) ? (
                    <a href={source.url} target="_blank" rel="noopener noreferrer">
                      {source.title}
                    </a>
                  ) : (
                    source.title
                  )}
                </li>
              ))}
            </ul>
          </Section>
        )}
      </div>
      <nav className={classes.contents} aria-label={t('runbook.contents')}>
        <h2>{t('runbook.contents')}</h2>
        <ol>
          {runbook.steps.map((step) => (
            <li key={step.id}>
              <a href={`#step-${step.id}`}>{step.title}</a>
            </li>
          ))}
        </ol>
      </nav>
    </div>
  );
}

interface StepProps {
  readonly step: RunbookStep;
  readonly number: number;
  readonly runbookId: string;
  readonly incident: string | undefined;
  readonly context: RunbookContext;
}

function Step({ step, number, runbookId, incident, context }: StepProps) {
  const { t } = useTranslation();
  const detail = useQuery({ ...incidentQuery(incident ?? ''), enabled: incident !== undefined }).data;
  const done = detail?.runbooks
    .find(({ id }) => id === runbookId)
    ?.stepsDone.find(({ stepId }) => stepId === step.id);
  return (
    <li className={classes.step} id={`step-${step.id}`} data-done={done !== undefined}>
      <h2 className={classes.stepTitle}>
        <span className={classes.number}>{number}</span>
        {step.title}
      </h2>
      <p className={classes.stepFacts}>
        {step.role !== null && <span>{t('runbook.role', { role: roleName(step.role, t) })}</span>}
        {step.withinMinutes !== null && <span>{t('runbook.within', { count: step.withinMinutes })}</span>}
        {done !== undefined && <StateMark mark="good">{t('runbook.doneBy', { name: done.by })}</StateMark>}
        {incident !== undefined && done === undefined && (
          <Link to="/incidents/$id" params={{ id: incident }} search={{ runbook: runbookId, step: step.id }}>
            {t('runbook.doInIncident')}
          </Link>
        )}
      </p>
      <RunbookBlocks blocks={step.blocks} context={context} />
    </li>
  );
}
