import { z } from 'zod';
import type { TraceBox } from './query/compose.ts';

/** Left out where it is not valid: a mistyped link opens with the defaults, not with an error. */
const optional = <Schema extends z.ZodType>(schema: Schema) => schema.optional().catch(undefined);
const milliseconds = optional(z.string().regex(/^\d+(\.\d+)?$/));

const BOX = /^(\d{10,14})_(\d{10,14})_(\d+(?:\.\d+)?)_(\d+(?:\.\d+)?)_(trace|span)$/;

/** Everything that the traces page shows, beside the frame's time range and campaign. */
export const tracesSearch = z.object({
  /** TraceQL. Without it, what links of other pages ask for: `service`, `name`, `status`, `min` and `max`. */
  q: optional(z.string().max(20_000)),
  service: optional(z.string()),
  name: optional(z.string()),
  status: optional(z.enum(['ok', 'error', 'unset'])),
  /** Of the trace, milliseconds. */
  min: milliseconds,
  max: milliseconds,
  /** `text`: the query is shown as TraceQL where it could be a form. */
  edit: optional(z.enum(['text'])),
  graph: optional(z.enum(['heatmap', 'rate'])),
  sort: optional(z.enum(['slowest', 'errors'])),
  tab: optional(z.enum(['compare'])),
  /** What is selected in the graph: see `parseBox`. */
  box: optional(z.string().regex(BOX)),
  /** How metrics are shown. */
  view: optional(z.enum(['table'])),
});
export type TracesSearch = z.infer<typeof tracesSearch>;

/** `FROM_TO_SHORTEST_LONGEST_trace`: epoch milliseconds, then milliseconds, and whether of traces or spans. */
export function parseBox(written: string | undefined): TraceBox | null {
  const [, fromMs, toMs, minMs, maxMs, of] = BOX.exec(written ?? '') ?? [];
  if (of === undefined) return null;
  return {
    fromMs: Number(fromMs),
    toMs: Number(toMs),
    minMs: Number(minMs),
    maxMs: Number(maxMs),
    of: of === 'trace' ? 'trace' : 'span',
  };
}

/** Its lower bounds are rounded down and its upper ones up, so that what was inside stays inside. */
export function formatBox({ fromMs, toMs, minMs, maxMs, of }: TraceBox): string {
  const micros = (round: (value: number) => number, ms: number): number => round(ms * 1_000) / 1_000;
  return [Math.floor(fromMs), Math.ceil(toMs), micros(Math.floor, minMs), micros(Math.ceil, maxMs), of].join(
    '_',
  );
}
