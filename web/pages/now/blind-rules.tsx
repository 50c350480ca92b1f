import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { NowPage } from '../../../model/api/now.ts';
import { StateMark } from '../../parts/mark.tsx';
import { ruleReason } from '../../parts/rule-reason.ts';
import classes from './now.module.css';

/** Rules that cannot say anything: their silence is not good news. */
export function BlindRules({ rules }: { readonly rules: NowPage['blindRules'] }) {
  const { t } = useTranslation();
  if (rules.length === 0) {
    return (
      <p className={classes.quiet}>
        <StateMark mark="good">{t('now.noBlind')}</StateMark>
      </p>
    );
  }
  return (
    <ul className={classes.blind}>
      {rules.map((rule) => (
        <li key={rule.name}>
          <StateMark mark={rule.state === 'error' ? 'failed' : 'unknown'} look="soft">
            {t(`alert.state.${rule.state}`)}
          </StateMark>
          <div>
            <Link to="/alerts/$name" params={{ name: rule.name }}>
              {rule.name}
            </Link>
            <p className={classes.reason}>{ruleReason(rule, t)}</p>
          </div>
        </li>
      ))}
    </ul>
  );
}
