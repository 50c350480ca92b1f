import { z } from 'zod';

/** Left out where it is not valid: a mistyped link opens with the defaults, not with an error. */
const optional = <Schema extends z.ZodType>(schema: Schema) => schema.optional().catch(undefined);
const keys = optional(z.string().max(4_000));

/** Everything that the page of a trace shows, beside the trace. */
export const traceSearch = z.object({
  /** The span that is open. */
  span: optional(z.string()),
  /** The trace beside it. */
  compare: optional(z.string().regex(/^[0-9a-fA-F]{1,32}$/)),
  /** `beside`: the spans of both stand side by side, each in its own time; else they are merged. */
  as: optional(z.literal('beside')),
  /** `1`: of two traces only the calls that differ. */
  differs: optional(z.literal('1')),
  /** `own`: beside each other both fill their lanes, however long they took. */
  scale: optional(z.literal('own')),
  /** Searched for within. */
  find: optional(z.string()),
  /** Folded from this depth on. */
  depth: optional(z.string().regex(/^\d{1,6}$/)),
  /** Services whose spans are folded, apart by commas; commas in names as %2C. */
  fold: keys,
  /** Rows that are open, or shut, whatever depth and service say; keys apart by commas. */
  open: keys,
  shut: keys,
  /** `0`: each of many like siblings has a row. */
  repeats: optional(z.literal('0')),
  /** `0`: times as they were sent, though clocks disagree. */
  skew: optional(z.literal('0')),
  /** `1`: only the critical path. */
  critical: optional(z.literal('1')),
  /** The part of the time that is shown, nanoseconds from the start: `1000-250000`. */
  window: optional(z.string().regex(/^\d{1,16}-\d{1,16}$/)),
});
export type TraceSearch = z.infer<typeof traceSearch>;
