import { z } from 'zod';
import {
  type ServiceGraph,
  type ServiceOperations,
  serviceGraph,
  serviceOperations,
} from '../../../model/api/service.ts';
import { HOUR_MS } from '../../../model/units.ts';
import { BadRequest } from '../problem.ts';
import { moment, searchWord } from '../query-fields.ts';
import { defineRoute, type Route } from '../route.ts';

interface Range {
  readonly startMs: number;
  readonly endMs: number;
  readonly campaignId?: string;
}

export interface ServiceReads {
  graph(query: Range, abort: AbortSignal): Promise<ServiceGraph>;
  operations(query: Range & { readonly service: string }, abort: AbortSignal): Promise<ServiceOperations>;
}

const query = z.object({ start: moment, end: moment, campaign: searchWord });

export const serviceRoutes = (services: ServiceReads, now: () => number): Route[] => [
  defineRoute({
    method: 'get',
    path: '/api/services/graph',
    summary: 'Who calls whom, how often, how well: services, databases, queues and uninstrumented peers',
    query,
    response: serviceGraph,
    handle: ({ query, abort }) => services.graph(rangeOf(query, now()), abort),
  }),
  defineRoute({
    method: 'get',
    path: '/api/services/:service/operations',
    summary: 'What each operation of a service did: rate, errors and durations, from its span metrics',
    query,
    response: serviceOperations,
    handle: ({ params, query, abort }) =>
      services.operations({ service: params.service!, ...rangeOf(query, now()) }, abort),
  }),
];

/** The last hour unless told. @throws BadRequest */
function rangeOf({ start, end, campaign }: z.output<typeof query>, nowMs: number): Range {
  const endMs = end ?? nowMs;
  const startMs = start ?? endMs - HOUR_MS;
  if (startMs >= endMs) throw new BadRequest('the range must end after it starts', 'query.start');
  return { startMs, endMs, ...(campaign !== undefined && { campaignId: campaign }) };
}
