import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { RunbookSummary } from '../../../model/api/runbook.ts';
import { runbooksQuery } from '../../api/queries.ts';
import { useFormat } from '../../i18n/format.ts';
import { contentLanguage } from '../../i18n/languages.ts';
import { Answer, RowsSkeleton } from '../../parts/answer.tsx';
import { StateMark } from '../../parts/mark.tsx';
import { NotYet } from '../../parts/not-yet.tsx';
import { Empty } from '../../parts/notice.tsx';
import { Page } from '../../parts/page.tsx';
import { alertStateOf } from '../../parts/states.ts';
import classes from './runbooks.module.css';

/** All runbooks: what each is for and which alerts lead to it. */
export function RunbooksPage() {
  const { t, i18n } = useTranslation();
  const query = useQuery(runbooksQuery(contentLanguage(i18n.language)));
  return (
    <Page
      name={t('page.runbooks')}
      title={t('page.runbooks')}
      facts={
        query.data === undefined ? (
          <NotYet query={query} />
        ) : (
          <span>{t('runbook.count', { count: query.data.length })}</span>
        )
      }
    >
      <Answer query={query} skeleton={<RowsSkeleton rows={5} height={72} />}>
        {(runbooks) =>
          runbooks.length === 0 ? (
            <Empty title={t('runbook.none')} command="content/runbooks/">
              {t('runbook.noneWhy')}
            </Empty>
          ) : (
            <ul className={classes.list}>
              {runbooks.map((runbook) => (
                <RunbookRow key={runbook.id} runbook={runbook} />
              ))}
            </ul>
          )
        }
      </Answer>
    </Page>
  );
}

function RunbookRow({ runbook }: { readonly runbook: RunbookSummary }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <li className={classes.row}>
      <div>
        <Link to="/runbooks/$id" params={{ id: runbook.id }} className={classes.name}>
          {runbook.title}
        </Link>
        <p>{runbook.summary}</p>
        {runbook.alerts.length > 0 && (
          <p className={classes.dim}>{t('runbook.forAlerts', { alerts: format.list(runbook.alerts) })}</p>
        )}
      </div>
      <div className={classes.side}>
        <StateMark mark={alertStateOf(runbook.severity, runbook.safety)}>
          {t(runbook.safety ? 'runbook.safety' : `runbook.severity.${runbook.severity}`)}
        </StateMark>
        <span>{t('runbook.owner', { owner: runbook.owner })}</span>
        <span>{t('runbook.reviewed', { date: runbook.reviewedOn })}</span>
      </div>
    </li>
  );
}
