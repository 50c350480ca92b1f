import { useTranslation } from 'react-i18next';
import { clockText, useFormat } from '../i18n/format.ts';
import { useNow } from '../live/clock.tsx';
import classes from './update-clock.module.css';

export interface UpdateClockProps {
  /** When the next update is due, epoch milliseconds; null: none is. */
  readonly dueMs: number | null;
  readonly long?: boolean;
}

/** The time left to the next update, and loudly by how much it is late. */
export function UpdateClock({ dueMs, long = false }: UpdateClockProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useNow(1_000);
  if (dueMs === null) return <span className={classes.none}>{t('incident.noUpdateDue')}</span>;
  const left = dueMs - now;
  const urgency = left < 0 ? 'late' : left < 60_000 ? 'soon' : 'calm';
  const clock = clockText(left);
  const words = left < 0 ? 'incident.updateLate' : long ? 'incident.updateDueLong' : 'incident.updateDue';
  return (
    <span className={classes.clock} data-urgency={urgency} title={format.absolute(dueMs)}>
      {t(words, { clock })}
    </span>
  );
}
