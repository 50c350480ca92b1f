import { z } from 'zod';
import { ApiFailure, describeIssues } from './failure.ts';
import { request } from './request.ts';

const answer = z.object({ status: z.literal('success'), data: z.array(z.string()) });

/** GET /prometheus/api/v1/label/__name__/values: the names of all metrics there are. */
export async function fetchMetricNames(signal?: AbortSignal): Promise<string[]> {
  const json = await request('/prometheus/api/v1/label/__name__/values', z.unknown(), { signal });
  const checked = answer.safeParse(json);
  if (!checked.success) {
    throw new ApiFailure(
      'invalid',
      'GET /prometheus/api/v1/label/__name__/values',
      describeIssues(checked.error),
    );
  }
  return checked.data.data;
}
