import type { Field, Intrinsic, MetricsAggregate, SpansetFilter, Stage } from '../../traceql/ast.ts';
import { COUNTING } from '../../traceql/evaluate/metrics.ts';
import { exemplarsAStep } from '../../traceql/metrics/exemplars.ts';
import type { MetricsGrid } from '../../traceql/metrics/series.ts';
import type { TraceMetricsAnswer, TraceMetricsRequest } from '../../traceql/trace-store.ts';
import type { Reader } from '../clickhouse/clickhouse.ts';
import { attributeColumns } from './attribute-sql.ts';
import { conditionOf } from './conditions.ts';
import { seriesOfRows } from './metrics-rows.ts';
import { SqlParameters } from './sql-parameters.ts';

const LIMITS = { maxSeconds: 10, maxMemoryBytes: 700 * 1024 ** 2 };
/** Steps of series that a metric may have together. */
const VALUES_MAX = 200_000;

/** Works a metric out in ClickHouse alone; undefined where it takes more than the rows of single spans. Throws `StoreError`. */
export async function aggregateInStore(
  reader: Reader,
  { aggregate, grid, exemplars = 0, abort }: TraceMetricsRequest,
): Promise<TraceMetricsAnswer | undefined> {
  const plan = planAggregate(aggregate, grid, exemplars);
  if (plan === undefined) return undefined;
  const rows = await reader.rows({
    sql: plan.sql,
    parameters: plan.parameters.values,
    limits: LIMITS,
    what: 'trace metrics',
    ...(abort && { abort }),
  });
  return {
    series: seriesOfRows(aggregate, grid, rows.slice(0, VALUES_MAX), exemplars),
    partial:
      rows.length > VALUES_MAX ? 'The metric has too many series; only some are shown: group by less' : null,
  };
}

/** The query of a metric whose pipeline is nothing but filters that a row can answer. */
export function planAggregate(
  aggregate: MetricsAggregate,
  grid: MetricsGrid,
  exemplars = 0,
): { readonly sql: string; readonly parameters: SqlParameters } | undefined {
  const stages = aggregate.pipeline.stages.filter((stage) => stage.kind !== 'select');
  if (aggregate.func === 'compare' || !stages.every(isFilter)) return undefined;
  const parameters = new SqlParameters();
  const conditions = stages.map((stage) => conditionOf(stage.expr, parameters));
  if (!conditions.every(({ exact }) => exact)) return undefined;
  const keys = aggregate.by.map((field) => keySql(field, parameters));
  const measured = aggregate.field === undefined ? COUNTED : measuredSql(aggregate.field, parameters);
  if (measured === undefined || keys.includes(undefined)) return undefined;
  const [from, to] = [grid.startMs, grid.startMs + grid.stepMs * grid.steps];
  const where = [
    `time >= fromUnixTimestamp64Milli(${parameters.bind(from, 'Int64')})`,
    `time < fromUnixTimestamp64Milli(${parameters.bind(to, 'Int64')})`,
    ...conditions.map(({ sql }) => sql),
    measured.there,
  ];
  const step = `toUInt32(floor((toUnixTimestamp64Micro(time) / 1000 - ${parameters.bind(from, 'Int64')}) / ${parameters.bind(grid.stepMs, 'Float64')}))`;
  const columns = keys.map((key, i) => `${key!.text} AS text${i}, ${key!.kind} AS kind${i}`);
  const bucket =
    aggregate.func === 'histogram_over_time'
      ? [`if(${measured.value} > 0, pow(2, ceil(log2(${measured.value}))), 0) AS bucket`]
      : [];
  const figures = [
    `${figureSql(aggregate, grid, measured.value)} AS figure`,
    ...exemplarsSql(exemplarsAStep(exemplars, grid), COUNTING.has(aggregate.func) ? 'nan' : measured.value),
  ];
  const groups = [
    'step',
    ...keys.flatMap((_, i) => [`text${i}`, `kind${i}`]),
    ...(bucket.length > 0 ? ['bucket'] : []),
  ];
  return {
    sql: `SELECT ${[`${step} AS step`, ...columns, ...bucket, ...figures].join(', ')}
      FROM spans WHERE ${where.join(' AND ')} GROUP BY ${groups.join(', ')}
      LIMIT ${VALUES_MAX + 1}`,
    parameters,
  };
}

const isFilter = (stage: Stage): stage is SpansetFilter => stage.kind === 'filter';

interface KeySql {
  readonly text: string;
  /** The letter of the text's kind, of `attributeColumns`; `kind` and `status` for those. */
  readonly kind: string;
}

const INTRINSIC_KEYS: Partial<Record<Intrinsic, KeySql>> = {
  'span:name': { text: 'toString(name)', kind: `'s'` },
  'span:statusMessage': { text: 'status_message', kind: `'s'` },
  'span:kind': { text: 'toString(kind)', kind: `'kind'` },
  'span:status': { text: 'toString(status)', kind: `'status'` },
  'instrumentation:name': { text: 'toString(scope)', kind: `'s'` },
  'instrumentation:version': { text: 'toString(scope_version)', kind: `'s'` },
};

function keySql(field: Field, parameters: SqlParameters): KeySql | undefined {
  if (field.kind === 'intrinsic') return INTRINSIC_KEYS[field.intrinsic];
  return attributeColumns(field.scope, field.name, parameters);
}

interface MeasuredSql {
  readonly value: string;
  readonly there: string;
}

const COUNTED: MeasuredSql = { value: '1', there: '1' };

/** A field as a number, durations in seconds. */
function measuredSql(field: Field, parameters: SqlParameters): MeasuredSql | undefined {
  if (field.kind === 'intrinsic')
    return field.intrinsic === 'span:duration' ? { value: 'duration / 1e9', there: '1' } : undefined;
  const column = attributeColumns(field.scope, field.name, parameters);
  if (column === undefined) return undefined;
  const isNumber = `${column.kind} = 'd'`;
  const value = `toFloat64OrZero(${column.text})`;
  return { value, there: `(${isNumber} AND isFinite(${value}))` };
}

/** The spans with the smallest ids of a group, which are random; as `ExemplarPicks` takes them. */
const exemplarsSql = (aStep: number, value: string): readonly string[] =>
  aStep === 0
    ? []
    : [
        `arrayMap(e -> (lower(hex(e.1)), lower(hex(e.2)), toString(toUnixTimestamp64Nano(e.3)), e.4),
          groupArraySorted(${aStep})((span_id, trace_id, time, toFloat64(${value})))) AS exemplars`,
      ];

function figureSql({ func, quantiles }: MetricsAggregate, grid: MetricsGrid, value: string): string {
  switch (func) {
    case 'rate':
      return `count() / ${grid.stepMs / 1_000}`;
    case 'count_over_time':
    case 'histogram_over_time':
    case 'compare':
      return 'count()';
    case 'quantile_over_time':
      return `quantilesExactInclusive(${quantiles.join(', ')})(${value})`;
    default:
      return `${func.replace('_over_time', '')}(${value})`;
  }
}
