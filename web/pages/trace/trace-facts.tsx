import { useTranslation } from 'react-i18next';
import { useFormat } from '../../i18n/format.ts';
import { CampaignName } from '../../parts/campaign-name.tsx';
import { CopyableCommand } from '../../parts/copyable-command.tsx';
import { StateMark } from '../../parts/mark.tsx';
import { DateTime } from '../../parts/time-text.tsx';
import { campaignOf } from './surroundings.ts';
import type { TraceTree } from './tree.ts';

export interface TraceFactsProps {
  readonly traceId: string;
  readonly tree: TraceTree;
}

/** Whether it is bad, how long it took, when, how much of it there is, for which campaign. */
export function TraceFacts({ traceId, tree }: TraceFactsProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const campaignId = campaignOf(tree);
  return (
    <>
      {tree.errors.length > 0 ? (
        <StateMark mark="page" look="soft">
          {t('trace.errors', { count: tree.errors.length })}
        </StateMark>
      ) : (
        <StateMark mark="good">{t('trace.noErrors')}</StateMark>
      )}
      <strong>{format.duration(tree.durationNano / 1e6)}</strong>
      <DateTime ms={tree.startMs} />
      <span>
        {t('waterfall.spanCount', { count: tree.nodes.length, shown: format.number(tree.nodes.length) })}
      </span>
      <span>{t('trace.serviceCount', { count: tree.services.length })}</span>
      {campaignId !== null && <CampaignName id={campaignId} />}
      <CopyableCommand command={traceId} />
    </>
  );
}
