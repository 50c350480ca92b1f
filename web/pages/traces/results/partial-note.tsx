import { useTranslation } from 'react-i18next';
import { StateMark } from '../../../parts/mark.tsx';
import classes from './results.module.css';

/** Why an answer is not whole; nothing where it is. */
export function PartialNote({ reason }: { readonly reason: string | null }) {
  const { t } = useTranslation();
  if (reason === null) return null;
  return (
    <p className={classes.partial} role="note">
      <StateMark mark="warning">
        {t('trace.partial')} {reason}
      </StateMark>
    </p>
  );
}
