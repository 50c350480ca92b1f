import type { Compare, MetricsAggregate } from '../../traceql/ast.ts';
import type { MetricsGrid } from '../../traceql/metrics/series.ts';
import { IN_WINDOW_OF_MS, windowOfMs } from '../minute-order.ts';
import { conditionOf } from './conditions.ts';
import { isFilter, type MetricPlan, spansOnce, stepSql } from './metrics-sql.ts';
import { SqlParameters } from './sql-parameters.ts';
import { ROOTS } from './trace-facts.ts';

/** Everything of a span that may set it apart: its name in a query, its text, the letter of its kind. Lists and maps are not compared. */
const FIELDS = `arrayConcat(
    [('name', toString(name), 's'), ('kind', toString(kind), 'kind'), ('status', toString(status), 'status')],
    if(status_message = '', [], [('statusMessage', toString(status_message), 's')]),
    if(rooted = 0, [], [('rootName', root_name, 's'), ('rootServiceName', root_service, 's')]),
    ${attributes('span', 'attributes', 'attribute_kinds')}, ${attributes('resource', 'resource', 'resource_kinds')})`;

function attributes(scope: string, map: string, kinds: string): string {
  const isOne = (letters: string): string =>
    `(${[...letters].map((letter) => `position(concat('\\x01', ${kinds}, '\\x01'), concat('\\x01${letter}:', k, '\\x01')) > 0`).join(' OR ')})`;
  const kind = `multiIf(${kinds} = '', 's', ${isOne('nj')}, '', ${isOne('id')}, 'd', ${isOne('b')}, 'b', 's')`;
  return `arrayMap(f -> (f.1, if(f.3 = 'd', toString(toFloat64OrZero(f.2)), f.2), f.3), arrayFilter(f -> f.3 != '',
      arrayMap((k, v) -> (concat('${scope}.', k), toString(v), ${kind}), ${map}.keys, ${map}.values)))`;
}

/** In whose order values stand that are equally frequent: as the evaluator in `traceql/` has it. */
const ORDER = `concat(multiIf(kind = 's', 'string', kind = 'b', 'bool', kind != 'd', kind,
    toFloat64OrZero(text) = floor(toFloat64OrZero(text)) AND abs(toFloat64OrZero(text)) < exp2(63), 'int', 'float'), ' ', text)`;

/**
 * `compare()` as SQL: a row for each side and field with `total` (spans by step), `different` (values), and `top`, its most frequent values as
 * `[-spans, order, text, kind, steps, counts]`. Undefined where it takes more than rows of spans and roots of traces.
 */
export function planComparison(
  { pipeline, compare }: MetricsAggregate & { readonly compare: Compare },
  grid: MetricsGrid,
): MetricPlan | undefined {
  const stages = pipeline.stages.filter((stage) => stage.kind !== 'select');
  if (!stages.every(isFilter)) return undefined;
  const parameters = new SqlParameters();
  const conditions = stages.map((stage) => conditionOf(stage.expr, parameters, 'traces'));
  const selection = conditionOf(compare.filter.expr, parameters, 'traces');
  if (![...conditions, selection].every(({ exact }) => exact)) return undefined;
  const nanos = 'toFloat64(toUnixTimestamp64Nano(time))';
  const inTime =
    compare.endNanos === 0
      ? '1'
      : `${nanos} >= ${parameters.bind(compare.startNanos, 'Float64')} AND ${nanos} < ${parameters.bind(compare.endNanos, 'Float64')}`;
  const columns = { step: stepSql(grid), selected: `(${inTime}) AND (${selection.sql})`, fields: FIELDS };
  const from = `spans LEFT JOIN (SELECT *, 1 AS rooted FROM (${ROOTS})) AS roots USING (trace_id)`;
  const where = [...conditions.map(({ sql }) => sql), IN_WINDOW_OF_MS];
  return ({ window, repeated, limit }) => ({
    sql: `SELECT selected, name, sumMap(steps, counts) AS total, count() AS different,
        groupArraySorted(${compare.topN})((-toInt64(spans), ${ORDER}, text, kind, steps, counts)) AS top
      FROM (
        SELECT selected, name, text, kind, count() AS spans, sumMap([step], [toUInt64(1)]) AS by_step,
          tupleElement(by_step, 1) AS steps, tupleElement(by_step, 2) AS counts
        FROM (
          SELECT step, selected, tupleElement(field, 1) AS name, tupleElement(field, 2) AS text, tupleElement(field, 3) AS kind
          FROM (${spansOnce(columns, from, where, repeated)}) ARRAY JOIN fields AS field
        ) GROUP BY selected, name, text, kind
      ) GROUP BY selected, name LIMIT ${limit}`,
    parameters: { ...parameters.values, ...windowOfMs(Math.ceil(window.startMs), window.endMs) },
  });
}
