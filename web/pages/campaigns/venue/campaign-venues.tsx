import { SegmentedControl } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { CampaignDetail } from '../../../../model/api/campaign.ts';
import { contentLanguage } from '../../../i18n/languages.ts';
import { Empty } from '../../../parts/notice.tsx';
import classes from './venue.module.css';
import { VenueView } from './venue-view.tsx';

/** The venues that the campaign sends people to, one at a time. */
export function CampaignVenues({ campaign }: { readonly campaign: CampaignDetail }) {
  const { t, i18n } = useTranslation();
  const navigate = useNavigate();
  const { venue: wanted } = useSearch({ from: '/campaigns/$id' });
  const venue = campaign.venues.find(({ venueId }) => venueId === wanted) ?? campaign.venues[0];
  if (venue === undefined) {
    return (
      <Empty title={t('venue.none')} command={`content/campaigns/${campaign.id}.yaml`}>
        {t('venue.noneWhy')}
      </Empty>
    );
  }
  return (
    <div className={classes.stack}>
      {campaign.venues.length > 1 && (
        <SegmentedControl
          aria-label={t('venue.choose')}
          value={venue.venueId}
          data={campaign.venues.map((one) => ({
            value: one.venueId,
            label: one.title[contentLanguage(i18n.language)],
          }))}
          onChange={(next) =>
            void navigate({
              to: '.',
              search: (old) => ({ ...old, venue: next, day: undefined, lanes: undefined, told: undefined }),
            })
          }
        />
      )}
      <VenueView key={venue.venueId} campaign={campaign} venue={venue} />
    </div>
  );
}
