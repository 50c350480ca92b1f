import type { Request, RequestHandler, Response, Router } from 'express';
import { encodeList } from '../../../promql/http-format.ts';
import { abortOf } from '../route.ts';
import { sendChunks } from '../send-chunks.ts';
import { Parameters } from './parameters.ts';

/** What a handler is asked. */
export interface Asked {
  readonly parameters: Parameters;
  /** A part of the path. */
  path(name: string): string;
  /** Fires when nobody waits for the answer any more. */
  readonly abort: AbortSignal;
}

const asked = (request: Request, response: Response): Asked => ({
  parameters: new Parameters(request),
  path: (name) => String(request.params[name] ?? ''),
  abort: abortOf(response),
});

/** Answers with small `data`. */
export const answering =
  (handle: (asked: Asked) => unknown): RequestHandler =>
  async (request, response) => {
    response.json({ status: 'success', data: await handle(asked(request, response)) });
  };

/** A list as `data`, and whether there would have been more. */
export interface List<T> {
  readonly items: readonly T[];
  readonly cut: boolean;
}

/** Answers with a list that may be long, in chunks. */
export const listing =
  (handle: (asked: Asked) => Promise<List<unknown>>): RequestHandler =>
  async (request, response) => {
    const { items, cut } = await handle(asked(request, response));
    response.type('json');
    await sendChunks(response, encodeList(items, cut));
  };

/** Takes GET and POST on a path, as Prometheus does where a query may be long. */
export const getAndPost = (router: Router, path: string, handler: RequestHandler): void => {
  router.get(path, handler);
  router.post(path, handler);
};

/** One more than is answered, so that a cut is known to be one. 0 stands for no limit. */
export const oneMore = (limit: number | undefined): number | undefined => (limit ? limit + 1 : undefined);

/** The list of at most `limit`. 0 and absent are no limit. */
export const cutAt = <T>(found: readonly T[], limit: number | undefined): List<T> =>
  limit && found.length > limit ? { items: found.slice(0, limit), cut: true } : { items: found, cut: false };
