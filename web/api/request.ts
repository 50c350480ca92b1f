import type { z } from 'zod';
import { problem } from '../../model/api/problem.ts';
import { ApiFailure, describeIssues } from './failure.ts';

/** Values of a query string; what is undefined or empty is left out, and a list repeats its name. */
export type Search = Readonly<Record<string, string | number | readonly string[] | undefined>>;

export interface RequestOptions {
  readonly search?: Search;
  /** Sent as JSON by POST; without it the call is a GET. */
  readonly body?: unknown;
  readonly method?: 'DELETE';
  /** Default JSON. */
  readonly accept?: string;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Calls the product and checks that the answer has the shape of `schema`.
 *
 * @throws ApiFailure `unreachable`, `refused` or `invalid`; an aborted call throws the signal's own reason.
 */
export async function request<Schema extends z.ZodType>(
  path: string,
  schema: Schema,
  options: RequestOptions = {},
): Promise<z.infer<Schema>> {
  const call = callOf(path, options);
  const json = await readJson(call, await openRequest(path, options));
  const checked = schema.safeParse(json);
  if (!checked.success) {
    throw new ApiFailure('invalid', call, describeIssues(checked.error), { cause: checked.error });
  }
  return checked.data;
}

/**
 * Calls the product for bytes, which `read` makes sense of.
 *
 * @throws ApiFailure as `request` does; `invalid` where `read` throws
 */
export async function requestBytes<Read>(
  path: string,
  read: (bytes: ArrayBuffer) => Read,
  options: RequestOptions = {},
): Promise<Read> {
  // As a page that asks for it ahead of its scripts does: another header would be another request.
  const response = await openRequest(path, { ...options, accept: '*/*' });
  const bytes = await response.arrayBuffer();
  try {
    return read(bytes);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new ApiFailure('invalid', callOf(path, options), message, { cause: error });
  }
}

const methodOf = ({ method, body }: RequestOptions): string =>
  method ?? (body === undefined ? 'GET' : 'POST');

const callOf = (path: string, options: RequestOptions): string => `${methodOf(options)} ${path}`;

/**
 * Calls the product; the answer is a success and not read yet.
 *
 * @throws ApiFailure as `request` does
 */
export async function openRequest(path: string, options: RequestOptions = {}): Promise<Response> {
  const call = callOf(path, options);
  const response = await send(call, path + searchText(options.search), options);
  if (!response.ok) throw refusal(call, response, await readJson(call, response));
  return response;
}

/** `?a=1&b=2`, or nothing. */
export function searchText(search: Search | undefined): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(search ?? {})) {
    if (Array.isArray(value)) for (const item of value) parameters.append(name, item);
    else if (value !== undefined && value !== '') parameters.set(name, String(value));
  }
  const text = parameters.toString();
  return text === '' ? '' : `?${text}`;
}

async function send(call: string, url: string, options: RequestOptions): Promise<Response> {
  try {
    return await fetch(url, {
      headers: {
        accept: options.accept ?? 'application/json',
        ...(options.body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      method: methodOf(options),
      ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
  } catch (error) {
    if (options.signal?.aborted) throw error;
    throw new ApiFailure('unreachable', call, error instanceof Error ? error.message : String(error), {
      cause: error,
    });
  }
}

async function readJson(call: string, response: Response): Promise<unknown> {
  const text = await response.text();
  try {
    return JSON.parse(text);
  } catch (error) {
    // A gateway in between answers for a product that is down, and not in JSON.
    if (response.status >= 502 && response.status <= 504) {
      throw new ApiFailure('unreachable', call, `HTTP ${response.status}`, {
        status: response.status,
        cause: error,
      });
    }
    throw new ApiFailure('invalid', call, `HTTP ${response.status}: ${text.slice(0, 120)}`, {
      status: response.status,
      cause: error,
    });
  }
}

function refusal(call: string, response: Response, json: unknown): ApiFailure {
  const parsed = problem.safeParse(json);
  if (!parsed.success) {
    return new ApiFailure('refused', call, `HTTP ${response.status}`, { status: response.status });
  }
  const { code, message, at, position } = parsed.data.error;
  return new ApiFailure('refused', call, message, { status: response.status, code, at, position });
}
