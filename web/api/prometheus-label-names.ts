import { z } from 'zod';
import { callPrometheus } from './prometheus-answer.ts';

/** POST /prometheus/api/v1/labels: names of the labels of the series that a selector matches, of all without one. */
export const fetchLabelNames = async (selector?: string, signal?: AbortSignal): Promise<string[]> =>
  (
    await callPrometheus(
      'labels',
      selector === undefined ? {} : { 'match[]': selector },
      z.array(z.string()),
      signal,
    )
  ).data;
