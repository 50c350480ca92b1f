import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { CampaignDetail } from '../../../model/api/campaign.ts';
import { useFormat } from '../../i18n/format.ts';
import { contentLanguage } from '../../i18n/languages.ts';
import { CopyableCommand } from '../../parts/copyable-command.tsx';
import { Section } from '../../parts/section.tsx';
import classes from './campaigns.module.css';

/** The campaign's manifest as the product understood it, and where to change it. */
export function CampaignSettings({ campaign }: { readonly campaign: CampaignDetail }) {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const language = contentLanguage(i18n.language);
  return (
    <div className={classes.stack}>
      <Section title={t('campaign.manifest')}>
        <dl className={classes.terms}>
          <Term name={t('campaign.id')}>
            <code>{campaign.id}</code>
          </Term>
          <Term name={t('campaign.description')}>{campaign.description[language]}</Term>
          <Term name={t('campaign.window')}>
            {format.absolute(campaign.startsAtMs, campaign.timezone)} –{' '}
            {format.absolute(campaign.endsAtMs, campaign.timezone)}
          </Term>
          <Term name={t('campaign.timezone')}>{campaign.timezone}</Term>
          <Term name={t('campaign.owner')}>{campaign.owner}</Term>
          <Term name={t('campaign.cities')}>{format.list(campaign.cities)}</Term>
          {campaign.offers.map((offer) => (
            <Term key={offer.offerId} name={t('offer.title', { offer: offer.offerId })}>
              {t('campaign.offerTerms', {
                floor: format.yuan(offer.floorCny),
                quota: format.number(offer.quotaUnits, 0),
              })}
            </Term>
          ))}
          {campaign.venues.map((venue) => (
            <Term key={venue.venueId} name={venue.title[language]}>
              {t('campaign.venueTerms', {
                area: format.number(venue.queueAreaM2),
                gates: format.list(
                  venue.gates.map((gate) =>
                    t('campaign.gateTerms', { gate: gate.title[language], count: gate.lanes }),
                  ),
                ),
              })}
            </Term>
          ))}
          <Term name={t('campaign.dashboard')}>
            <Link to="/dashboards/$uid" params={{ uid: campaign.dashboardUid }}>
              {campaign.dashboardUid}
            </Link>
          </Term>
        </dl>
      </Section>
      <p className={classes.dim}>
        {t('campaign.changeIt')} <CopyableCommand command={`content/campaigns/${campaign.id}.yaml`} />
      </p>
    </div>
  );
}

function Term({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div className={classes.term}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
