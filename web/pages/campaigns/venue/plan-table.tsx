import { VisuallyHidden } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { VenueForecast } from '../../../../model/api/campaign.ts';
import { whatIfQuery } from '../../../api/queries.ts';
import type { Plan } from '../../../api/what-if.ts';
import { useFormat } from '../../../i18n/format.ts';
import { contentLanguage } from '../../../i18n/languages.ts';
import { densityText } from '../../../parts/density.ts';
import { StateMark } from '../../../parts/mark.tsx';
import { Failure } from '../../../parts/notice.tsx';
import { densityState } from '../../../parts/states.ts';
import { isPlan } from './plan.ts';
import type { VenueProps } from './venue-summary.tsx';
import classes from './what-if.module.css';

export interface PlanTableProps extends VenueProps {
  readonly plan: Plan;
}

const ROWS = ['density', 'at', 'queue', 'wait', 'people', 'reaches'] as const;
type Row = (typeof ROWS)[number];

/** The forecast as it stands beside the one under a plan. Old figures stay, dimmed, while new ones are computed. */
export function PlanTable({ campaign, venue, plan }: PlanTableProps) {
  const { t } = useTranslation();
  const figures = useFigures(campaign.timezone);
  const asked = isPlan(plan);
  const query = useQuery({ ...whatIfQuery(campaign.id, venue.venueId, plan), enabled: asked });
  const planned = asked && query.error === null ? query.data : undefined;
  const now = figures(venue);
  const then = planned === undefined ? null : figures(planned);
  return (
    <div className={classes.outcome} aria-busy={asked && query.isFetching}>
      <table className={classes.table} data-old={query.isPlaceholderData}>
        <thead>
          <tr>
            <td />
            <th scope="col">{t('venue.whatIf.asItStands')}</th>
            <th scope="col" className={classes.plan}>
              {t('venue.whatIf.column')}
            </th>
          </tr>
        </thead>
        <tbody>
          {ROWS.map((row) => (
            <tr key={row}>
              <th scope="row">{t(`venue.whatIf.row.${row}`)}</th>
              <td>{now[row]}</td>
              <td className={classes.plan}>{then?.[row] ?? '–'}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {asked && query.error !== null ? (
        <Failure error={query.error} onRetry={() => void query.refetch()} />
      ) : (
        <p className={classes.hint}>{asked ? t('venue.whatIf.assumed') : t('venue.whatIf.hint')}</p>
      )}
      <VisuallyHidden role="status">
        {then !== null && !query.isPlaceholderData && (
          <>
            {t('venue.whatIf.column')}: {t('venue.whatIf.row.density')} {then.density}
          </>
        )}
      </VisuallyHidden>
    </div>
  );
}

function useFigures(zone: string): (forecast: VenueForecast) => Readonly<Record<Row, ReactNode>> {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const language = contentLanguage(i18n.language);
  return ({ peak, gates, expectedPeople, reaches }) => {
    const gate = gates.find(({ id }) => id === peak?.gateId)?.title[language] ?? peak?.gateId ?? '';
    const none = t('venue.nobody');
    return {
      density:
        peak === null ? (
          none
        ) : (
          <StateMark mark={densityState(peak.densityFront)}>
            {t('venue.density', { density: densityText(peak.densityFront, format) })}
          </StateMark>
        ),
      at: peak === null ? none : `${format.dateTime(peak.atMs, zone)} · ${gate}`,
      queue: peak === null ? none : format.number(peak.queue, 0),
      wait: peak === null ? none : format.duration(peak.waitMinutes * 60_000),
      people: format.number(expectedPeople.high, 0),
      reaches: reaches.page === null ? t('venue.whatIf.never') : format.dateTime(reaches.page, zone),
    };
  };
}
