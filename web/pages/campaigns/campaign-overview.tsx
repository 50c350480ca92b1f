import { useTranslation } from 'react-i18next';
import type { CampaignDetail, OfferInvariants } from '../../../model/api/campaign.ts';
import { useFormat } from '../../i18n/format.ts';
import { Dashboard } from '../../parts/dashboard.tsx';
import { Figure, Figures } from '../../parts/figure.tsx';
import { Empty } from '../../parts/notice.tsx';
import { Section } from '../../parts/section.tsx';
import { RelativeTime } from '../../parts/time-text.tsx';
import classes from './campaigns.module.css';
import { VenueSummary } from './venue/venue-summary.tsx';

/** What must never happen, counted exactly; the crowd that is coming; then the campaign's dashboard. */
export function CampaignOverview({ campaign }: { readonly campaign: CampaignDetail }) {
  return (
    <div className={classes.stack}>
      {campaign.offers.map((offer) => (
        <OfferFigures key={offer.offerId} offer={offer} />
      ))}
      {campaign.venues.map((venue) => (
        <VenueSummary key={venue.venueId} campaign={campaign} venue={venue} linked />
      ))}
      <Dashboard uid={campaign.dashboardUid} variables={{ campaign: campaign.id }} />
    </div>
  );
}

function OfferFigures({ offer }: { readonly offer: OfferInvariants }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (offer.unitsSold === null) {
    return (
      <Section title={t('offer.title', { offer: offer.offerId })} look="plain">
        <Empty title={t('offer.noSales')} command="npm run demo" mark="unknown">
          {t('offer.noSalesWhy')}
        </Empty>
      </Section>
    );
  }
  const count = (value: number | null): string | null => (value === null ? null : format.number(value, 0));
  const breach = (value: number | null) => (value === null ? 'unknown' : value > 0 ? 'page' : 'good');
  const missing = t('parts.noData');
  return (
    <Section
      title={t('offer.title', { offer: offer.offerId })}
      note={
        <>
          {t('offer.asOf')} <RelativeTime ms={offer.asOfMs} />
        </>
      }
    >
      <Figures>
        <Figure
          label={t('offer.sold')}
          value={count(offer.unitsSold)}
          missing={missing}
          note={t('offer.quota', {
            quota: format.number(offer.quotaUnits, 0),
            share: format.percent(offer.unitsSold / offer.quotaUnits, 0),
          })}
        />
        <Figure
          label={t('offer.underFloor')}
          value={count(offer.unitsUnderFloor)}
          missing={missing}
          mark={breach(offer.unitsUnderFloor)}
          note={t('offer.floor', { price: format.yuan(offer.floorCny) })}
        />
        <Figure
          label={t('offer.beyondQuota')}
          value={count(offer.unitsBeyondQuota)}
          missing={missing}
          mark={breach(offer.unitsBeyondQuota)}
          note={t('offer.beyondQuotaNote')}
        />
        <Figure
          label={t('offer.lowestPrice')}
          value={offer.lowestPriceCny === null ? null : format.yuan(offer.lowestPriceCny)}
          missing={missing}
          mark={
            offer.lowestPriceCny === null
              ? 'unknown'
              : offer.lowestPriceCny < offer.floorCny
                ? 'page'
                : 'good'
          }
          note={t('offer.lowestPriceNote')}
        />
        <Figure
          label={t('offer.priceUnknown')}
          value={count(offer.unitsPriceUnknown)}
          missing={missing}
          mark={(offer.unitsPriceUnknown ?? 0) > 0 ? 'warning' : undefined}
          note={t('offer.priceUnknownNote')}
        />
      </Figures>
    </Section>
  );
}
