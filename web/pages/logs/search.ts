import { z } from 'zod';

/** Left out where it is not valid: a mistyped link opens with the defaults, not with an error. */
const optional = <Schema extends z.ZodType>(schema: Schema) => schema.optional().catch(undefined);

/** Everything that the logs page shows, beside the frame's time range and campaign. */
export const logsSearch = z.object({
  trace: optional(z.string().regex(/^[0-9a-fA-F]{32}$/)),
  span: optional(z.string().regex(/^[0-9a-fA-F]{16}$/)),
  service: optional(z.string().min(1)),
  /** At least so severe. */
  severity: optional(z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal'])),
  text: optional(z.string().min(1)),
  /** Conditions on attributes, such as `gate_id="north-1"`; the URL repeats the name. */
  where: optional(z.union([z.string(), z.array(z.string())])),
  /** `1`: records as they come, instead of those of the time range. */
  live: optional(z.literal('1')),
  /** How the counts are shown. */
  view: optional(z.enum(['table'])),
});
export type LogsSearch = z.infer<typeof logsSearch>;
