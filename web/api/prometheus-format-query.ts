import { z } from 'zod';
import { callPrometheus } from './prometheus-answer.ts';

/** POST /prometheus/api/v1/format_query: the query in its standard form. @throws ApiFailure with the place of a fault */
export const formatQuery = async (query: string, signal?: AbortSignal): Promise<string> =>
  (await callPrometheus('format_query', { query }, z.string(), signal)).data;
