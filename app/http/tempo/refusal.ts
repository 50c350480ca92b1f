import type { ErrorRequestHandler } from 'express';
import type { Logger } from 'pino';
import { TidewardenError } from '../../../model/errors.ts';
import { TraceqlError, TraceqlParseError } from '../../../traceql/errors.ts';
import { requestFault, statusOf } from '../problem.ts';

/** A request that cannot be answered; the message is the whole body, as in Tempo. */
export class Refusal extends TidewardenError {
  override readonly name = 'Refusal';
  readonly status: 400 | 404;
  constructor(status: 400 | 404, message: string) {
    super(status === 400 ? 'bad_data' : 'not_found', message);
    this.status = status;
  }
}

const BROKEN = 'something broke in Tidewarden; its log says what';

/** The last handler of the API: every failure as plain text. What is our own fault is logged and not shown. */
export function refusalHandler(logger: Logger): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    if (response.headersSent) return next(error);
    // Its query was aborted because nobody waits for the answer.
    if (response.destroyed) return;
    const { status, message } = describe(error);
    if (status >= 500)
      logger[error instanceof TidewardenError ? 'warn' : 'error'](
        { err: error, method: request.method, path: request.path },
        'request failed',
      );
    if (status === 503) response.setHeader('Retry-After', '2');
    response.status(status).type('text/plain').send(message);
  };
}

function describe(error: unknown): { readonly status: number; readonly message: string } {
  if (error instanceof Refusal) return { status: error.status, message: error.message };
  if (error instanceof TraceqlParseError)
    return { status: 400, message: `invalid TraceQL query: ${error.message}` };
  if (error instanceof TraceqlError) return { status: 400, message: error.message };
  if (error instanceof TidewardenError) {
    const status = statusOf(error);
    return { status, message: status === 500 ? BROKEN : error.message };
  }
  return requestFault(error) ?? { status: 500, message: BROKEN };
}
