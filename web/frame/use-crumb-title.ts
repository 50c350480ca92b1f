import { useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { CampaignSummary } from '../../model/api/campaign.ts';
import type { IncidentSummary } from '../../model/api/incident.ts';
import type { RunbookSummary } from '../../model/api/runbook.ts';
import { KEYS } from '../api/keys.ts';
import { contentLanguage } from '../i18n/languages.ts';
import type { DestinationId } from './destinations.ts';

/** The name of a thing by its id, out of what was already fetched; the id itself until then. */
export function useCrumbTitle(page: DestinationId, id: string): string {
  const client = useQueryClient();
  const language = contentLanguage(useTranslation().i18n.language);
  if (page === 'campaigns') {
    const campaigns = client.getQueryData<CampaignSummary[]>(KEYS.campaigns);
    return campaigns?.find((campaign) => campaign.id === id)?.title[language] ?? id;
  }
  if (page === 'incidents') {
    const incidents = client.getQueryData<IncidentSummary[]>(KEYS.incidents);
    return incidents?.find((incident) => incident.id === id)?.title ?? id;
  }
  if (page === 'runbooks') {
    const runbooks = client.getQueryData<RunbookSummary[]>(KEYS.runbooks(language));
    return runbooks?.find((runbook) => runbook.id === id)?.title ?? id;
  }
  return id.length > 20 ? `${id.slice(0, 12)}…` : id;
}
