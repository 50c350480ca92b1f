import { EvaluationError } from '../../promql/errors.ts';
import { StoreUnavailableError, TooMuchError } from '../../promql/queryable.ts';
import { StoreError } from '../../storage/clickhouse/errors.ts';
import type { QueryFault } from './messages.ts';

/** What an error says, as plain data. */
export function toFault(error: unknown): QueryFault {
  if (error instanceof TooMuchError) return { kind: 'too_much', limit: error.limit, allowed: error.allowed };
  if (error instanceof EvaluationError) return { kind: 'evaluation', message: error.message };
  if (error instanceof StoreUnavailableError) return { kind: 'unavailable', message: error.message };
  if (error instanceof StoreError) return { kind: 'store', failure: error.failure, message: error.message };
  if (error instanceof Error)
    return { kind: 'defect', message: error.message, stack: error.stack ?? error.message };
  return { kind: 'defect', message: String(error), stack: String(error) };
}

/** The error again, of the class that it was on the other side. */
export function toError(fault: QueryFault): Error {
  switch (fault.kind) {
    case 'too_much':
      return new TooMuchError(fault.limit, fault.allowed);
    case 'evaluation':
      return new EvaluationError(fault.message);
    case 'unavailable':
      return new StoreUnavailableError(fault.message);
    case 'store':
      return new StoreError(fault.failure, fault.message);
    case 'defect': {
      const error = new Error(fault.message);
      error.stack = fault.stack;
      return error;
    }
  }
}
