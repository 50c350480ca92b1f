import { z } from 'zod';
import { getPrometheus } from './prometheus-answer.ts';

/** GET /prometheus/api/v1/label/{label}/values: in the series that a selector matches, in all without one. */
export const fetchLabelValues = async (
  label: string,
  selector?: string,
  signal?: AbortSignal,
): Promise<string[]> =>
  (
    await getPrometheus(
      `label/${encodeURIComponent(label)}/values`,
      { 'match[]': selector },
      z.array(z.string()),
      signal,
    )
  ).data;
