import type {
  ComparisonOperator,
  MetricsAggregate,
  MetricsExpr,
  MetricsOperation,
  SecondStage,
  Static,
} from '../ast.ts';
import { exemplarsWhere } from './exemplars.ts';
import { keyOfLabels, type MetricsLabel, type MetricsSeries } from './series.ts';

/** Works out the series of one function over spans; who does it is no concern of what comes after. */
export type AggregateSource = (aggregate: MetricsAggregate) => Promise<readonly MetricsSeries[]>;

/** The series of a whole metrics query: its aggregates from the source, ranking and arithmetic here. */
export async function combineMetrics(
  expr: MetricsExpr,
  source: AggregateSource,
): Promise<readonly MetricsSeries[]> {
  switch (expr.kind) {
    case 'metrics_aggregate':
      return source(expr);
    case 'second_stage':
      return applyStage(expr.stage, await combineMetrics(expr.expr, source));
    case 'metrics_operation':
      return applyOperation(expr, source);
  }
}

function applyStage(stage: SecondStage['stage'], series: readonly MetricsSeries[]): readonly MetricsSeries[] {
  const kept =
    'func' in stage ? ranked(series, stage) : filtered(series, stage.operator, numberIn(stage.value));
  return kept
    .map((one, index) => ({ ...one, exemplars: exemplarsWhere(series[index]!, one.values) }))
    .filter(({ values }) => values.some((value) => !Number.isNaN(value)));
}

/** A number; durations in seconds, as metrics have them. */
function numberIn({ value }: Static): number {
  if (value.type === 'duration') return value.value / 1e9;
  return value.type === 'int' || value.type === 'float' ? value.value : Number.NaN;
}

/** At every step the series with the largest (smallest) values; of equal ones those whose labels come first. */
function ranked(
  series: readonly MetricsSeries[],
  { func, limit }: { readonly func: 'topk' | 'bottomk'; readonly limit: number },
): MetricsSeries[] {
  const sign = func === 'topk' ? -1 : 1;
  const keys = new Map(series.map((one) => [one, keyOfLabels(one.labels)]));
  const kept = series.map(({ labels, values }) => ({ labels, values: values.map(() => Number.NaN) }));
  const steps = series[0]?.values.length ?? 0;
  for (let step = 0; step < steps; step++) {
    const order = series
      .map((one, index) => ({ one, index, value: one.values[step]! }))
      .filter(({ value }) => !Number.isNaN(value))
      .sort((a, b) => sign * (a.value - b.value) || (keys.get(a.one)! < keys.get(b.one)! ? -1 : 1));
    for (const { index, value } of order.slice(0, limit)) kept[index]!.values[step] = value;
  }
  return kept;
}

const COMPARE = {
  '=': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
} as const satisfies Record<ComparisonOperator, (a: number, b: number) => boolean>;

const filtered = (
  series: readonly MetricsSeries[],
  operator: ComparisonOperator,
  threshold: number,
): MetricsSeries[] =>
  series.map(({ labels, values }) => ({
    labels,
    values: values.map((value) => (COMPARE[operator](value, threshold) ? value : Number.NaN)),
  }));

async function applyOperation(
  { operator, left, right }: MetricsOperation,
  source: AggregateSource,
): Promise<readonly MetricsSeries[]> {
  const [a, b] = await Promise.all([left, right].map((side) => sideOf(side, source)));
  if (typeof a === 'number' && Array.isArray(b)) return mapValues(b, (value) => reckon(operator, a, value));
  if (Array.isArray(a) && typeof b === 'number') return mapValues(a, (value) => reckon(operator, value, b));
  return pair(operator, a as readonly MetricsSeries[], b as readonly MetricsSeries[]);
}

const sideOf = async (
  side: MetricsExpr | Static,
  source: AggregateSource,
): Promise<number | readonly MetricsSeries[]> =>
  side.kind === 'static' ? numberIn(side) : combineMetrics(side, source);

const mapValues = (series: readonly MetricsSeries[], work: (value: number) => number): MetricsSeries[] =>
  series.map(({ labels, values, exemplars }) => ({
    labels,
    values: values.map(work),
    exemplars: exemplars?.map((exemplar) => ({ ...exemplar, value: work(exemplar.value) })),
  }));

/** As Tempo has it: with nothing there is no reckoning, and a division by 0 is nothing. */
function reckon(operator: MetricsOperation['operator'], a: number, b: number): number {
  if (operator === '/') return b === 0 ? Number.NaN : a / b;
  return operator === '+' ? a + b : operator === '-' ? a - b : a * b;
}

const nameOf = (labels: readonly MetricsLabel[]): MetricsLabel | undefined =>
  labels.find(({ name }) => name === '__name__');
const withoutName = (labels: readonly MetricsLabel[]): readonly MetricsLabel[] =>
  labels.filter(({ name }) => name !== '__name__');

/**
 * Series of equal labels; one without labels goes with every series of the other side. What has no partner is dropped. No span has
 * the value of two series together, so there are no exemplars.
 */
function pair(
  operator: MetricsOperation['operator'],
  left: readonly MetricsSeries[],
  right: readonly MetricsSeries[],
): MetricsSeries[] {
  const [lefts, rights] = [byKey(left), byKey(right)];
  const alone = keyOfLabels([]);
  const target = rights.has(alone) ? lefts : rights;
  return [...target.keys()].flatMap((key) => {
    const a = lefts.get(key) ?? lefts.get(alone);
    const b = rights.get(key) ?? rights.get(alone);
    if (a === undefined || b === undefined) return [];
    const labels = withoutName(a.labels).length > 0 ? withoutName(a.labels) : withoutName(b.labels);
    return [
      {
        labels: [...combinedName(operator, a.labels, b.labels), ...labels],
        values: a.values.map((value, step) => reckon(operator, value, b.values[step]!)),
      },
    ];
  });
}

const byKey = (series: readonly MetricsSeries[]): ReadonlyMap<string, MetricsSeries> =>
  new Map(series.map((one) => [keyOfLabels(withoutName(one.labels)), one]));

function combinedName(
  operator: string,
  left: readonly MetricsLabel[],
  right: readonly MetricsLabel[],
): readonly MetricsLabel[] {
  const [a, b] = [nameOf(left)?.value, nameOf(right)?.value];
  if (a?.type !== 'string' || b?.type !== 'string') return [];
  return [{ name: '__name__', value: { type: 'string', value: `(${a.value} ${operator} ${b.value})` } }];
}
