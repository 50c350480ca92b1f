import { ApiFailure } from '../../../api/failure.ts';

/** What the product says is wrong with a query. */
export interface TraceqlFault {
  readonly message: string;
  /** In code units of the query as it was written; null where no place was named. */
  readonly position: { readonly start: number; readonly end: number } | null;
}

/** A refusal is about the query; anything else is about the product. */
export const isRefusal = (error: unknown): error is ApiFailure =>
  error instanceof ApiFailure && error.kind === 'refused' && (error.status ?? 0) < 500;

/**
 * Reads a refusal; `shift` characters were put before what was written. Tempo's API names line and column in its text:
 * `parse error at line 1, col 12: …`.
 */
export function readTraceqlFault(refusal: ApiFailure, query: string, shift: number): TraceqlFault {
  const found = /(?:[\s\S]*?)parse error at line (\d+), col (\d+): ([\s\S]+)$/.exec(refusal.message);
  const message = found?.[3] ?? refusal.message;
  if (refusal.position !== null) {
    const { start, end } = refusal.position;
    return { message, position: { start: Math.max(0, start - shift), end: Math.max(0, end - shift) } };
  }
  if (found === null) return { message, position: null };
  const start = Math.max(0, offsetOf(query, Number(found[1]), Number(found[2]), shift));
  return { message, position: { start, end: start + 1 } };
}

/** Line and column count from 1; the first line is longer by what was put before. */
function offsetOf(query: string, line: number, column: number, shift: number): number {
  const before = query
    .split('\n')
    .slice(0, line - 1)
    .reduce((sum, text) => sum + text.length + 1, 0);
  return before + column - 1 - (line === 1 ? shift : 0);
}
