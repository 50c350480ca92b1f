import type { UseQueryResult } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { answerSeries } from '../../api/run-panel-query.ts';
import { useFormat } from '../../i18n/format.ts';
import { RelativeTime } from '../../parts/time-text.tsx';
import classes from './explore.module.css';
import type { ExploreQuery } from './state.ts';
import type { ExploreAnswer } from './use-query-answers.ts';

export interface QueryStatusProps {
  readonly query: ExploreQuery;
  readonly answer: UseQueryResult<ExploreAnswer>;
}

/** In one line: how many series in what time at what step; or that they are hidden, loading or old. */
export function QueryStatus({ query, answer }: QueryStatusProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const { data } = answer;
  if (query.hidden) return <span className={classes.status}>{t('explore.hidden')}</span>;
  if (query.expr === '') return <span className={classes.status}>{t('explore.runHint')}</span>;
  if (data === undefined)
    return <span className={classes.status}>{answer.isFetching && t('parts.loading')}</span>;
  if (answer.error !== null || answer.isPlaceholderData) {
    return (
      <span className={classes.status}>
        {answer.isPlaceholderData && answer.error === null ? t('explore.loadingOver') : t('parts.staleSince')}{' '}
        {answer.dataUpdatedAt > 0 && <RelativeTime ms={answer.dataUpdatedAt} />}
      </span>
    );
  }
  return (
    <span className={classes.status}>
      <span>{t('explore.seriesCount', { count: answerSeries(data.data).length })}</span>
      <span>{format.duration(data.tookMs)}</span>
      {data.step !== null && (
        <span>
          {t(data.step.widened ? 'explore.stepWidened' : 'explore.stepOf', {
            step: format.duration(data.step.stepMs),
          })}
        </span>
      )}
    </span>
  );
}
