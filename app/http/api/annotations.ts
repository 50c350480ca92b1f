import { z } from 'zod';
import {
  type Annotation,
  type AnnotationRequest,
  annotation,
  annotationRequest,
} from '../../../model/api/annotation.ts';
import { moment, searchWord } from '../query-fields.ts';
import { defineRoute, type Route } from '../route.ts';

export interface AnnotationBook {
  list(range: { fromMs: number; toMs: number; campaign?: string | undefined }): Promise<Annotation[]>;
  add(request: AnnotationRequest): Promise<Annotation>;
}

const query = z.object({
  from: moment.default(0),
  to: moment.default(8.64e15),
  campaign: searchWord,
});

export const annotationRoutes = (book: AnnotationBook): Route[] => [
  defineRoute({
    method: 'get',
    path: '/api/annotations',
    summary: 'Events from outside in a range of time (epoch milliseconds)',
    query,
    response: z.object({ annotations: z.array(annotation) }),
    handle: async ({ query }) => ({
      annotations: await book.list({ fromMs: query.from, toMs: query.to, campaign: query.campaign }),
    }),
  }),
  defineRoute({
    method: 'post',
    path: '/api/annotations',
    summary: 'Notes a deploy, a load test, a price or range change, weather, a sale start or stop',
    body: annotationRequest,
    response: annotation,
    handle: ({ body }) => book.add(body),
  }),
];
