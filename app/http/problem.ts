import type { ErrorRequestHandler, RequestHandler } from 'express';
import type { Logger } from 'pino';
import { TidewardenError } from '../../model/errors.ts';

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
  store_unavailable: 503,
  store_memory: 503,
  database_unavailable: 503,
};

export const statusOf = (error: TidewardenError): number => STATUS[error.code] ?? 500;

/** Answers every path under a prefix that no route took. */
export const noSuchRoute: RequestHandler = (request) => {
  throw new NotFound('path', request.originalUrl.split('?')[0] ?? '');
};

/** The last handler: turns errors into model/api/problem.ts. What is not ours to explain is logged and not shown. */
export function problemHandler(logger: Logger): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    if (response.headersSent) return next(error);
    if (error instanceof TidewardenError) {
      const status = statusOf(error);
      if (status >= 500)
        logger.warn({ err: error, method: request.method, path: request.path }, 'request failed');
      if (status === 503) response.setHeader('Retry-After', '2');
      const at = error instanceof BadRequest ? { at: error.at } : {};
      response.status(status).json({ error: { code: error.code, message: error.message, ...at } });
      return;
    }
    const parsing = bodyParserFault(error);
    if (parsing !== null) {
      response.status(parsing.status).json({
        error: {
          code: parsing.status === 413 ? 'too_large' : 'bad_request',
          message: parsing.message,
          at: 'body',
        },
      });
      return;
    }
    logger.error({ err: error, method: request.method, path: request.path }, 'request failed unexpectedly');
    response
      .status(500)
      .json({ error: { code: 'internal', message: 'Something broke in Tidewarden; its log says what.' } });
  };
}

/** What express's body parser and router raise carry a 4xx status and a message made for the client. */
function bodyParserFault(error: unknown): { status: number; message: string } | null {
  if (!(error instanceof Error) || !('status' in error)) return null;
  const status = Number(error.status);
  return status >= 400 && status < 500 ? { status, message: error.message } : null;
}
