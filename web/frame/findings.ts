import { useQueries } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import {
  alertRulesQuery,
  campaignsQuery,
  dashboardsQuery,
  incidentsQuery,
  runbooksQuery,
  servicesQuery,
} from '../api/queries.ts';
import { contentLanguage } from '../i18n/languages.ts';
import { ALL_DESTINATIONS } from './destinations.ts';

export type FindingKind =
  | 'page'
  | 'campaign'
  | 'incident'
  | 'alert'
  | 'runbook'
  | 'service'
  | 'dashboard'
  | 'trace'
  | 'traceName';

/** One thing that the search can open. */
export interface Finding {
  readonly key: string;
  readonly kind: FindingKind;
  readonly title: string;
  readonly detail: string;
  readonly to: string;
  readonly search?: Readonly<Record<string, string>>;
}

const TRACE_ID = /^[0-9a-f]{32}$/i;
const MOST_SHOWN = 12;

/** Everything that can be opened by name, fetched while the search is open. */
export function useFindable(): readonly Finding[] {
  const { t, i18n } = useTranslation();
  const language = contentLanguage(i18n.language);
  const [campaigns, incidents, rules, runbooks, services, dashboards] = useQueries({
    queries: [
      campaignsQuery,
      incidentsQuery,
      alertRulesQuery,
      runbooksQuery(language),
      servicesQuery,
      dashboardsQuery(language),
    ],
  });
  const path = (base: string, id: string): string => `${base}/${encodeURIComponent(id)}`;
  return [
    ...(incidents.data ?? []).map((incident) => ({
      key: `incident:${incident.id}`,
      kind: 'incident' as const,
      title: incident.title,
      detail: `${incident.severity} · ${t(`incident.state.${incident.state}`)} · ${incident.id}`,
      to: path('/incidents', incident.id),
    })),
    ...(campaigns.data ?? []).map((campaign) => ({
      key: `campaign:${campaign.id}`,
      kind: 'campaign' as const,
      title: campaign.title[language],
      detail: campaign.id,
      to: path('/campaigns', campaign.id),
    })),
    ...(rules.data ?? []).map((rule) => ({
      key: `alert:${rule.group}/${rule.name}`,
      kind: 'alert' as const,
      title: rule.name,
      detail: t(`alert.state.${rule.state}`),
      to: path('/alerts', rule.name),
    })),
    ...(runbooks.data ?? []).map((runbook) => ({
      key: `runbook:${runbook.id}`,
      kind: 'runbook' as const,
      title: runbook.title,
      detail: runbook.id,
      to: path('/runbooks', runbook.id),
    })),
    ...ALL_DESTINATIONS.map((destination) => ({
      key: `page:${destination.id}`,
      kind: 'page' as const,
      title: t(`page.${destination.id}`),
      detail: `g ${destination.key}`,
      to: destination.path,
    })),
    ...(dashboards.data ?? []).map((dashboard) => ({
      key: `dashboard:${dashboard.uid}`,
      kind: 'dashboard' as const,
      title: dashboard.title,
      detail: dashboard.uid,
      to: path('/dashboards', dashboard.uid),
    })),
    ...(services.data ?? []).map((service) => ({
      key: `service:${service.service}`,
      kind: 'service' as const,
      title: service.service,
      detail: t(`service.state.${service.state}`),
      to: '/traces',
      search: { service: service.service },
    })),
  ];
}

/** What fits `text`, the best first; a trace id leads straight to its trace. */
export function findMatches(
  all: readonly Finding[],
  text: string,
  words: (name: string) => string,
): readonly Finding[] {
  const wanted = text.trim().toLowerCase();
  if (TRACE_ID.test(wanted)) {
    return [{ key: 'trace', kind: 'trace', title: wanted, detail: '', to: `/traces/${wanted}` }];
  }
  if (wanted === '') return all.slice(0, MOST_SHOWN);
  const scored = all
    .map((finding) => ({ finding, score: score(finding, wanted) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score)
    .map(({ finding }) => finding);
  const byName: Finding = {
    key: 'trace-name',
    kind: 'traceName',
    title: words(text.trim()),
    detail: '',
    to: '/traces',
    search: { name: text.trim() },
  };
  return [...scored.slice(0, MOST_SHOWN), byName];
}

/** Titles that begin so come before words that do, and those before anything that contains it. */
function score(finding: Finding, wanted: string): number {
  const title = finding.title.toLowerCase();
  if (title.startsWith(wanted)) return 4;
  if (title.split(/[\s\-_/]+/).some((word) => word.startsWith(wanted))) return 3;
  if (title.includes(wanted)) return 2;
  return finding.detail.toLowerCase().includes(wanted) ? 1 : 0;
}
