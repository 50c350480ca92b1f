import { useTranslation } from 'react-i18next';
import type { VenueForecast } from '../../../../model/api/campaign.ts';
import { useFormat } from '../../../i18n/format.ts';
import { contentLanguage } from '../../../i18n/languages.ts';
import { densityText } from '../../../parts/density.ts';
import { StateMark } from '../../../parts/mark.tsx';
import { densityState } from '../../../parts/states.ts';
import type { ForecastDay, GateDay } from './days.ts';
import classes from './venue.module.css';

export interface GateTableProps {
  readonly venue: VenueForecast;
  readonly days: readonly ForecastDay[];
  readonly chosen: string;
  readonly timeZone: string;
}

/** How many people may come to which gate on which day, and the worst moment there. */
export function GateTable({ venue, days, chosen, timeZone }: GateTableProps) {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const language = contentLanguage(i18n.language);
  return (
    // A wide table scrolls in its own box, which the keyboard must reach.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: see above
    <section className={classes.scroll} tabIndex={0} aria-label={t('venue.gateTable')}>
      <table className={classes.table}>
        <thead>
          <tr>
            <th scope="col">{t('venue.day')}</th>
            {venue.gates.map((gate) => (
              <th key={gate.id} scope="col">
                {gate.title[language]}{' '}
                <span className={classes.lanes}>
                  {gate.lanesOpen === null
                    ? t('venue.lanesUnknown', { count: gate.lanes })
                    : t('venue.lanes', { open: gate.lanesOpen, lanes: gate.lanes })}
                </span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {days.map((day) => (
            <tr key={day.day} data-chosen={day.day === chosen}>
              <th scope="row">
                {format.day(day.startMs, timeZone)}
                <span className={classes.hours}>
                  {format.time(day.startMs, timeZone)}–{format.time(day.endMs, timeZone)}
                </span>
              </th>
              {day.gates.map((gate) => (
                <GateCell
                  key={gate.gateId}
                  gate={gate}
                  name={venue.gates.find(({ id }) => id === gate.gateId)?.title[language] ?? gate.gateId}
                  timeZone={timeZone}
                />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

interface GateCellProps {
  readonly gate: GateDay;
  readonly name: string;
  readonly timeZone: string;
}

function GateCell({ gate, name, timeZone }: GateCellProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const { worst, people } = gate;
  if (worst === null) return <td data-gate={name}>{t('parts.noData')}</td>;
  return (
    <td data-gate={name}>
      <span className={classes.people}>
        <strong>{t('venue.upTo', { people: format.number(people.high, 0) })}</strong>{' '}
        <span className={classes.dim}>
          {t('venue.likely', {
            low: format.number(people.low, 0),
            middle: format.number(people.middle, 0),
          })}
        </span>
      </span>
      <StateMark mark={densityState(worst.densityFront.high)}>
        {t('venue.worstAt', {
          density: densityText(worst.densityFront.high, format),
          time: format.time(worst.atMs, timeZone),
        })}
      </StateMark>
    </td>
  );
}
