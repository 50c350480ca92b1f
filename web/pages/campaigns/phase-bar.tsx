import { useTranslation } from 'react-i18next';
import type { CampaignSummary } from '../../../model/api/campaign.ts';
import { useFormat } from '../../i18n/format.ts';
import { useNow } from '../../live/clock.tsx';
import classes from './campaigns.module.css';

/** How far the campaign's window has run, with its two ends. */
export function PhaseBar({ campaign }: { readonly campaign: CampaignSummary }) {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useNow(10_000);
  const length = Math.max(1, campaign.endsAtMs - campaign.startsAtMs);
  const done = Math.min(1, Math.max(0, (now - campaign.startsAtMs) / length));
  return (
    <div className={classes.phases}>
      <span title={format.absolute(campaign.startsAtMs)}>{format.dateTime(campaign.startsAtMs)}</span>
      <progress
        className={classes.progress}
        value={done}
        max={1}
        aria-label={t('campaign.windowDone', { share: format.percent(done, 0) })}
      />
      <span title={format.absolute(campaign.endsAtMs)}>
        {format.dateTime(campaign.endsAtMs)} {format.zone(campaign.endsAtMs)}
      </span>
    </div>
  );
}
