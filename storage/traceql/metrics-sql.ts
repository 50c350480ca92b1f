import { z } from 'zod';
import type {
  Field,
  Intrinsic,
  MetricsAggregate,
  SpansetFilter,
  Stage,
  StaticValue,
} from '../../traceql/ast.ts';
import { labelValue, namedLabels } from '../../traceql/evaluate/metrics.ts';
import { firstOf } from '../../traceql/evaluate/spansets.ts';
import { toFieldValue } from '../../traceql/evaluate/values.ts';
import {
  keyOfLabels,
  type MetricsGrid,
  type MetricsLabel,
  type MetricsSeries,
} from '../../traceql/metrics/series.ts';
import { formatField } from '../../traceql/printer.ts';
import type { TraceMetricsAnswer, TraceMetricsRequest } from '../../traceql/trace-store.ts';
import { type AttributeValue, typedValue } from '../attributes.ts';
import type { Reader } from '../clickhouse/clickhouse.ts';
import { attributeColumns } from './attribute-sql.ts';
import { conditionOf } from './conditions.ts';
import { SqlParameters } from './sql-parameters.ts';

const LIMITS = { maxSeconds: 10, maxMemoryBytes: 700 * 1024 ** 2 };
const SERIES_MAX = 10_000;

/** Works a metric out in ClickHouse alone; undefined where it takes more than the rows of single spans. Throws `StoreError`. */
export async function aggregateInStore(
  reader: Reader,
  { aggregate, grid, abort }: TraceMetricsRequest,
): Promise<TraceMetricsAnswer | undefined> {
  const plan = planAggregate(aggregate, grid);
  if (plan === undefined) return undefined;
  const rows = await reader.rows({
    sql: plan.sql,
    parameters: plan.parameters.values,
    limits: LIMITS,
    what: 'trace metrics',
    ...(abort && { abort }),
  });
  const most = SERIES_MAX * grid.steps;
  return {
    series: toSeries(aggregate, grid, rows),
    partial: rows.length > most ? 'The metric has too many series; only some are shown: group by less' : null,
  };
}

/** The query of a metric whose pipeline is nothing but filters that a row can answer. */
export function planAggregate(
  aggregate: MetricsAggregate,
  grid: MetricsGrid,
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
  const figure = figureSql(aggregate, grid, measured.value);
  const groups = [
    'step',
    ...keys.flatMap((_, i) => [`text${i}`, `kind${i}`]),
    ...(bucket.length > 0 ? ['bucket'] : []),
  ];
  return {
    sql: `SELECT ${[`${step} AS step`, ...columns, ...bucket, `${figure} AS figure`].join(', ')}
      FROM spans WHERE ${where.join(' AND ')} GROUP BY ${groups.join(', ')}
      LIMIT ${parameters.bind(SERIES_MAX * grid.steps + 1, 'UInt64')}`,
    parameters,
  };
}

const isFilter = (stage: Stage): stage is SpansetFilter => stage.kind === 'filter';

interface KeySql {
  readonly text: string;
  /** The letter of the text's kind; `e` for an element of a list, as JSON; '' where there is none. */
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
  const isNumber = `(${column.kind} IN ('i', 'd') OR (${column.kind} = 'e' AND match(${column.text}, '^-?[0-9]')))`;
  return { value: `toFloat64OrZero(${column.text})`, there: isNumber };
}

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

const row = z.looseObject({
  step: z.coerce.number(),
  bucket: z.coerce.number().optional(),
  figure: z.union([z.coerce.number(), z.array(z.coerce.number())]),
});

function toSeries(
  aggregate: MetricsAggregate,
  grid: MetricsGrid,
  rows: readonly Readonly<Record<string, unknown>>[],
): readonly MetricsSeries[] {
  const { func, by, quantiles } = aggregate;
  const missing = func === 'rate' || func.includes('count') || func.includes('histogram') ? 0 : Number.NaN;
  const series = new Map<string, MetricsSeries>();
  const put = (labels: readonly MetricsLabel[], step: number, value: number): void => {
    const key = keyOfLabels(labels);
    const one = series.get(key) ?? { labels, values: new Float64Array(grid.steps).fill(missing) };
    series.set(key, one);
    if (step < grid.steps) one.values[step] = value;
  };
  for (const raw of rows) {
    const { step, bucket, figure } = row.parse(raw);
    const keys = by.map((field, i) => ({
      name: formatField(field),
      value: keyValue(String(raw[`text${i}`]), String(raw[`kind${i}`])),
    }));
    const labels = namedLabels(func, keys);
    if (Array.isArray(figure))
      quantiles.forEach((q, i) => {
        put([...labels, { name: 'p', value: { type: 'float', value: q } }], step, figure[i] ?? Number.NaN);
      });
    else if (bucket !== undefined)
      put([...labels, { name: '__bucket', value: { type: 'float', value: bucket } }], step, figure);
    else put(labels, step, figure);
  }
  return [...series.values()];
}

function keyValue(text: string, kind: string): StaticValue {
  if (kind === 'kind' || kind === 'status') return { type: kind, value: text } as StaticValue;
  const value: AttributeValue = kind === '' ? null : typedValue(text, kind === 'e' ? 'j' : kind);
  return labelValue(firstOf(toFieldValue(kind === 'e' ? element(text) : value)));
}

function element(json: string): AttributeValue {
  try {
    return z.union([z.string(), z.number(), z.boolean()]).nullable().catch(null).parse(JSON.parse(json));
  } catch {
    return null;
  }
}
