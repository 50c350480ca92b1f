import type { Field, Intrinsic, MetricsAggregate, SpansetFilter, Stage } from '../../traceql/ast.ts';
import { COUNTING } from '../../traceql/evaluate/metrics.ts';
import { exemplarsAStep } from '../../traceql/metrics/exemplars.ts';
import type { MetricsGrid } from '../../traceql/metrics/series.ts';
import type { Parameters } from '../clickhouse/clickhouse.ts';
import { IN_WINDOW_OF_MS, windowOfMs } from '../minute-order.ts';
import { attributeColumns } from './attribute-sql.ts';
import type { Window } from './candidate-reads.ts';
import { conditionOf } from './conditions.ts';
import { SAME_SPAN } from './repeated-spans.ts';
import { SqlParameters } from './sql-parameters.ts';
import { DURATIONS, ROOTS } from './trace-facts.ts';

/** Which spans are counted. */
export interface Counted {
  readonly window: Window;
  /** Minutes with spans that were sent twice, in epoch seconds: their spans are counted once each. */
  readonly repeated: readonly number[];
  /** Rows at most. */
  readonly limit: number;
}

/** A metric as SQL, for any part of its time; rows as `seriesOfRows` takes them. */
export type MetricPlan = (counted: Counted) => {
  readonly sql: string;
  readonly parameters: Parameters;
};

/** The plan of a metric whose pipeline is nothing but filters that a row can answer; undefined for any other. */
export function planAggregate(
  aggregate: MetricsAggregate,
  grid: MetricsGrid,
  exemplars = 0,
): MetricPlan | undefined {
  const stages = aggregate.pipeline.stages.filter((stage) => stage.kind !== 'select');
  if (aggregate.func === 'compare' || !stages.every(isFilter)) return undefined;
  const parameters = new SqlParameters();
  const conditions = stages.map((stage) => conditionOf(stage.expr, parameters, 'traces'));
  if (!conditions.every(({ exact }) => exact)) return undefined;
  const keys = aggregate.by.map((field) => keySql(field, parameters));
  const measured = aggregate.field === undefined ? COUNTED : measuredSql(aggregate.field, parameters);
  if (measured === undefined || !keys.every((key) => key !== undefined)) return undefined;
  const aStep = exemplarsAStep(exemplars, grid);
  const columns = {
    step: stepSql(grid),
    ...Object.fromEntries(
      keys.flatMap(({ text, kind }, i) => [
        [`text${i}`, text],
        [`kind${i}`, kind],
      ]),
    ),
    ...(aggregate.func === 'histogram_over_time' && {
      bucket: bucketSql(measured),
    }),
    measured: measured.value,
    ...(aStep > 0 && { of: 'trace_id', id: 'span_id', at: 'time' }),
  };
  const groups = Object.keys(columns).filter((name) => /^(step|text|kind|bucket)/.test(name));
  const figures = [
    `${figureSql(aggregate, grid)} AS figure`,
    ...exemplarsSql(aStep, COUNTING.has(aggregate.func) ? 'nan' : 'measured'),
  ];
  const where = [...conditions.map(({ sql }) => sql), measured.there];
  const fields = [...aggregate.by, ...(aggregate.field === undefined ? [] : [aggregate.field])];
  const from = `spans${joinsFor(fields)}`;
  return ({ window, repeated, limit }) => ({
    sql: `SELECT ${[...groups, ...figures].join(', ')}
      FROM (${spansOnce(columns, from, [...where, IN_WINDOW_OF_MS], repeated)})
      GROUP BY ${groups.join(', ')} LIMIT ${limit}`,
    parameters: { ...parameters.values, ...windowOfMs(Math.ceil(window.startMs), window.endMs) },
  });
}

/** What a trace is, beside each of its spans. */
function joinsFor(fields: readonly Field[]): string {
  const intrinsics = fields.map((field) => (field.kind === 'intrinsic' ? field.intrinsic : undefined));
  const roots = intrinsics.includes('trace:rootName') || intrinsics.includes('trace:rootService');
  return [
    roots ? ` LEFT JOIN (${ROOTS}) AS roots USING (trace_id)` : '',
    intrinsics.includes('trace:duration') ? ` LEFT JOIN (${DURATIONS}) AS durations USING (trace_id)` : '',
  ].join('');
}

/** Rows of spans that meet the conditions, of those that were sent twice one each. */
export function spansOnce(
  columns: Readonly<Record<string, string>>,
  from: string,
  where: readonly string[],
  repeated: readonly number[],
): string {
  const named = Object.entries(columns);
  const plain = named.map(([name, sql]) => `${sql} AS ${name}`).join(', ');
  if (repeated.length === 0) return `SELECT ${plain} FROM ${from} WHERE ${where.join(' AND ')}`;
  const minutes = `(${repeated.map((minute) => `toDateTime(${minute}, 'UTC')`).join(', ')})`;
  return `SELECT ${plain} FROM ${from} WHERE ${[...where, `toStartOfMinute(time) NOT IN ${minutes}`].join(' AND ')}
    UNION ALL
    SELECT ${named.map(([name], i) => `any(c${i}) AS ${name}`).join(', ')}
    FROM (SELECT ${SAME_SPAN} AS span, ${named.map(([, sql], i) => `${sql} AS c${i}`).join(', ')}
      FROM ${from} WHERE ${[...where, `toStartOfMinute(time) IN ${minutes}`].join(' AND ')})
    GROUP BY span`;
}

export const stepSql = ({ startMs, stepMs }: MetricsGrid): string =>
  `toUInt32(floor((toUnixTimestamp64Micro(time) / 1000 - ${startMs}) / ${stepMs}))`;

export const isFilter = (stage: Stage): stage is SpansetFilter => stage.kind === 'filter';

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
  'trace:rootName': { text: 'root_name', kind: `'s'` },
  'trace:rootService': { text: 'root_service', kind: `'s'` },
};

function keySql(field: Field, parameters: SqlParameters): KeySql | undefined {
  if (field.kind === 'intrinsic') return INTRINSIC_KEYS[field.intrinsic];
  return attributeColumns(field.scope, field.name, parameters);
}

interface MeasuredSql {
  readonly value: string;
  readonly there: string;
  /** The same in nanoseconds, of durations. */
  readonly nanos?: string;
}

/** As the evaluator's buckets: powers of two, of nanoseconds for durations, told in seconds. */
function bucketSql({ value, nanos }: MeasuredSql): string {
  const number = nanos ?? value;
  const bound = `if(${number} > 0, pow(2, ceil(log2(${number}))), 0)`;
  return nanos === undefined ? bound : `${bound} / 1e9`;
}

const COUNTED: MeasuredSql = { value: '1', there: '1' };

const INTRINSIC_MEASURES: Partial<Record<Intrinsic, MeasuredSql>> = {
  'span:duration': { value: 'duration / 1e9', there: '1', nanos: 'duration' },
  'trace:duration': { value: 'trace_nanos / 1e9', there: '1', nanos: 'trace_nanos' },
};

/** A field as a number, durations in seconds. */
function measuredSql(field: Field, parameters: SqlParameters): MeasuredSql | undefined {
  if (field.kind === 'intrinsic') return INTRINSIC_MEASURES[field.intrinsic];
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
          groupArraySorted(${aStep})((id, of, at, toFloat64(${value})))) AS exemplars`,
      ];

function figureSql({ func, quantiles }: MetricsAggregate, grid: MetricsGrid): string {
  switch (func) {
    case 'rate':
      return `count() / ${grid.stepMs / 1_000}`;
    case 'count_over_time':
    case 'histogram_over_time':
    case 'compare':
      return 'count()';
    case 'quantile_over_time':
      return `quantilesExactInclusive(${quantiles.join(', ')})(measured)`;
    default:
      return `${func.replace('_over_time', '')}(measured)`;
  }
}
