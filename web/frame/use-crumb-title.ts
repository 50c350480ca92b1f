import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { campaignsQuery, dashboardsQuery, incidentsQuery, runbooksQuery } from '../api/queries.ts';
import { contentLanguage } from '../i18n/languages.ts';
import type { DestinationId } from './destinations.ts';

/** The name of a thing by its id; the id itself until the name is known. */
export function useCrumbTitle(page: DestinationId, id: string): string {
  const language = contentLanguage(useTranslation().i18n.language);
  const campaigns = useQuery({ ...campaignsQuery, enabled: page === 'campaigns' && id !== '' }).data;
  const incidents = useQuery({ ...incidentsQuery, enabled: page === 'incidents' && id !== '' }).data;
  const runbooks = useQuery({ ...runbooksQuery(language), enabled: page === 'runbooks' && id !== '' }).data;
  const dashboards = useQuery({
    ...dashboardsQuery(language),
    enabled: page === 'dashboards' && id !== '',
  }).data;
  if (page === 'campaigns') {
    return campaigns?.find((campaign) => campaign.id === id)?.title[language] ?? id;
  }
  if (page === 'incidents') {
    return incidents?.find((incident) => incident.id === id)?.title ?? id;
  }
  if (page === 'runbooks') {
    return runbooks?.find((runbook) => runbook.id === id)?.title ?? id;
  }
  if (page === 'dashboards') {
    return dashboards?.find(({ uid }) => uid === id)?.title ?? id;
  }
  return id.length > 20 ? `${id.slice(0, 12)}…` : id;
}
