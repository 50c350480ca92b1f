import { SegmentedControl } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { CrosshairProvider } from '../../../charts/index.ts';
import { useFormat } from '../../../i18n/format.ts';
import { contentLanguage } from '../../../i18n/languages.ts';
import { Empty } from '../../../parts/notice.tsx';
import { Section } from '../../../parts/section.tsx';
import { ActBefore } from './act-before.tsx';
import { forecastDays, isBlind } from './days.ts';
import { GateFan } from './gate-fan.tsx';
import { GateTable } from './gate-table.tsx';
import classes from './venue.module.css';
import { type VenueProps, VenueSummary } from './venue-summary.tsx';
import { WhatIf } from './what-if.tsx';

/** One venue: the crowd in figures, until when acting helps, who comes to which gate, and the forecast of a day. */
export function VenueView({ campaign, venue }: VenueProps) {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const navigate = useNavigate();
  const zone = campaign.timezone;
  const { day: wanted } = useSearch({ from: '/campaigns/$id' });
  const days = useMemo(() => forecastDays(venue, zone), [venue, zone]);
  const worst = days.reduce((best, day) => (day.densityMax > (best?.densityMax ?? -1) ? day : best), days[0]);
  const basis = contentLanguage(i18n.language) === 'zh' ? (venue.basisZh ?? venue.basis) : venue.basis;
  const day = days.find((one) => one.day === wanted) ?? worst;
  return (
    <>
      <VenueSummary campaign={campaign} venue={venue} />
      {!isBlind(venue) && <ActBefore venue={venue} timeZone={zone} />}
      {day === undefined ? (
        <Empty title={t('venue.noForecast')} command="npm run demo" mark="unknown">
          {t('venue.noForecastWhy')}
        </Empty>
      ) : (
        <>
          <WhatIf campaign={campaign} venue={venue} />
          <Section
            title={t('venue.whoComes')}
            note={t('venue.whoComesNote', { zone: format.zone(day.startMs, zone) })}
          >
            <GateTable venue={venue} days={days} chosen={day.day} timeZone={zone} />
          </Section>
          <Section
            look="plain"
            title={t('venue.forecast')}
            note={t('venue.forecastNote')}
            actions={
              days.length > 1 && (
                <SegmentedControl
                  aria-label={t('venue.day')}
                  value={day.day}
                  data={days.map((one) => ({ value: one.day, label: format.day(one.startMs, zone) }))}
                  onChange={(next) =>
                    void navigate({ to: '.', search: (old) => ({ ...old, day: next }), resetScroll: false })
                  }
                />
              )
            }
          >
            <CrosshairProvider>
              <div className={classes.fans}>
                {day.gates.map((gate) => (
                  <GateFan key={gate.gateId} venue={venue} gate={gate} day={day} timeZone={zone} />
                ))}
              </div>
            </CrosshairProvider>
          </Section>
        </>
      )}
      <Section title={t('venue.basis')}>
        <ul className={classes.basis}>
          {basis.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      </Section>
    </>
  );
}
