import { useTranslation } from 'react-i18next';
import { useFormat } from '../../../i18n/format.ts';
import classes from './compare.module.css';
import type { PairedPath } from './paths.ts';

/** By how much a call took longer here, or which of the two traces alone has it. */
export function PathChange({ path: { state, changeNano } }: { readonly path: PairedPath }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (state !== 'both')
    return (
      <strong className={classes.only}>
        {t(state === 'added' ? 'waterfall.onlyHere' : 'waterfall.onlyThere')}
      </strong>
    );
  const sign = changeNano > 0 ? '+' : changeNano < 0 ? '−' : '±';
  return (
    <span className={classes.figure}>
      {sign}
      {format.duration(Math.abs(changeNano) / 1e6)}
    </span>
  );
}
