import type { ErrorRequestHandler } from 'express';
import type { Logger } from 'pino';
import { TidewardenError } from '../../../model/errors.ts';
import { TraceqlError, TraceqlParseError } from '../../../traceql/errors.ts';
import { type Failure, failureHandler } from '../failure.ts';

/** A request that cannot be answered; the message is the whole body, as in Tempo. */
export class Refusal extends TidewardenError {
  override readonly name = 'Refusal';
  readonly status: 400 | 404;
  constructor(status: 400 | 404, message: string) {
    super(status === 400 ? 'bad_data' : 'not_found', message);
    this.status = status;
  }
}

/** The last handler of the API: every failure as plain text. */
export const refusalHandler = (logger: Logger): ErrorRequestHandler =>
  failureHandler(logger, refusalOf, (response, { message }) => {
    response.type('text/plain').send(message);
  });

function refusalOf(error: unknown): Failure | null {
  if (error instanceof Refusal) return error;
  if (error instanceof TraceqlParseError)
    return { status: 400, message: `invalid TraceQL query: ${error.message}` };
  return error instanceof TraceqlError ? { status: 400, message: error.message } : null;
}
