import type { ErrorRequestHandler } from 'express';
import type { Logger } from 'pino';
import { TidewardenError } from '../../../model/errors.ts';
import { EvaluationError } from '../../../promql/errors.ts';
import { toHttpError } from '../../../promql/http-format.ts';
import { ParseError } from '../../../promql/parse-error.ts';
import { StoreUnavailableError, TooMuchError } from '../../../promql/queryable.ts';
import type { QueryError } from '../../../promql/result.ts';
import { requestFault } from '../problem.ts';

/** Errors of Prometheus's API that are not those of a query. */
const STATUS = {
  bad_data: 400,
  not_found: 404,
  not_acceptable: 406,
  internal: 500,
  unavailable: 503,
} as const;

/** A request that cannot be answered, in Prometheus's terms. */
export class ApiError extends TidewardenError {
  override readonly name: string = 'ApiError';
  readonly type: keyof typeof STATUS;
  constructor(type: keyof typeof STATUS, message: string) {
    super(type, message);
    this.type = type;
  }
}

/** A parameter of Prometheus's API that cannot be read; `bad_data` there. */
export class BadParameter extends ApiError {
  override readonly name = 'BadParameter';
  constructor(name: string, message: string) {
    super('bad_data', `invalid parameter "${name}": ${message}`);
  }
}

/** A query that we asked ourselves failed. */
export class QueryFailed extends TidewardenError {
  override readonly name = 'QueryFailed';
  readonly error: QueryError;
  constructor(error: QueryError) {
    super('query_failed', error.message);
    this.error = error;
  }
}

interface ErrorAnswer {
  readonly status: number;
  readonly body: { readonly status: 'error'; readonly errorType: string; readonly error: string };
}

/** The last handler of the API: every failure in Prometheus's form. What is our own fault is logged and not shown. */
export function errorAnswer(logger: Logger): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    if (response.headersSent) return next(error);
    // Its query was aborted because nobody waits for the answer.
    if (response.destroyed) return;
    const { status, body } = describe(error);
    if (status === 500)
      logger.error({ err: error, method: request.method, path: request.path }, 'request failed');
    if (status === 503 && body.errorType === 'unavailable') response.setHeader('Retry-After', '2');
    response.status(status).json(body);
  };
}

const BROKEN = 'something broke in Tidewarden; its log says what';

function describe(error: unknown): ErrorAnswer {
  if (error instanceof ApiError) return apiAnswer(error.type, error.message);
  const known = toQueryError(error);
  if (known !== null) return toHttpError(known);
  const fault = requestFault(error);
  return fault === null ? apiAnswer('internal', BROKEN) : apiAnswer('bad_data', fault.message);
}

const apiAnswer = (errorType: keyof typeof STATUS, error: string): ErrorAnswer => ({
  status: STATUS[errorType],
  body: { status: 'error', errorType, error },
});

function toQueryError(error: unknown): QueryError | null {
  if (error instanceof QueryFailed) return error.error;
  if (error instanceof ParseError)
    return { type: 'bad_data', message: `invalid parameter "match[]": ${error.message}` };
  if (error instanceof EvaluationError) return { type: 'execution', message: error.message };
  if (error instanceof TooMuchError) return { type: 'too_many', message: error.message };
  if (error instanceof StoreUnavailableError) return { type: 'unavailable', message: error.message };
  return null;
}
