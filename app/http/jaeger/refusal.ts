import type { ErrorRequestHandler } from 'express';
import type { Logger } from 'pino';
import { TidewardenError } from '../../../model/errors.ts';
import { failureHandler } from '../failure.ts';
import { envelope } from './envelope.ts';

/** A request that cannot be answered, in Jaeger's form. */
export class JaegerRefusal extends TidewardenError {
  override readonly name = 'JaegerRefusal';
  readonly status: 400 | 404;
  constructor(status: 400 | 404, message: string) {
    super(status === 400 ? 'bad_data' : 'not_found', message);
    this.status = status;
  }
}

/** The last handler of the API: every failure in Jaeger's form. */
export const jaegerErrors = (logger: Logger): ErrorRequestHandler =>
  failureHandler(
    logger,
    (error) => (error instanceof JaegerRefusal ? error : null),
    (response, { status, message }) => {
      response.json(envelope(null, 0, [{ code: status, msg: message }]));
    },
  );
