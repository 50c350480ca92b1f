import { type QueryClient, useQueryClient } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { KEYS } from '../../api/keys.ts';
import { fetchLabelNames } from '../../api/prometheus-label-names.ts';
import { fetchLabelValues } from '../../api/prometheus-label-values.ts';
import { campaignsQuery, metadataQuery, metricNamesQuery } from '../../api/queries.ts';
import { contentLanguage } from '../../i18n/languages.ts';
import type { EditorKnowledge } from './editor/knowledge.ts';

/** Names and values of labels change slowly; while one writes a query they stay. */
const LABELS_FRESH_MS = 60_000;

/** What the editor asks while one writes, kept between keys and between queries. */
export function useEditorKnowledge(): EditorKnowledge {
  const { t, i18n } = useTranslation();
  const client = useQueryClient();
  const language = contentLanguage(i18n.language);
  return useMemo(
    () => ({
      language,
      ...askedThrough(client, language),
      words: {
        metric: (type: string) => t('explore.metricOfType', { type }),
        unit: (unit: string) => t('explore.inUnit', { unit }),
        campaignLabel: t('explore.campaignLabel'),
        aggregation: t('explore.aggregation'),
        function: t('explore.function'),
        noHelp: t('explore.noHelp'),
        completions: t('explore.completions'),
      },
    }),
    [client, language, t],
  );
}

function askedThrough(
  client: QueryClient,
  language: 'en' | 'zh',
): Omit<EditorKnowledge, 'language' | 'words'> {
  return {
    metadata: () => client.fetchQuery(metadataQuery),
    metricNames: () => client.fetchQuery(metricNamesQuery),
    labelNames: (selector) =>
      client.fetchQuery({
        queryKey: [...KEYS.labels, selector ?? ''],
        queryFn: ({ signal }) => fetchLabelNames(selector, signal),
        staleTime: LABELS_FRESH_MS,
      }),
    labelValues: (label, selector) =>
      client.fetchQuery({
        queryKey: [...KEYS.labels, selector ?? '', label],
        queryFn: ({ signal }) => fetchLabelValues(label, selector, signal),
        staleTime: LABELS_FRESH_MS,
      }),
    campaigns: async () =>
      new Map(
        (await client.fetchQuery({ ...campaignsQuery, staleTime: LABELS_FRESH_MS })).map(({ id, title }) => [
          id,
          title[language],
        ]),
      ),
  };
}
