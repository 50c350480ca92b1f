import { useTranslation } from 'react-i18next';
import { ApiFailure } from '../../api/failure.ts';
import type { PrometheusAnswer, PrometheusData } from '../../api/prometheus-answer.ts';
import { MarkIcon } from '../../parts/mark.tsx';
import { readFault } from './error-position.ts';
import classes from './explore.module.css';
import { remedyOf } from './warning-remedy.ts';

/** What the product says about an answer: warnings with what to do, and notes. */
export function QueryNotes({ answer }: { readonly answer: PrometheusAnswer<PrometheusData> }) {
  const { t } = useTranslation();
  return (
    <>
      {answer.warnings.map((warning) => {
        const remedy = remedyOf(warning);
        return (
          <div key={warning} className={classes.warning} role="note">
            <MarkIcon mark="warning" />
            <p>
              <strong>{t('explore.warning')}</strong> {warning}
              {remedy !== null && <span className={classes.remedy}>{t(`explore.remedy.${remedy}`)}</span>}
            </p>
          </div>
        );
      })}
      {answer.infos.map((info) => (
        <div key={info} className={classes.info} role="note">
          <MarkIcon mark="information" />
          <p>
            <strong>{t('explore.info')}</strong> {info}
          </p>
        </div>
      ))}
    </>
  );
}

/** A query that was refused, and what is wrong with it; its place is marked in the editor. */
export function QueryFault({ failure }: { readonly failure: ApiFailure }) {
  const { t } = useTranslation();
  const fault = readFault(failure.message);
  return (
    <div className={classes.fault} role="alert">
      <MarkIcon mark="failed" />
      <p>
        <strong>
          {fault === null
            ? t('explore.refused')
            : t('explore.faultAt', { line: fault.line, column: fault.column })}
        </strong>{' '}
        {fault?.message ?? failure.message}
      </p>
    </div>
  );
}

/** A refusal is about the query; anything else is about the product. */
export const isRefusal = (error: unknown): error is ApiFailure =>
  error instanceof ApiFailure && error.kind === 'refused' && (error.status ?? 0) < 500;
