import { z } from 'zod';

/** Left out where it is not valid: a mistyped link opens with the defaults, not with an error. */
const optional = <Schema extends z.ZodType>(schema: Schema) => schema.optional().catch(undefined);
/** One or several; the URL repeats the name. */
const texts = optional(z.union([z.string(), z.array(z.string())]));

/** Everything that Explore shows, beside the frame's time range; see `state.ts`. */
export const exploreSearch = z.object({
  expr: texts,
  /** In the order of the queries: `{{gate_id}}`; empty: by the labels that differ. */
  legend: texts,
  /** In the order of the queries: Grafana's unit id; empty: by the metric's metadata. */
  unit: texts,
  /** Letters of queries that are not asked: `B,D`. */
  hide: optional(z.string().regex(/^[A-Z](,[A-Z])*$/)),
  mode: optional(z.enum(['range', 'instant'])),
  view: optional(z.enum(['graph', 'table'])),
  draw: optional(z.enum(['lines', 'stacked', 'points'])),
  /** `high` or `low` resolution, `>=1m` at least, `1m` exactly; see `step.ts`. */
  step: optional(z.string().regex(/^(high|low|(>=)?\d+(ms|[smhdw]))$/)),
  /** `1`: with the plan of each query. */
  explain: optional(z.literal('1')),
  exemplars: optional(z.literal('off')),
});
export type ExploreSearch = z.infer<typeof exploreSearch>;
