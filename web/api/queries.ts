import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { fetchAlertRules } from './alerts.ts';
import { fetchAnnotations } from './annotations.ts';
import { fetchCampaign } from './campaign.ts';
import { fetchCampaigns } from './campaigns.ts';
import { fetchDashboard } from './dashboard.ts';
import { fetchDashboards } from './dashboards.ts';
import { ApiFailure } from './failure.ts';
import { fetchIncident } from './incident.ts';
import { fetchIncidents } from './incidents.ts';
import { KEYS } from './keys.ts';
import { countLogs, type LogRange, type LogSearch, searchLogs } from './logs.ts';
import { fetchNow } from './now.ts';
import { fetchLabelValues } from './prometheus-label-values.ts';
import { fetchMetadata } from './prometheus-metadata.ts';
import { fetchRunbook } from './runbook.ts';
import { fetchRunbooks } from './runbooks.ts';
import { fetchServiceGraph, type ServiceGraphSearch } from './service-graph.ts';
import { fetchServiceOperations } from './service-operations.ts';
import { fetchServices } from './services.ts';
import { fetchTrace } from './trace.ts';
import { findInTrace } from './trace-find.ts';
import { fetchTraceLogs } from './trace-logs.ts';
import { fetchTraceOutline } from './trace-outline.ts';
import { fetchPins } from './trace-pins.ts';
import { fetchSpans } from './trace-span.ts';
import { searchTraces, type TraceSearch } from './traces.ts';
import { fetchWhatIf, type Plan } from './what-if.ts';

/** The stream says what changed; asking again this often covers what has no event, such as the age of telemetry. */
const SLOW_MS = 30_000;
const CONTENT_MS = 5 * 60_000;
const AGAIN_MS = 5_000;

/** What has no interval of its own is asked again while product or store cannot answer; a refusal of the question stays. */
const untilAnswered = ({ state }: { readonly state: { readonly error: Error | null } }): number | false =>
  state.error instanceof ApiFailure &&
  (state.error.kind === 'unreachable' || (state.error.status ?? 0) >= 500)
    ? AGAIN_MS
    : false;

export const nowQuery = queryOptions({
  queryKey: KEYS.now,
  queryFn: ({ signal }) => fetchNow(signal),
  refetchInterval: 10_000,
});

export const campaignsQuery = queryOptions({
  queryKey: KEYS.campaigns,
  queryFn: ({ signal }) => fetchCampaigns(signal),
  refetchInterval: SLOW_MS,
});

export const campaignQuery = (id: string) =>
  queryOptions({
    queryKey: KEYS.campaign(id),
    queryFn: ({ signal }) => fetchCampaign(id, signal),
    refetchInterval: 10_000,
  });

/** Kept fresh like the campaign: the telemetry that the forecast rests on goes on coming. */
export const whatIfQuery = (campaign: string, venue: string, plan: Plan) =>
  queryOptions({
    queryKey: KEYS.whatIf(campaign, venue, plan),
    queryFn: ({ signal }) => fetchWhatIf(campaign, venue, plan, signal),
    placeholderData: keepPreviousData,
    refetchInterval: 10_000,
  });

export const dashboardsQuery = (language: 'en' | 'zh') =>
  queryOptions({
    queryKey: KEYS.dashboards(language),
    queryFn: ({ signal }) => fetchDashboards(language, signal),
    staleTime: CONTENT_MS,
  });

export const dashboardQuery = (uid: string, language: 'en' | 'zh') =>
  queryOptions({
    queryKey: KEYS.dashboard(uid, language),
    queryFn: ({ signal }) => fetchDashboard(uid, language, signal),
    staleTime: CONTENT_MS,
  });

export const incidentsQuery = queryOptions({
  queryKey: KEYS.incidents,
  queryFn: ({ signal }) => fetchIncidents(signal),
  refetchInterval: SLOW_MS,
});

export const incidentQuery = (id: string) =>
  queryOptions({
    queryKey: KEYS.incident(id),
    queryFn: ({ signal }) => fetchIncident(id, signal),
    refetchInterval: SLOW_MS,
  });

export const alertRulesQuery = queryOptions({
  queryKey: KEYS.alerts,
  queryFn: ({ signal }) => fetchAlertRules(signal),
  refetchInterval: SLOW_MS,
});

export const runbooksQuery = (language: 'en' | 'zh') =>
  queryOptions({
    queryKey: KEYS.runbooks(language),
    queryFn: ({ signal }) => fetchRunbooks(language, signal),
    staleTime: CONTENT_MS,
  });

export const runbookQuery = (id: string, language: 'en' | 'zh') =>
  queryOptions({
    queryKey: KEYS.runbook(id, language),
    queryFn: ({ signal }) => fetchRunbook(id, language, signal),
    staleTime: CONTENT_MS,
  });

export const servicesQuery = queryOptions({
  queryKey: KEYS.services,
  queryFn: ({ signal }) => fetchServices(signal),
  refetchInterval: 10_000,
});

/** Old answers stay while a moving range is asked for anew. */
export const serviceGraphQuery = (search: ServiceGraphSearch) =>
  queryOptions({
    queryKey: KEYS.serviceGraph(search),
    queryFn: ({ signal }) => fetchServiceGraph(search, signal),
    refetchInterval: untilAnswered,
    placeholderData: keepPreviousData,
  });

export const serviceOperationsQuery = (service: string, search: ServiceGraphSearch) =>
  queryOptions({
    queryKey: KEYS.operations(service, search),
    queryFn: ({ signal }) => fetchServiceOperations(service, search, signal),
    // The operations of another service are no stand-in for these.
    placeholderData: (old, before) => (before?.queryKey[1] === service ? old : undefined),
  });

export const logsQuery = (search: LogSearch) =>
  queryOptions({
    queryKey: KEYS.logs(search),
    queryFn: ({ signal }) => searchLogs(search, signal),
    refetchInterval: untilAnswered,
    placeholderData: keepPreviousData,
  });

export const logCountsQuery = (search: LogRange) =>
  queryOptions({
    queryKey: KEYS.logCounts(search),
    queryFn: ({ signal }) => countLogs(search, signal),
    refetchInterval: untilAnswered,
    placeholderData: keepPreviousData,
  });

export const tracesQuery = (search: TraceSearch) =>
  queryOptions({
    queryKey: KEYS.traces(search),
    queryFn: ({ signal }) => searchTraces(search, signal),
    refetchInterval: untilAnswered,
    placeholderData: keepPreviousData,
  });

export const traceQuery = (id: string, enabled: boolean) =>
  queryOptions({
    queryKey: KEYS.trace(id),
    queryFn: ({ signal }) => fetchTrace(id, signal),
    staleTime: SLOW_MS,
    enabled,
  });

export const traceOutlineQuery = (id: string) =>
  queryOptions({
    queryKey: KEYS.traceOutline(id),
    queryFn: ({ signal }) => fetchTraceOutline(id, signal),
    refetchInterval: untilAnswered,
    // Comparing every value of 100,000 spans with the last answer's takes longer than showing them anew.
    structuralSharing: false,
    staleTime: SLOW_MS,
  });

export const spanQuery = (traceId: string, spanId: string) =>
  queryOptions({
    queryKey: KEYS.span(traceId, spanId),
    queryFn: ({ signal }) => fetchSpans(traceId, spanId, signal),
    staleTime: SLOW_MS,
  });

/** Nothing is asked where the text is empty. */
export const findInTraceQuery = (traceId: string, text: string) =>
  queryOptions({
    queryKey: KEYS.traceFind(traceId, text),
    queryFn: ({ signal }) => findInTrace(traceId, text, signal),
    structuralSharing: false,
    staleTime: SLOW_MS,
    enabled: text !== '',
  });

export const traceLogsQuery = (id: string, start: number, end: number) =>
  queryOptions({
    queryKey: KEYS.traceLogs(id),
    queryFn: ({ signal }) => fetchTraceLogs(id, start, end, signal),
    staleTime: SLOW_MS,
  });

export const pinsQuery = queryOptions({
  queryKey: KEYS.pins,
  queryFn: ({ signal }) => fetchPins(signal),
  staleTime: SLOW_MS,
  retry: false,
});

export const metricNamesQuery = queryOptions({
  queryKey: KEYS.metricNames,
  queryFn: ({ signal }) => fetchLabelValues('__name__', undefined, signal),
  staleTime: CONTENT_MS,
});

export const metadataQuery = queryOptions({
  queryKey: KEYS.metadata,
  queryFn: ({ signal }) => fetchMetadata(signal),
  staleTime: CONTENT_MS,
});

/** The key is the range as the URL says it, so that a moving one keeps its answer while it is asked again. */
export const annotationsQuery = (
  from: string,
  to: string,
  resolved: { readonly fromMs: number; readonly toMs: number },
  campaign?: string,
) =>
  queryOptions({
    queryKey: [...KEYS.annotations, from, to, campaign ?? ''],
    queryFn: ({ signal }) => fetchAnnotations(resolved.fromMs, resolved.toMs, campaign, signal),
    refetchInterval: SLOW_MS,
  });
