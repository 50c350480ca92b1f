import { TidewardenError } from '../../model/errors.ts';

/** The database refused or could not be reached. `retryable`: the same call may succeed later as it is. */
export class DatabaseError extends TidewardenError {
  override readonly name = 'DatabaseError';
  readonly retryable: boolean;
  constructor(message: string, retryable: boolean, options?: ErrorOptions) {
    super(retryable ? 'database_unavailable' : 'database_refused', message, options);
    this.retryable = retryable;
  }
}

/** SQLSTATE classes and codes after which the same statement may well succeed. */
const RETRYABLE_STATES = [
  /^08/, // connection exceptions
  /^40/, // serialisation failures and deadlocks
  /^53/, // out of memory, disk or connections
  /^57P/, // shutting down, starting up
  /^55P03$/, // a lock was not available
];

/** What the operating system says of a connection that failed. */
const RETRYABLE_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOENT',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENOSPC',
]);

const LOST_CONNECTION =
  /connection (terminated|ended|timeout)|timeout exceeded when trying to connect|client has encountered a connection error/i;

/** The driver's own error inside what drizzle wraps around it. */
function driverError(error: unknown): unknown {
  let inner = error;
  while (inner instanceof Error && inner.cause instanceof Error && !('code' in inner)) inner = inner.cause;
  return inner;
}

/** The SQLSTATE or the operating system's code of an error, or ''. */
export function errorCode(error: unknown): string {
  const inner = driverError(error);
  if (typeof inner !== 'object' || inner === null || !('code' in inner)) return '';
  return typeof inner.code === 'string' ? inner.code : '';
}

/** Turns whatever a driver throws into a `DatabaseError`; `what` says which work failed. The statement's parameters stay out. */
export function databaseError(what: string, error: unknown): DatabaseError {
  if (error instanceof DatabaseError) return error;
  const inner = driverError(error);
  const code = errorCode(error);
  const text = inner instanceof Error ? inner.message || inner.name : String(inner);
  const retryable =
    RETRYABLE_CODES.has(code) ||
    RETRYABLE_STATES.some((pattern) => pattern.test(code)) ||
    (code === '' && LOST_CONNECTION.test(text));
  const hint = retryable ? 'it is tried again' : 'trying again as it is will not help';
  return new DatabaseError(`${what}: ${text}${code === '' ? '' : ` (${code})`}; ${hint}`, retryable, {
    cause: error,
  });
}

/** Runs database work; what it throws comes out as a `DatabaseError`. */
export async function databaseWork<Result>(what: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw databaseError(what, error);
  }
}
