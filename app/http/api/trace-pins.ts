import { z } from 'zod';
import { tracePin, tracePinList, tracePinRequest, traceUnpinQuery } from '../../../model/api/trace-pin.ts';
import type { TracePins } from '../../trace-pins.ts';
import { NotFound } from '../problem.ts';
import { searchWord } from '../query-fields.ts';
import { defineRoute, type Route } from '../route.ts';

export const tracePinRoutes = (pins: TracePins): Route[] => [
  defineRoute({
    method: 'get',
    path: '/api/traces/pins',
    summary:
      'Traces that are kept for ever as evidence, all of them or those of one incident, the newest first',
    query: z.object({ incident: searchWord }),
    response: tracePinList,
    handle: async ({ query }) => ({ pins: [...(await pins.list(query.incident))] }),
  }),
  defineRoute({
    method: 'post',
    path: '/api/traces/:id/pin',
    summary:
      'Keeps a trace for ever, as evidence of an incident if one is named, whose timeline then says so',
    body: tracePinRequest,
    response: tracePin,
    handle: ({ params, body, abort }) => pins.pin(traceIdOf(params), body, abort),
  }),
  defineRoute({
    method: 'delete',
    path: '/api/traces/:id/pin',
    summary:
      'Takes a pin off again, that of an incident if one is named; without one the trace goes when its day does',
    query: traceUnpinQuery,
    response: z.object({}),
    handle: async ({ params, query }) => {
      await pins.unpin(traceIdOf(params), query.by, query.incident ?? null);
      return {};
    },
  }),
];

function traceIdOf({ id = '' }: Readonly<Record<string, string>>): string {
  if (/^[0-9a-f]{32}$/i.test(id)) return id;
  throw new NotFound('trace', id);
}
