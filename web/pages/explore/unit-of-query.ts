import type { SyntaxNode } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';
import type { MetricMetadata } from '../../api/prometheus-metadata.ts';

/** What a value counts or measures; `base` is empty for things that are counted (orders, people). */
interface Quantity {
  readonly base: '' | 's' | 'ms' | 'bytes' | 'CNY' | 'ratio' | 'percent';
  readonly per: '' | 'second' | 'minute';
  /** Of a histogram's buckets, which are counts: what was put into them. */
  readonly observed?: Quantity['base'];
}
/** A number that is written out has no unit of its own. */
type Meaning = Quantity | { readonly number: number };

const COUNT: Quantity = { base: '', per: '' };

/** Units of metadata: UCUM as OpenTelemetry writes them, and Prometheus's words. */
const BASES: Readonly<Record<string, Quantity['base']>> = {
  s: 's',
  seconds: 's',
  ms: 'ms',
  milliseconds: 'ms',
  By: 'bytes',
  bytes: 'bytes',
  CNY: 'CNY',
  cny: 'CNY',
  yuan: 'CNY',
  '%': 'percent',
  percent: 'percent',
  ratio: 'ratio',
};

/** The metadata of a metric; that of a histogram stands under its name without `_bucket`, `_sum` and `_count`. */
export function metadataOf(
  metric: string,
  metadata: ReadonlyMap<string, readonly MetricMetadata[]>,
): MetricMetadata | null {
  const family = metric.replace(/_(bucket|sum|count|total)$/, '');
  return metadata.get(metric)?.[0] ?? metadata.get(family)?.[0] ?? null;
}

function quantityOf(metric: string, metadata: ReadonlyMap<string, readonly MetricMetadata[]>): Quantity {
  const known = metadataOf(metric, metadata);
  if (/_count$/.test(metric) && known?.type !== 'gauge') return COUNT;
  const unit = known?.unit ?? '';
  const suffix = metric.replace(/_(bucket|sum|total)$/, '').replace(/^.*_/, '');
  const base = BASES[unit] ?? (unit === '' || unit === '1' ? (BASES[suffix] ?? '') : '');
  if (metric.endsWith('_bucket')) return { ...COUNT, observed: base };
  return { base, per: unit.endsWith('/s') ? 'second' : '' };
}

const SAME = new Set(
  `abs ceil floor round clamp clamp_min clamp_max sort sort_desc sort_by_label sort_by_label_desc label_replace
  label_join last_over_time first_over_time avg_over_time min_over_time max_over_time sum_over_time quantile_over_time
  stddev_over_time mad_over_time increase delta idelta predict_linear double_exponential_smoothing scalar vector`.split(
    /\s+/,
  ),
);
const PER_SECOND = new Set(['rate', 'irate', 'deriv']);
const OBSERVED = new Set(['histogram_quantile', 'histogram_avg', 'histogram_stddev']);
const COUNTING = new Set(['count', 'group', 'count_values']);

const isNumber = (meaning: Meaning | null): meaning is { readonly number: number } =>
  meaning !== null && 'number' in meaning;

/**
 * The unit of what a query gives, as Grafana's id, or undefined where it is not clear: from the metadata of its metrics,
 * carried through functions and operators. `rate` makes it per second, a quotient of equals is a ratio.
 */
export function unitOfQuery(
  expr: string,
  metadata: ReadonlyMap<string, readonly MetricMetadata[]>,
): string | undefined {
  const meaning = read(parser.parse(expr).topNode.firstChild);
  return meaning === null || isNumber(meaning) ? undefined : grafanaUnit(meaning);

  function read(node: SyntaxNode | null): Meaning | null {
    if (node === null) return null;
    switch (node.name) {
      case 'NumberDurationLiteral':
        return { number: Number(expr.slice(node.from, node.to)) };
      case 'VectorSelector': {
        const name = node.getChild('Identifier');
        return name === null ? null : quantityOf(expr.slice(name.from, name.to), metadata);
      }
      case 'UnaryExpr':
        return read(node.lastChild);
      case 'AggregateExpr': {
        const operator = node.getChild('AggregateOp');
        if (operator !== null && COUNTING.has(expr.slice(operator.from, operator.to).toLowerCase()))
          return COUNT;
        return read(node.getChild('FunctionCallBody')?.lastChild ?? null);
      }
      case 'FunctionCall':
        return call(node);
      case 'BinaryExpr':
        return binary(node);
      case 'ParenExpr':
      case 'OffsetExpr':
      case 'StepInvariantExpr':
      case 'MatrixSelector':
      case 'SubqueryExpr':
        return read(node.firstChild);
      default:
        return null;
    }
  }

  function call(node: SyntaxNode): Meaning | null {
    const identifier = node.getChild('FunctionIdentifier');
    const name = identifier === null ? '' : expr.slice(identifier.from, identifier.to);
    const args: SyntaxNode[] = [];
    for (let arg = node.getChild('FunctionCallBody')?.firstChild ?? null; arg !== null; arg = arg.nextSibling)
      args.push(arg);
    if (name === 'time' || name === 'timestamp') return null;
    if (/^(count|present|absent)_over_time$|^(changes|resets|absent)$/.test(name)) return COUNT;
    const [value] = args.map(read).filter((meaning) => meaning !== null && !isNumber(meaning));
    if (value === undefined || value === null || isNumber(value)) return null;
    if (PER_SECOND.has(name)) return { ...value, per: 'second' };
    if (OBSERVED.has(name)) return { base: value.observed ?? value.base, per: '' };
    return SAME.has(name) ? value : null;
  }

  function binary(node: SyntaxNode): Meaning | null {
    const left = read(node.firstChild);
    const right = read(node.lastChild);
    const operator = node.firstChild?.nextSibling?.name ?? '';
    if (/^(Gtr|Lss|Gte|Lte|Eql|EqlC|Neq)$/.test(operator)) {
      if (node.getChild('BoolModifier') !== null) return COUNT;
      return isNumber(left) ? right : left;
    }
    if (/^(And|Unless)$/.test(operator)) return left;
    if (operator === 'Div') return quotient(left, right);
    if (operator === 'Mul') return isNumber(left) ? scaled(right, left.number) : scaled(left, factor(right));
    if (!/^(Add|Sub|Or)$/.test(operator)) return null;
    if (isNumber(left)) return right;
    if (isNumber(right)) return left;
    return left !== null && right !== null && left.base === right.base && left.per === right.per
      ? left
      : null;
  }
}

/** The names of the metrics that a query reads, in its order. */
export function metricsIn(expr: string): readonly string[] {
  const names: string[] = [];
  parser.parse(expr).iterate({
    enter({ name, from, to }) {
      if (name === 'Identifier') names.push(expr.slice(from, to));
    },
  });
  return names;
}

const factor = (meaning: Meaning | null): number => (isNumber(meaning) ? meaning.number : Number.NaN);

function scaled(value: Meaning | null, by: number): Quantity | null {
  if (value === null || isNumber(value)) return null;
  if (by === 1) return value;
  if (by === 60 && value.per === 'second') return { ...value, per: 'minute' };
  if (by === 100 && value.base === 'ratio') return { ...value, base: 'percent' };
  if (by === 1000 && value.base === 's') return { ...value, base: 'ms' };
  return value.base === '' ? COUNT : null;
}

function quotient(left: Meaning | null, right: Meaning | null): Quantity | null {
  if (left === null || right === null || isNumber(left)) return null;
  if (isNumber(right)) return scaled(left, 1 / right.number);
  if (left.per !== right.per) return null;
  if (left.base === right.base) return { base: 'ratio', per: '' };
  return right.base === '' ? { base: left.base, per: '' } : null;
}

const AS_IT_IS = {
  '': 'short',
  s: 's',
  ms: 'ms',
  bytes: 'bytes',
  CNY: 'currencyCNY',
  ratio: 'percentunit',
  percent: 'percent',
} as const satisfies Record<Quantity['base'], string>;

function grafanaUnit({ base, per }: Quantity): string | undefined {
  if (per === '') return AS_IT_IS[base];
  if (base === '') return per === 'second' ? 'cps' : 'cpm';
  // Seconds a second: the share of the time that something was busy.
  if (base === 's' && per === 'second') return 'percentunit';
  return base === 'bytes' && per === 'second' ? 'binBps' : undefined;
}
