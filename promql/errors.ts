import { TidewardenError } from '../model/errors.ts';

/** A query that cannot be evaluated, with Prometheus's message. */
export class EvaluationError extends TidewardenError {
  override readonly name = 'EvaluationError';
  constructor(message: string) {
    super('execution', message);
  }
}

/** The query ran out of its time. */
export class QueryTimeoutError extends TidewardenError {
  override readonly name = 'QueryTimeoutError';
  constructor(where: string) {
    super('timeout', `query timed out in ${where}`);
  }
}

/** Nobody waits for the query any more. */
export class QueryCanceledError extends TidewardenError {
  override readonly name = 'QueryCanceledError';
  constructor(where: string) {
    super('canceled', `query was canceled in ${where}`);
  }
}

export const SAME_LABELSET = 'vector cannot contain metrics with the same labelset';
