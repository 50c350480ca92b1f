import { STATUS_CODES } from 'node:http';
import type { ErrorRequestHandler, RequestHandler } from 'express';
import type { Logger } from 'pino';
import { TidewardenError } from '../../model/errors.ts';
import { TraceqlError } from '../../traceql/errors.ts';

/** The request cannot be understood; `at` names the part of it, e.g. `body.severity`. */
export class BadRequest extends TidewardenError {
  override readonly name = 'BadRequest';
  readonly at: string;
  constructor(message: string, at: string) {
    super('bad_request', message);
    this.at = at;
  }
}

/** There is no such thing. */
export class NotFound extends TidewardenError {
  override readonly name = 'NotFound';
  constructor(what: string, id: string) {
    super('not_found', `There is no ${what} «${id}».`);
  }
}

/** Error code to HTTP status; a code that is not listed is our own fault. */
const STATUS: Readonly<Record<string, number>> = {
  bad_request: 400,
  bad_data: 400,
  unsupported: 400,
  forbidden: 403,
  not_found: 404,
  incident_not_found: 404,
  incident_resolved: 409,
  incident_not_resolved: 409,
  incident_already_acknowledged: 409,
  incident_contended: 409,
  severity_unchanged: 409,
  role_unchanged: 409,
  step_already_done: 409,
  step_not_done: 409,
  store_too_much: 422,
  too_much: 422,
  store_aborted: 499,
  store_unavailable: 503,
  store_memory: 503,
  too_many_tails: 503,
  timeout: 503,
  database_unavailable: 503,
};

export const statusOf = (error: TidewardenError): number => STATUS[error.code] ?? 500;

/** Answers every path under a prefix that no route took. */
export const noSuchRoute: RequestHandler = (request) => {
  throw new NotFound('path', request.originalUrl.split('?')[0] ?? '');
};

const BROKEN = 'Something broke in Tidewarden; its log says what.';

/** The last handler: turns errors into model/api/problem.ts. What is not ours to explain is logged and not shown. */
export function problemHandler(logger: Logger): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    if (response.headersSent) return next(error);
    // Its query was aborted because nobody waits for the answer.
    if (response.destroyed) return;
    const { status, ...problem } = describe(error);
    if (status >= 500) {
      const level = error instanceof TidewardenError ? 'warn' : 'error';
      logger[level]({ err: error, method: request.method, path: request.path }, 'request failed');
    }
    if (status === 503) response.setHeader('Retry-After', '2');
    response.status(status).json({ error: problem });
  };
}

interface Described {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly at?: string;
  readonly position?: { readonly start: number; readonly end: number };
}

function describe(error: unknown): Described {
  if (error instanceof TidewardenError) {
    const status = statusOf(error);
    // A code that has no status tells of our insides.
    const message = status === 500 ? BROKEN : error.message;
    return { status, code: error.code, message, ...placeOf(error) };
  }
  const fault = requestFault(error);
  if (fault === null) return { status: 500, code: 'internal', message: BROKEN };
  const code = fault.status === 413 ? 'too_large' : fault.status === 404 ? 'not_found' : 'bad_request';
  return { code, ...fault };
}

function placeOf(error: TidewardenError): Pick<Described, 'at' | 'position'> {
  if (error instanceof BadRequest) return { at: error.at };
  return error instanceof TraceqlError ? { at: 'query.q', position: error.position } : {};
}

/**
 * What express found wrong with the request, before any route saw it. Only the body parser (its errors have a `type`)
 * and the path's decoder write messages for clients; others, such as those of files, name our directories.
 */
export function requestFault(error: unknown): { status: number; message: string; at?: string } | null {
  if (!(error instanceof Error) || !('status' in error)) return null;
  const status = Number(error.status);
  if (!(status >= 400 && status < 500)) return null;
  if (error instanceof URIError) return { status, message: error.message, at: 'path' };
  if ('type' in error) return { status, message: error.message, at: 'body' };
  return { status, message: STATUS_CODES[status] ?? 'Bad Request' };
}
