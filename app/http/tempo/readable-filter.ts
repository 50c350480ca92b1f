import type { FieldExpr, Query } from '../../../traceql/ast.ts';
import { TraceqlError } from '../../../traceql/errors.ts';
import { parseQuery } from '../../../traceql/parser.ts';
import { validateQuery } from '../../../traceql/validate.ts';

/**
 * The filter of a query that somebody may still be writing: all of it if it is one filter, else those of its conditions joined by `&&`
 * that can be read. Undefined where nothing can, or conditions are joined in another way.
 */
export function readableFilter(text: string): FieldExpr | undefined {
  const whole = filterOf(text);
  if (whole !== undefined) return whole;
  const parts = conditionsIn(text);
  if (parts.length > PARTS_MAX) return undefined;
  const readable = parts.map((part) => filterOf(`{${part}}`)).filter((part) => part !== undefined);
  return readable.length === 0 ? undefined : readable.reduce(both);
}
const PARTS_MAX = 100;

const both = (left: FieldExpr, right: FieldExpr): FieldExpr => ({
  kind: 'binary',
  operator: '&&',
  position: { start: left.position.start, end: right.position.end },
  ...{ left, right },
});

/** The expression of a query that is one filter and makes sense. */
function filterOf(text: string): FieldExpr | undefined {
  const query = understood(text);
  if (query?.kind !== 'search' || query.pipeline.stages.length !== 1) return undefined;
  const [stage] = query.pipeline.stages;
  return stage?.kind === 'filter' ? stage.expr : undefined;
}

function understood(text: string): Query | undefined {
  try {
    const query = parseQuery(text);
    validateQuery(query);
    return query;
  } catch (error) {
    if (error instanceof TraceqlError) return undefined;
    throw error;
  }
}

/** What stands between `&&` outside quotes in the first braces. With `||` or brackets, parts alone mean something else: none. */
function conditionsIn(text: string): readonly string[] {
  const open = text.indexOf('{');
  if (open < 0) return [];
  const parts = [''];
  for (const [token] of text.slice(open + 1).matchAll(PIECE)) {
    if (token === '}') break;
    if (token === '||' || token === '(' || token === ')' || token === '{') return [];
    if (token === '&&') parts.push('');
    else parts.push(parts.pop() + token);
  }
  return parts;
}
const PIECE = /"(?:[^"\\]|\\.)*"|`[^`]*`|&&|\|\||[\s\S]/g;
