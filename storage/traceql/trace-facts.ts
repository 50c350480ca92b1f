import type { Intrinsic } from '../../traceql/ast.ts';
import { operate } from '../../traceql/evaluate/values.ts';
import { type Comparison, textSql } from './compare-sql.ts';
import type { SqlParameters } from './sql-parameters.ts';

/** A trace is taken whole on the days within this time of what is asked for: each day costs a lookup. */
export const WHOLE_REACH_MS = 6 * 3_600_000;

const edge = (bound: 'from' | 'to', sign: '+' | '-'): string =>
  `fromUnixTimestamp64Milli({${bound}:Int64} ${sign} ${WHOLE_REACH_MS}, 'UTC')`;
const DAYS = `day >= toDate(${edge('from', '-')}) AND day <= toDate(${edge('to', '+')})`;
const TIMES = `time >= toStartOfDay(${edge('from', '-')}) AND time < toStartOfDay(${edge('to', '+')}) + INTERVAL 1 DAY`;
const NO_PARENT = `parent_span_id = toFixedString('', 8)`;

/**
 * `trace_id`, `root_service`, `root_name` of traces that have a root, around `{from:Int64}` to `{to:Int64}` (epoch milliseconds). A trace's row
 * knows its root if it has one; of several, or of one that was sent twice, the spans tell which began first.
 */
export const ROOTS = `SELECT trace_id, any(root_service) AS root_service, any(root_name) AS root_name FROM traces
    WHERE ${DAYS} AND roots > 0 GROUP BY trace_id HAVING sum(roots) = 1
  UNION ALL
  SELECT trace_id, tupleElement(first, 1) AS root_service, tupleElement(first, 2) AS root_name FROM (
    SELECT trace_id, argMin((toString(service), toString(name)), (time, span_id)) AS first FROM spans
    WHERE ${TIMES} AND ${NO_PARENT} AND trace_id IN (
      SELECT trace_id FROM traces WHERE ${DAYS} AND roots > 0 GROUP BY trace_id HAVING sum(roots) > 1)
    GROUP BY trace_id)`;

/** `trace_id` and `trace_nanos`, from the first start to the last end, of the traces of the same days. */
export const DURATIONS = `SELECT trace_id, toUnixTimestamp64Nano(max(end)) - toUnixTimestamp64Nano(min(start)) AS trace_nanos
  FROM traces WHERE ${DAYS} GROUP BY trace_id`;

/** A span with a child is in most traces: to look for one is more work than to read some. */
const MANY_CHILDREN = 2;

/**
 * `span:childCount > 3` and its like, as a condition that holds for every such span, and for some that others were sent twice under. Undefined
 * where few children are enough.
 */
export function childCountSql({ operator, value }: Comparison): string | undefined {
  if (value.type !== 'int' && value.type !== 'float' && value.type !== 'duration') return undefined;
  if (operator !== '>' && operator !== '>=' && operator !== '=') return undefined;
  const least = operator === '>' ? Math.floor(value.value) + 1 : Math.ceil(value.value);
  if (least < MANY_CHILDREN) return undefined;
  return `(trace_id, span_id) IN (SELECT trace_id, parent_span_id FROM spans WHERE ${TIMES} AND NOT ${NO_PARENT}
    GROUP BY trace_id, parent_span_id HAVING count() >= ${Math.min(least, 2 ** 53)})`;
}

/** A comparison of what a trace is, as a condition on its spans; undefined for any other intrinsic. */
export function traceFactSql(
  intrinsic: Intrinsic,
  comparison: Comparison,
  parameters: SqlParameters,
): string | undefined {
  switch (intrinsic) {
    case 'trace:rootService':
      return rootSql('root_service', comparison, parameters);
    case 'trace:rootName':
      return rootSql('root_name', comparison, parameters);
    case 'trace:duration':
      return durationSql(comparison, parameters);
    default:
      return undefined;
  }
}

/** Without a root it is ''. */
function rootSql(column: string, { operator, value }: Comparison, parameters: SqlParameters): string {
  if (value.type !== 'string') return '0';
  const condition = textSql(operator, column, value.value, parameters);
  const withoutRoot = operate(operator, { type: 'string', value: '' }, value);
  return withoutRoot.type === 'bool' && withoutRoot.value
    ? `trace_id NOT IN (SELECT trace_id FROM (${ROOTS}) WHERE NOT (${condition}))`
    : `trace_id IN (SELECT trace_id FROM (${ROOTS}) WHERE ${condition})`;
}

function durationSql({ operator, value }: Comparison, parameters: SqlParameters): string {
  if (value.type !== 'int' && value.type !== 'float' && value.type !== 'duration') return '0';
  if (operator === '=~' || operator === '!~') return '0';
  return `trace_id IN (SELECT trace_id FROM (${DURATIONS}) WHERE trace_nanos ${operator} ${parameters.bind(value.value, 'Float64')})`;
}
