import { z } from 'zod';
import { type ServiceGraph, serviceGraph } from '../../../model/api/service.ts';
import { HOUR_MS } from '../../../model/units.ts';
import { BadRequest } from '../problem.ts';
import { moment, searchWord } from '../query-fields.ts';
import { defineRoute, type Route } from '../route.ts';

export interface ServiceReads {
  graph(
    query: { readonly startMs: number; readonly endMs: number; readonly campaignId?: string },
    abort: AbortSignal,
  ): Promise<ServiceGraph>;
}

const query = z.object({ start: moment, end: moment, campaign: searchWord });

export const serviceRoutes = (services: ServiceReads, now: () => number): Route[] => [
  defineRoute({
    method: 'get',
    path: '/api/services/graph',
    summary: 'Who calls whom, how often, how well: services, databases, queues and uninstrumented peers',
    query,
    response: serviceGraph,
    handle: async ({ query, abort }) => {
      const range = rangeOf(query, now());
      return services.graph(
        { ...range, ...(query.campaign !== undefined && { campaignId: query.campaign }) },
        abort,
      );
    },
  }),
];

/** The last hour unless told. @throws BadRequest */
function rangeOf(query: { start?: number | undefined; end?: number | undefined }, nowMs: number) {
  const endMs = query.end ?? nowMs;
  const startMs = query.start ?? endMs - HOUR_MS;
  if (startMs >= endMs) throw new BadRequest('the range must end after it starts', 'query.start');
  return { startMs, endMs };
}
