import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { AlertRule } from '../../../model/api/alert.ts';
import { useFormat } from '../../i18n/format.ts';
import { ruleAnnotation } from '../../parts/annotation-text.ts';
import { StateMark } from '../../parts/mark.tsx';
import { ruleReason } from '../../parts/rule-reason.ts';
import { ruleMark } from '../../parts/states.ts';
import { RelativeTime } from '../../parts/time-text.tsx';
import classes from './alerts.module.css';

const SEVERITIES = ['page', 'ticket', 'info'] as const;

/** A rule: its state and why, how often it is pending or firing, and what looking costs. */
export function RuleRow({ rule }: { readonly rule: AlertRule }) {
  const { t } = useTranslation();
  const format = useFormat();
  const severity = SEVERITIES.find((one) => one === rule.labels.severity);
  const active = rule.instances.filter(({ resolvedAtMs }) => resolvedAtMs === null).length;
  return (
    <li className={classes.rule}>
      <span>
        <StateMark mark={ruleMark(rule.state, rule.labels)} look="soft">
          {t(`alert.state.${rule.state}`)}
        </StateMark>
      </span>
      <div className={classes.words}>
        <Link to="/alerts/$name" params={{ name: rule.name }} className={classes.name}>
          {rule.name}
        </Link>
        {rule.labels.severity !== undefined && (
          <span className={classes.severity}>
            {severity === undefined ? rule.labels.severity : t(`alert.severity.${severity}`)}
            {rule.labels.safety === 'true' ? ` · ${t('alert.safety')}` : ''}
          </span>
        )}
        <p>{ruleAnnotation(rule, 'summary')}</p>
        {rule.reason !== '' && <p className={classes.reason}>{ruleReason(rule, t)}</p>}
      </div>
      <div className={classes.side}>
        <span>{t('alert.instances', { count: active })}</span>
        {rule.lastEvaluationMs === null ? (
          <span>{t('alert.neverEvaluated')}</span>
        ) : (
          <span>
            {t('alert.evaluated')} <RelativeTime ms={rule.lastEvaluationMs} />
            {rule.evaluationMs !== null && `, ${format.duration(rule.evaluationMs)}`}
          </span>
        )}
        {rule.runbookId === null ? (
          <span>{t('alert.noRunbook')}</span>
        ) : (
          <Link to="/runbooks/$id" params={{ id: rule.runbookId }} className={classes.runbook}>
            {t('alert.runbook')}
          </Link>
        )}
      </div>
    </li>
  );
}
