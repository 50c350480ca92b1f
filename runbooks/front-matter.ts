import { z } from 'zod';
import { alertSeverity } from '../model/severity.ts';

const words = z.string().trim().min(1, 'must not be empty').max(1_000);

/** What a runbook says of itself. */
export const frontMatter = z.strictObject({
  id: z.string().regex(/^[a-z0-9][a-z0-9-]*$/, 'use lower-case letters, digits, dashes'),
  title: words,
  /** One sentence: when this is the right runbook. */
  summary: words,
  /** Names of the alerts that lead here. */
  alerts: z
    .array(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'is no alert name'))
    .min(1, 'name at least one alert'),
  severity: alertSeverity,
  /** Whether people may come to harm. */
  safety: z.boolean(),
  owner: words,
  /** When somebody last went through it. */
  reviewed: z.iso.date('write a date in quotes, such as "2026-02-06"'),
  sources: z
    .array(
      z.strictObject({
        title: words,
        url: z.url({ protocol: /^https?$/, error: 'must be an http or https address' }).optional(),
      }),
    )
    .default([]),
});
