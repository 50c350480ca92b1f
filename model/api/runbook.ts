import { z } from 'zod';
import { alertSeverity } from '../severity.ts';

/** A piece of a runbook's step: prose as sanitised HTML, or a live query that the page runs. */
export const runbookBlock = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('html'), html: z.string() }),
  z.object({
    kind: z.literal('promql'),
    /** The query with `$campaign` and `$venue` still in it; the page fills them from its context. */
    query: z.string(),
    title: z.string(),
    unit: z.string(),
    display: z.enum(['stat', 'timeseries', 'table']),
  }),
]);
export type RunbookBlock = z.infer<typeof runbookBlock>;

export const runbookStep = z.object({
  id: z.string(),
  title: z.string(),
  role: z.string().nullable(),
  withinMinutes: z.number().nullable(),
  blocks: z.array(runbookBlock),
});
export type RunbookStep = z.infer<typeof runbookStep>;

export const runbookSummary = z.object({
  id: z.string(),
  title: z.string(),
  summary: z.string(),
  alerts: z.array(z.string()),
  severity: alertSeverity,
  safety: z.boolean(),
  owner: z.string(),
  reviewedOn: z.string(),
  language: z.enum(['en', 'zh']),
  languages: z.array(z.enum(['en', 'zh'])),
});
export type RunbookSummary = z.infer<typeof runbookSummary>;

/** Anything before the first step is `introduction`. */
export const runbookDetail = runbookSummary.extend({
  introduction: z.array(runbookBlock),
  steps: z.array(runbookStep),
  sources: z.array(z.object({ title: z.string(), url: z.string().nullable() })),
});
export type RunbookDetail = z.infer<typeof runbookDetail>;
