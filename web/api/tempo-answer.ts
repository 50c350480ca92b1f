import type { z } from 'zod';
import { problem } from '../../model/api/problem.ts';
import { ApiFailure, describeIssues } from './failure.ts';
import { type Search, searchText } from './request.ts';

/**
 * Calls Tempo's HTTP API, which refuses in plain text.
 *
 * @throws ApiFailure
 */
export async function getTempo<Schema extends z.ZodType>(
  path: string,
  search: Search,
  schema: Schema,
  signal?: AbortSignal,
): Promise<z.infer<Schema>> {
  const call = `GET /tempo/api/${path.split('?')[0]}`;
  let response: Response;
  let text: string;
  try {
    response = await fetch(`/tempo/api/${path}${searchText(search)}`, {
      headers: { accept: 'application/json' },
      ...(signal === undefined ? {} : { signal }),
    });
    text = await response.text();
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiFailure('unreachable', call, error instanceof Error ? error.message : String(error));
  }
  const json = parseJson(text);
  if (!response.ok) throw refusal(call, response, text, json);
  const checked = schema.safeParse(json);
  if (!checked.success) throw new ApiFailure('invalid', call, describeIssues(checked.error));
  return checked.data;
}

/** Undefined where it is no JSON. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function refusal(call: string, response: Response, text: string, json: unknown): ApiFailure {
  const { status } = response;
  const ours = problem.safeParse(json);
  if (ours.success) {
    const { code, message, at } = ours.data.error;
    return new ApiFailure('refused', call, message, { status, code, at });
  }
  const message = text.length > 0 && text.length < 2_000 ? text : `HTTP ${status}`;
  return new ApiFailure('refused', call, message, { status });
}
