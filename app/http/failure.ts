import type { ErrorRequestHandler, Response } from 'express';
import type { Logger } from 'pino';
import { TidewardenError } from '../../model/errors.ts';
import { requestFault, statusOf } from './problem.ts';

/** What is told of a failure. */
export interface Failure {
  readonly status: number;
  readonly message: string;
}

const BROKEN = 'something broke in Tidewarden; its log says what';

/**
 * The last handler of an API that is not ours: `tell` writes a failure in its form, `known` says what its own errors mean. What is our own
 * fault is logged and not shown.
 */
export function failureHandler(
  logger: Logger,
  known: (error: unknown) => Failure | null,
  tell: (response: Response, failure: Failure) => void,
): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    if (response.headersSent) return next(error);
    // Its query was aborted because nobody waits for the answer.
    if (response.destroyed) return;
    const failure = known(error) ?? failureOf(error);
    if (failure.status >= 500) {
      const level = error instanceof TidewardenError ? 'warn' : 'error';
      logger[level]({ err: error, method: request.method, path: request.path }, 'request failed');
    }
    if (failure.status === 503) response.setHeader('Retry-After', '2');
    tell(response.status(failure.status), failure);
  };
}

function failureOf(error: unknown): Failure {
  if (!(error instanceof TidewardenError)) return requestFault(error) ?? { status: 500, message: BROKEN };
  const status = statusOf(error);
  return { status, message: status === 500 ? BROKEN : error.message };
}
