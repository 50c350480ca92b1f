import type { FieldExpr, Pipeline, SpansetExpr, Stage } from '../../traceql/ast.ts';
import { conditionOf } from './conditions.ts';
import { SqlParameters } from './sql-parameters.ts';

/** How traces are found that may match a pipeline: none is missed, some may not match after all. */
export interface CandidatePlan {
  /** Holds for every span that the pipeline can leave. */
  readonly result: string;
  /** Holds for every span that decides whether a trace matches; as `result` if one filter is all there is. */
  readonly relevant: string;
  /** An aggregate condition that every matching trace meets; null if `result` says it all. */
  readonly trace: string | null;
  /** Whether `result` holds for nothing but the spans that the pipeline leaves. */
  readonly exact: boolean;
  readonly parameters: SqlParameters;
}

/** Plans the search for a pipeline. */
export function planCandidates(pipeline: Pipeline): CandidatePlan {
  const parameters = new SqlParameters();
  const known = new Map<FieldExpr, { sql: string; exact: boolean }>();
  const condition = (expr: FieldExpr) => {
    const found = known.get(expr) ?? conditionOf(expr, parameters, 'traces');
    known.set(expr, found);
    return found;
  };
  const stages = pipeline.stages.filter((stage) => stage.kind !== 'select');
  const result = either(resultFilters(pipeline).map((expr) => condition(expr).sql));
  const [only] = stages;
  if (stages.length === 1 && only?.kind === 'filter')
    return { result, relevant: result, trace: null, exact: condition(only.expr).exact, parameters };
  const trace = needOf(pipeline, (expr) => condition(expr).sql);
  const relevant = result === ANY ? ANY : either([...known.values()].map(({ sql }) => sql));
  return { result, relevant, trace, exact: false, parameters };
}

const ANY = '1';

const either = (conditions: readonly string[]): string =>
  conditions.length === 0 ? ANY : `(${conditions.join(' OR ')})`;

/** Filters of which every span of the result passes one; none: any span may be in the result. */
function resultFilters(expr: Stage): readonly FieldExpr[] {
  switch (expr.kind) {
    case 'filter':
      return [expr.expr];
    case 'pipeline':
      return expr.stages[0] === undefined ? [] : resultFilters(expr.stages[0]);
    case 'spanset_operation': {
      const right = resultFilters(expr.right);
      if (!/^(&|\|\|)/.test(expr.operator)) return right;
      const left = resultFilters(expr.left);
      return left.length === 0 || right.length === 0 ? [] : [...left, ...right];
    }
    default:
      return [];
  }
}

/** What a trace must have at least, over all its spans. */
function needOf(expr: SpansetExpr, condition: (expr: FieldExpr) => string): string {
  switch (expr.kind) {
    case 'filter':
      return `countIf(${condition(expr.expr)}) > 0`;
    case 'pipeline':
      return all(expr.stages.filter(isSpansetExpr).map((stage) => needOf(stage, condition)));
    case 'spanset_operation': {
      const right = needOf(expr.right, condition);
      if (expr.operator.startsWith('!')) return right;
      const left = needOf(expr.left, condition);
      return expr.operator === '||' ? `(${left} OR ${right})` : all([left, right]);
    }
  }
}

const all = (needs: readonly string[]): string => (needs.length === 0 ? '1' : `(${needs.join(' AND ')})`);

const isSpansetExpr = (stage: Stage): stage is SpansetExpr =>
  stage.kind === 'filter' || stage.kind === 'pipeline' || stage.kind === 'spanset_operation';
