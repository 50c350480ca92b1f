import { z } from 'zod';
import { type RunbookDetail, runbookDetail, runbookSummary } from '../../../model/api/runbook.ts';
import { NotFound } from '../problem.ts';
import { defineRoute, type Route } from '../route.ts';

export type Language = 'en' | 'zh';

export interface RunbookShelf {
  list(language: Language): RunbookDetail[];
  /** The runbook in that language, else in the one there is. */
  find(id: string, language: Language): RunbookDetail | undefined;
}

const query = z.object({ lang: z.enum(['en', 'zh']).default('en') });

export const runbookRoutes = (shelf: RunbookShelf): Route[] => [
  defineRoute({
    method: 'get',
    path: '/api/runbooks',
    summary: 'Every runbook, in the language asked for where it exists',
    query,
    response: z.object({ runbooks: z.array(runbookSummary) }),
    handle: async ({ query }) => ({ runbooks: shelf.list(query.lang) }),
  }),
  defineRoute({
    method: 'get',
    path: '/api/runbooks/:id',
    summary: 'One runbook: its steps as sanitised HTML and live queries',
    query,
    response: runbookDetail,
    handle: async ({ params, query }) => {
      const found = shelf.find(params.id!, query.lang);
      if (found === undefined) throw new NotFound('runbook', params.id!);
      return found;
    },
  }),
];
