import { z } from 'zod';

const nodeKind = z.enum(['service', 'database', 'queue', 'peer']);
const count = z.number().int().nonnegative();
const milliseconds = z.number().nonnegative();

/** What was called or calls: `requests` are those that came to it, from known callers or not. */
const serviceNode = z.object({
  /** A service's name; `system/name` of a database or queue; a peer's name or address. Unique in the graph. */
  id: z.string(),
  kind: nodeKind,
  requests: count,
  errors: count,
  /** 0 when nothing came. */
  p50Ms: milliseconds,
  p95Ms: milliseconds,
});
export type ServiceNode = z.infer<typeof serviceNode>;

/** Calls from one node to another. */
const serviceEdge = z.object({
  from: z.string(),
  to: z.string(),
  /** `queue` on both sides of a queue, else the kind of what is called. */
  kind: nodeKind,
  requests: count,
  /** Those that either side says have failed. */
  errors: count,
  ratePerS: z.number().nonnegative(),
  p50Ms: milliseconds,
  p95Ms: milliseconds,
  p99Ms: milliseconds,
});
export type ServiceEdge = z.infer<typeof serviceEdge>;

/** Who calls whom in a range of time. Edges are kept by whole minutes, so the range is that of the minutes it touches. */
export const serviceGraph = z.object({
  nodes: z.array(serviceNode),
  edges: z.array(serviceEdge),
  startMs: z.number(),
  endMs: z.number(),
  /** Not all of the range is in it yet, because of `reason`. */
  partial: z.boolean(),
  reason: z.string().nullable(),
});
export type ServiceGraph = z.infer<typeof serviceGraph>;

/** What one operation of a service did in a range of time, by its span metrics. */
const serviceOperation = z.object({
  /** The span's name; `other` with `overflow`: those that are not told apart. */
  name: z.string(),
  kind: z.enum(['unspecified', 'internal', 'server', 'client', 'producer', 'consumer']),
  overflow: z.boolean(),
  /** As PromQL's `increase` counts, so not always whole. */
  requests: z.number().nonnegative(),
  errors: z.number().nonnegative(),
  ratePerS: z.number().nonnegative(),
  /** Null when nothing came. */
  p50Ms: z.number().nullable(),
  p95Ms: z.number().nullable(),
  p99Ms: z.number().nullable(),
});
export type ServiceOperation = z.infer<typeof serviceOperation>;

export const serviceOperations = z.object({
  service: z.string(),
  operations: z.array(serviceOperation),
  startMs: z.number(),
  endMs: z.number(),
});
export type ServiceOperations = z.infer<typeof serviceOperations>;
