import { useQueryClient } from '@tanstack/react-query';
import { useMemo, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { campaignsQuery } from '../../api/queries.ts';
import { fetchTagValues } from '../../api/tempo-tag-values.ts';
import { fetchTraceTags } from '../../api/tempo-tags.ts';
import { contentLanguage } from '../../i18n/languages.ts';
import type { TraceKnowledge } from './editor/knowledge.ts';
import { attributeField } from './query/condition.ts';
import type { PageRange } from './use-traces-page.ts';

/** Attributes and their values change slowly; while one writes a query they stay. */
const FRESH_MS = 60_000;
const SCOPES: ReadonlySet<string> = new Set(['span', 'resource', 'event', 'link', 'instrumentation']);

/** What editor and form ask while one writes a query, kept between keys. */
export function useTraceKnowledge(range: PageRange): TraceKnowledge {
  const { t, i18n } = useTranslation();
  const client = useQueryClient();
  const language = contentLanguage(i18n.language);
  // What is known does not change with each step of a moving range.
  const latest = useRef(range);
  latest.current = range;
  return useMemo(
    () => ({
      language,
      fields: () =>
        client.fetchQuery({
          queryKey: ['trace-fields'],
          queryFn: async ({ signal }) =>
            (await fetchTraceTags(latest.current, signal))
              .filter(({ name }) => SCOPES.has(name))
              .flatMap(({ name, tags }) => tags.map((tag) => attributeField(name, tag))),
          staleTime: FRESH_MS,
          retry: false,
        }),
      values: (field) =>
        client.fetchQuery({
          queryKey: ['trace-values', field],
          queryFn: ({ signal }) => fetchTagValues(field, latest.current, undefined, signal),
          staleTime: FRESH_MS,
          retry: false,
        }),
      campaigns: async () =>
        new Map(
          (await client.fetchQuery({ ...campaignsQuery, staleTime: FRESH_MS })).map(({ id, title }) => [
            id,
            title[language],
          ]),
        ),
      words: {
        intrinsic: t('traces.intrinsic'),
        stage: t('traces.stage'),
        value: t('traces.value'),
        attributeOf: (scope: string) => t('traces.attributeOf', { scope }),
        completions: t('explore.completions'),
      },
    }),
    [client, language, t],
  );
}
