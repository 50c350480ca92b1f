import { z } from 'zod';
import { foundInTrace, spansOfId } from '../../../model/api/trace.ts';
import type { AskTraces } from '../../trace-queries/trace-answers.ts';
import { NotFound } from '../problem.ts';
import { defineBytesRoute, defineRoute, type Route } from '../route.ts';
import { ifAny } from '../send-chunks.ts';

const FIND_LENGTH_MAX = 1_000;

/** One trace as its page reads it: where all spans are, what one says, which meet a search. */
export const traceOutlineRoutes = (ask: AskTraces): Route[] => [
  defineBytesRoute({
    path: '/api/traces/:id/outline',
    summary:
      'Every span of one trace without attributes, the first 100,000 of a longer one, as columns of numbers (model/column-bytes.ts, model/api/trace-outline.ts): times are nanoseconds from startUnixNano, texts and ids are said once and named by their index',
    handle: async ({ params, abort }) => {
      const found = await ifAny(ask('pageOutline', { traceId: params.id! }, abort));
      if (found === null) throw new NotFound('trace', params.id!);
      return found;
    },
  }),
  defineRoute({
    method: 'get',
    path: '/api/traces/:id/spans/:spanId',
    summary: 'All that the spans of one id say of themselves',
    response: spansOfId,
    handle: async ({ params, abort }) => {
      const { id, spanId } = params;
      const found = await ifAny(ask('pageSpans', { traceId: id!, spanId: spanId! }, abort));
      if (found === null) throw new NotFound('span', spanId!);
      return found;
    },
  }),
  defineRoute({
    method: 'get',
    path: '/api/traces/:id/find',
    summary:
      'The spans that meet all words of a text: key=value or key!=value for an attribute, service, name, kind, status or id; any other word in names, messages, ids, and keys and values of attributes',
    query: z.object({ text: z.string().max(FIND_LENGTH_MAX) }),
    response: foundInTrace,
    handle: async ({ params, query, abort }) =>
      ask('pageFind', { traceId: params.id!, text: query.text }, abort),
  }),
];
