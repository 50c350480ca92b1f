import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { CampaignDetail, VenueForecast } from '../../../../model/api/campaign.ts';
import { useFormat } from '../../../i18n/format.ts';
import { contentLanguage } from '../../../i18n/languages.ts';
import { densityText } from '../../../parts/density.ts';
import { Figure, Figures } from '../../../parts/figure.tsx';
import { Section } from '../../../parts/section.tsx';
import { DENSEST, densityState } from '../../../parts/states.ts';
import { RelativeTime } from '../../../parts/time-text.tsx';
import { isBlind } from './days.ts';

export interface VenueProps {
  readonly campaign: CampaignDetail;
  readonly venue: VenueForecast;
}

export interface VenueSummaryProps extends VenueProps {
  /** With a way to the venue's own page, where it stands elsewhere. */
  readonly linked?: boolean;
}

/** How many people may come to which gate, when, and how dense it gets: the five figures of a venue. */
export function VenueSummary({ campaign, venue, linked = false }: VenueSummaryProps) {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const language = contentLanguage(i18n.language);
  const zone = campaign.timezone;
  const { peak } = venue;
  const gate = venue.gates.find(({ id }) => id === peak?.gateId)?.title[language] ?? peak?.gateId ?? '';
  // Without one reported ticket nothing is known: nobody coming would be a guess.
  const blind = isBlind(venue);
  const none = blind ? t('parts.noData') : t('venue.nobody');
  return (
    <Section
      title={t('venue.crowdAt', { venue: venue.title[language] })}
      note={
        <>
          {t('venue.computed')} <RelativeTime ms={venue.computedAtMs} />
        </>
      }
      actions={
        linked && (
          <Link
            to="/campaigns/$id"
            params={{ id: campaign.id }}
            search={{ tab: 'venue' as const, venue: venue.venueId }}
          >
            {t('venue.open')}
          </Link>
        )
      }
    >
      <Figures>
        <Figure
          label={t('venue.people')}
          value={blind ? null : format.number(venue.expectedPeople.high, 0)}
          missing={none}
          note={
            blind
              ? t('venue.noSales')
              : t('venue.peopleNote', {
                  low: format.number(venue.expectedPeople.low, 0),
                  middle: format.number(venue.expectedPeople.middle, 0),
                })
          }
        />
        <Figure
          label={t('venue.peakDensity')}
          value={
            peak === null ? null : t('venue.density', { density: densityText(peak.densityFront, format) })
          }
          missing={none}
          mark={peak === null ? undefined : densityState(peak.densityFront)}
          note={t(
            peak !== null && peak.densityFront > DENSEST ? 'venue.denserThanFits' : 'venue.peakDensityNote',
          )}
        />
        <Figure
          label={t('venue.peakAt')}
          value={peak === null ? null : format.dateTime(peak.atMs, zone)}
          missing={none}
          note={
            peak === null ? undefined : t('venue.peakAtNote', { gate, zone: format.zone(peak.atMs, zone) })
          }
        />
        <Figure
          label={t('venue.peakQueue')}
          value={peak === null ? null : format.number(peak.queue, 0)}
          missing={none}
          note={
            peak === null
              ? undefined
              : t('venue.peakQueueNote', {
                  wait: format.duration(peak.waitMinutes * 60_000),
                  rate: format.number(peak.arrivalsPerHour, 0),
                })
          }
        />
        <Figure
          label={t('venue.held')}
          value={blind ? null : format.number(venue.ticketsHeld, 0)}
          missing={none}
          note={blind ? undefined : t('venue.heldNote', { voided: format.number(venue.ticketsVoided, 0) })}
        />
      </Figures>
    </Section>
  );
}
