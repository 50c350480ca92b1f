import { Button, Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { AlertRule } from '../../../model/api/alert.ts';
import { alertRulesQuery } from '../../api/queries.ts';
import { useFormat } from '../../i18n/format.ts';
import { AlertGraph } from '../../parts/alert-graph.tsx';
import { AlertRows } from '../../parts/alert-rows.tsx';
import { ruleAnnotation } from '../../parts/annotation-text.ts';
import { Answer } from '../../parts/answer.tsx';
import { LabelList } from '../../parts/label-list.tsx';
import { StateMark } from '../../parts/mark.tsx';
import { Empty } from '../../parts/notice.tsx';
import { Page } from '../../parts/page.tsx';
import { ruleReason } from '../../parts/rule-reason.ts';
import { Section } from '../../parts/section.tsx';
import { ruleMark } from '../../parts/states.ts';
import { RelativeTime } from '../../parts/time-text.tsx';
import classes from './alerts.module.css';

/** One rule: is it firing and why, what it measures against its limit, its instances, and what to do. */
export function AlertPage() {
  const { name } = useParams({ from: '/alerts/$name' });
  const { t } = useTranslation();
  const query = useQuery(alertRulesQuery);
  const rule = query.data?.find((one) => one.name === name);
  return (
    <Page
      name={name}
      title={name}
      facts={rule === undefined ? undefined : <RuleFacts rule={rule} />}
      actions={
        rule?.runbookId != null && (
          <Button
            component={Link}
            to={`/runbooks/${encodeURIComponent(rule.runbookId)}`}
            variant={rule.state === 'firing' ? 'filled' : 'default'}
          >
            {t('alert.openRunbook')}
          </Button>
        )
      }
    >
      <Answer query={query} skeleton={<Skeleton height={320} />}>
        {() =>
          rule === undefined ? (
            <Empty title={t('alert.unknownRule', { name })} mark="unknown">
              <Link to="/alerts">{t('alert.allRules')}</Link>
            </Empty>
          ) : (
            <RuleParts rule={rule} />
          )
        }
      </Answer>
    </Page>
  );
}

function RuleFacts({ rule }: { readonly rule: AlertRule }) {
  const { t } = useTranslation();
  return (
    <>
      <StateMark mark={ruleMark(rule.state, rule.labels)} look="solid">
        {t(`alert.state.${rule.state}`)}
      </StateMark>
      <span>{ruleReason(rule, t)}</span>
      {rule.lastEvaluationMs !== null && (
        <span>
          {t('alert.evaluated')} <RelativeTime ms={rule.lastEvaluationMs} />
        </span>
      )}
    </>
  );
}

function RuleParts({ rule }: { readonly rule: AlertRule }) {
  const { t } = useTranslation();
  const format = useFormat();
  const summary = ruleAnnotation(rule, 'summary');
  return (
    <div className={classes.stack}>
      {summary !== undefined && (
        <div className={classes.about}>
          <p className={classes.summary}>{summary}</p>
          <p>{ruleAnnotation(rule, 'description')}</p>
        </div>
      )}
      <Section title={t('alert.graph')} note={t('alert.graphNote')}>
        <div className={classes.graph}>
          <AlertGraph rule={rule} height={280} />
        </div>
      </Section>
      <Section title={t('alert.instancesTitle')} look={rule.instances.length === 0 ? 'plain' : 'framed'}>
        {rule.instances.length === 0 ? (
          <Empty
            title={t(
              `alert.quiet.${rule.state === 'no_data' || rule.state === 'error' ? rule.state : 'inactive'}`,
            )}
            mark={ruleMark(rule.state, rule.labels)}
          >
            {ruleReason(rule, t)}
          </Empty>
        ) : (
          <AlertRows alerts={rule.instances} />
        )}
      </Section>
      <Section title={t('alert.rule')}>
        <dl className={classes.terms}>
          <Term name={t('alert.query')}>
            <pre className={classes.query}>{rule.query}</pre>
            <Link to="/explore" search={{ expr: rule.query }}>
              {t('alert.explore')}
            </Link>
          </Term>
          <Term name={t('alert.for')}>
            {rule.forMs === 0 ? t('alert.forNothing') : format.duration(rule.forMs)}
          </Term>
          {rule.keepFiringForMs > 0 && (
            <Term name={t('alert.keepFiringFor')}>{format.duration(rule.keepFiringForMs)}</Term>
          )}
          <Term name={t('alert.labels')}>
            <LabelList labels={rule.labels} />
          </Term>
          <Term name={t('alert.group')}>
            {rule.group} · {rule.file}
          </Term>
          <Term name={t('alert.cost')}>
            {rule.evaluationMs === null ? t('parts.noData') : format.duration(rule.evaluationMs)}
          </Term>
        </dl>
      </Section>
    </div>
  );
}

function Term({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div className={classes.term}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
