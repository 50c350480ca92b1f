import { EvaluationError, QueryCanceledError, QueryTimeoutError } from './errors.ts';
import { ParseError } from './parse-error.ts';
import { StoreUnavailableError, TooMuchError } from './queryable.ts';
import type { QueryError } from './result.ts';

/** Whatever was thrown while a query ran, in Prometheus's terms. */
export function toQueryError(error: unknown): QueryError {
  if (error instanceof ParseError)
    return { type: 'bad_data', message: error.message, position: error.position };
  if (error instanceof EvaluationError) return { type: 'execution', message: error.message };
  if (error instanceof QueryTimeoutError) return { type: 'timeout', message: error.message };
  if (error instanceof QueryCanceledError) return { type: 'canceled', message: error.message };
  if (error instanceof TooMuchError) return { type: 'too_many', message: error.message };
  if (error instanceof StoreUnavailableError) return { type: 'unavailable', message: error.message };
  const message = error instanceof Error ? error.message : String(error);
  return { type: 'execution', message };
}
