import { useTranslation } from 'react-i18next';
import type { VenueForecast } from '../../../../model/api/campaign.ts';
import { useFormat } from '../../../i18n/format.ts';
import { useNow } from '../../../live/clock.tsx';
import { StateMark } from '../../../parts/mark.tsx';
import { Section } from '../../../parts/section.tsx';
import classes from './venue.module.css';

export interface ActBeforeProps {
  readonly venue: VenueForecast;
  readonly timeZone: string;
}

/** When the limits are reached on the high band, and the last moment at which each remedy still helps. */
export function ActBefore({ venue, timeZone }: ActBeforeProps) {
  const { t } = useTranslation();
  const { page, sev1 } = venue.reaches;
  if (page === null && venue.actBefore === null) {
    return (
      <p>
        <StateMark mark="good">{t('venue.belowLimits')}</StateMark>
      </p>
    );
  }
  const actions =
    venue.actBefore === null
      ? []
      : ([
          ['stopSale', venue.actBefore.stopSaleMs],
          ['notify', venue.actBefore.notifyMs],
          ['openLanes', venue.actBefore.openLanesMs],
        ] as const);
  return (
    <Section title={t('venue.actBefore')} note={t('venue.actBeforeNote')}>
      <ul className={classes.deadlines}>
        {actions.map(([action, ms]) => (
          <Deadline key={action} name={t(`venue.action.${action}`)} ms={ms} timeZone={timeZone} action />
        ))}
        {page !== null && (
          <Deadline name={t('venue.reachesPage')} ms={page} timeZone={timeZone} mark="page" />
        )}
        {sev1 !== null && (
          <Deadline name={t('venue.reachesSev1')} ms={sev1} timeZone={timeZone} mark="safety" />
        )}
      </ul>
    </Section>
  );
}

interface DeadlineProps {
  readonly name: string;
  readonly ms: number;
  readonly timeZone: string;
  readonly action?: boolean;
  readonly mark?: 'page' | 'safety';
}

function Deadline({ name, ms, timeZone, action = false, mark }: DeadlineProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useNow(10_000);
  const late = ms < now;
  return (
    <li className={classes.deadline} data-late={action && late}>
      {mark === undefined ? <strong>{name}</strong> : <StateMark mark={mark}>{name}</StateMark>}
      <span className={classes.moment}>{format.dateTime(ms, timeZone)}</span>
      <span className={classes.distance}>
        {action && late ? t('venue.tooLate', { when: format.relative(ms, now) }) : format.relative(ms, now)}
      </span>
    </li>
  );
}
