import { z } from 'zod';
import { type Annotation, annotation } from '../../model/api/annotation.ts';
import { request } from './request.ts';

const answer = z.object({ annotations: z.array(annotation) });

/** GET /api/annotations: events from outside between two times (epoch milliseconds). */
export const fetchAnnotations = async (
  fromMs: number,
  toMs: number,
  campaign?: string,
  signal?: AbortSignal,
): Promise<Annotation[]> =>
  (await request('/api/annotations', answer, { search: { from: fromMs, to: toMs, campaign }, signal }))
    .annotations;
