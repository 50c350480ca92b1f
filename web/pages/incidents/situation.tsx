import { useQuery } from '@tanstack/react-query';
import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import type { CampaignDetail } from '../../../model/api/campaign.ts';
import type { IncidentDetail } from '../../../model/api/incident.ts';
import { campaignQuery } from '../../api/queries.ts';
import { useFormat } from '../../i18n/format.ts';
import { densityText } from '../../parts/density.ts';
import { Figure, Figures } from '../../parts/figure.tsx';
import { Section } from '../../parts/section.tsx';
import { densityState } from '../../parts/states.ts';
import classes from './incident.module.css';
import { SeverityChange } from './severity-change.tsx';
import type { IncidentCommands } from './use-incident-command.ts';

export interface IncidentPartProps {
  readonly incident: IncidentDetail;
  readonly commands: IncidentCommands;
}

/** Why it was opened, how bad it is, and its impact in orders, people and money. */
export function Situation({ incident, commands }: IncidentPartProps) {
  const { t } = useTranslation();
  const opened = incident.events.find(({ body }) => body.type === 'opened')?.body;
  const campaign = useQuery({
    ...campaignQuery(incident.campaignId ?? ''),
    enabled: incident.campaignId !== null,
  }).data;
  return (
    <Section
      title={t('incident.situation')}
      actions={<SeverityChange incident={incident} commands={commands} />}
    >
      {opened?.type === 'opened' && opened.reason !== '' && (
        <p className={classes.reason}>{openingText(opened.reason, t)}</p>
      )}
      {campaign !== undefined && <Impact campaign={campaign} />}
    </Section>
  );
}

/** Why it was opened: by an alert's firing, in the reader's language; what a person wrote, as written. */
function openingText(reason: string, t: TFunction): string {
  const alert = /^(\w+) fires: the condition (?:holds|held for its `for`)$/.exec(reason)?.[1];
  return alert === undefined ? reason : t('incident.openedByAlert', { alert });
}

function Impact({ campaign }: { readonly campaign: CampaignDetail }) {
  const { t } = useTranslation();
  const format = useFormat();
  const total = (pick: (offer: CampaignDetail['offers'][number]) => number | null): number | null => {
    const known = campaign.offers.map(pick).filter((value) => value !== null);
    return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0);
  };
  const count = (value: number | null): string | null => (value === null ? null : format.number(value, 0));
  const underFloor = total(({ unitsUnderFloor }) => unitsUnderFloor);
  const beyondQuota = total(({ unitsBeyondQuota }) => unitsBeyondQuota);
  const money = total(({ unitsUnderFloor, floorCny, lowestPriceCny }) =>
    unitsUnderFloor === null || lowestPriceCny === null
      ? null
      : unitsUnderFloor * (floorCny - lowestPriceCny),
  );
  const venue = campaign.venues.toSorted(
    (a, b) => (b.peak?.densityFront ?? 0) - (a.peak?.densityFront ?? 0),
  )[0];
  const missing = t('parts.noData');
  return (
    <div className={classes.impact}>
      <Figures>
        <Figure
          label={t('offer.underFloor')}
          value={count(underFloor)}
          missing={missing}
          mark={(underFloor ?? 0) > 0 ? 'page' : undefined}
        />
        <Figure
          label={t('offer.beyondQuota')}
          value={count(beyondQuota)}
          missing={missing}
          mark={(beyondQuota ?? 0) > 0 ? 'page' : undefined}
        />
        <Figure
          label={t('incident.moneyAtRisk')}
          value={money === null ? null : `≤ ${format.yuan(Math.max(0, Math.round(money)))}`}
          missing={missing}
          note={t('incident.moneyAtRiskNote')}
        />
        {venue !== undefined && (
          <Figure
            label={t('venue.people')}
            value={format.number(venue.expectedPeople.high, 0)}
            mark={venue.peak === null ? undefined : densityState(venue.peak.densityFront)}
            note={
              venue.peak === null
                ? undefined
                : t('venue.worstAt', {
                    density: densityText(venue.peak.densityFront, format),
                    time: format.dateTime(venue.peak.atMs, campaign.timezone),
                  })
            }
          />
        )}
      </Figures>
    </div>
  );
}
