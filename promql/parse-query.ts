import type { Expr } from './ast.ts';
import { parseExpr } from './parser.ts';
import { formatExpr } from './printer.ts';
import { toQueryError } from './query-error.ts';
import type { QueryError } from './result.ts';

export type ParseResult =
  | { readonly ok: true; readonly expr: Expr }
  | { readonly ok: false; readonly error: QueryError };

export type FormatResult =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly error: QueryError };

/** The query's tree, or what is wrong with it and where. */
export function parseQuery(query: string): ParseResult {
  try {
    return { ok: true, expr: parseExpr(query) };
  } catch (error) {
    return { ok: false, error: toQueryError(error) };
  }
}

/** The query in its standard form. */
export function formatQuery(query: string): FormatResult {
  const parsed = parseQuery(query);
  return parsed.ok ? { ok: true, text: formatExpr(parsed.expr) } : parsed;
}
