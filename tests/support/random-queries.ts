import { numbers } from './numbers.ts';

type Grammar = Readonly<Record<string, readonly string[]>>;

/**
 * `<rule>` is replaced by one of the rule's alternatives. Left out is what may rightly differ between stores: which of equal values
 * `topk` and `limitk` take, and comparisons that turn on the last digit of a sum.
 */
const GRAMMAR: Grammar = {
  vector: [
    '<selector>',
    '<selector>',
    '<overRange>',
    '<overRange>',
    '<overRange>',
    '<aggregation>',
    '<aggregation>',
    '<valueFunction>(<vector>)',
    '(<vector>)',
    '-<vector>',
    '<vector> <arithmetic> <scalar>',
    '<scalar> <arithmetic> <vector>',
    '<vector> <comparison> <scalar>',
    '<vector> <set> <vector>',
    '<aggregation> <arithmetic> on () group_left () vector(<scalar>)',
    'sum by (job) (<vector>) <arithmetic> on (job) sum by (job) (<vector>)',
    'sum by (room) (<vector>) <arithmetic> <fill> avg by (room) (<vector>)',
    'label_replace(<vector>, "kind", "$1", "instance", "(.*):.*")',
    'clamp(<vector>, <number>, 1e9)',
    'absent(<vector>)',
  ],
  selector: ['<name>', '<name>{<matcher>}', '<name> <modifier>', '<name>{<matcher>} <modifier>'],
  name: [
    'requests_total',
    'requests_total',
    'temperature_celsius',
    'latency_seconds_bucket',
    'up',
    'nothing',
  ],
  matcher: [
    'job="order"',
    'instance=~"a.*|b.*"',
    'code!="200"',
    'room!~"attic|oven"',
    'missing=""',
    'le="+Inf"',
  ],
  modifier: [
    'offset <duration>',
    'offset -<duration>',
    '@ 1<digit>00',
    '@ end()',
    '@ start() offset <duration>',
  ],
  overRange: [
    '<rangeFunction>(<selected>[<duration>])',
    '<rangeFunction>(<selected>[<duration>] <modifier>)',
    '<rangeFunction>(<vector>[<duration>:<step>])',
    'quantile_over_time(0.<digit>, <selected>[<duration>])',
    'predict_linear(<selected>[<duration>], <digit>00)',
    '<extended>(<selected>[<duration>] <extension>)',
  ],
  selected: ['<name>', '<name>{<matcher>}'],
  rangeFunction: [
    'rate',
    'increase',
    'delta',
    'irate',
    'idelta',
    'last_over_time',
    'first_over_time',
    'sum_over_time',
    'avg_over_time',
    'min_over_time',
    'max_over_time',
    'count_over_time',
    'stddev_over_time',
    'present_over_time',
    'absent_over_time',
    'mad_over_time',
    'ts_of_last_over_time',
    'changes',
    'resets',
    'deriv',
  ],
  extended: ['rate', 'increase', 'delta'],
  extension: ['anchored', 'smoothed'],
  aggregation: [
    '<aggregator>(<vector>)',
    '<aggregator> by (job) (<vector>)',
    '<aggregator> without (instance, code) (<vector>)',
    'quantile(0.<digit>, <vector>)',
    'count_values("value", count by (job) (<vector>))',
    'limit_ratio(0.<digit>, <vector>)',
  ],
  aggregator: ['sum', 'avg', 'min', 'max', 'count', 'group', 'stddev'],
  valueFunction: ['abs', 'ceil', 'sgn', 'exp', 'timestamp', 'minute', 'sort', 'round'],
  arithmetic: ['+', '-', '*', '/', '%', '^', 'atan2'],
  comparison: ['> bool', '<', '>=', '!='],
  set: ['and', 'or', 'unless', 'and on (job)', 'or on (instance)', 'unless ignoring (code)'],
  fill: ['fill (0)', 'fill_left (1)', 'fill_right (-1)', ''],
  scalar: ['<number>', 'scalar(sum(<selector>))', 'time()', '(<number> * <number>)'],
  number: ['0', '1.7', '-3', '17.31', '1e3'],
  duration: ['45s', '1m', '2m7s', '5m', '11m', '(1m + step())'],
  step: ['15s', '1m', '', '37s'],
  digit: ['1', '2', '3', '5', '8'],
};

/** So many different queries, the same for the same seed. */
export function randomQueries(seed: number, count: number): string[] {
  const next = numbers(seed);
  const found = new Set<string>();
  const expand = (rule: string, depth: number): string => {
    const all = GRAMMAR[rule]!;
    // Deep inside, only what needs no further vector.
    const simple = depth < 3 ? all : all.filter((one) => !/<(vector|aggregation|overRange)>/.test(one));
    const from = simple.length > 0 ? simple : all;
    const template = from[Math.floor(next() * from.length)]!;
    return template.replace(/<(\w+)>/g, (_, name: string) => expand(name, depth + 1));
  };
  while (found.size < count) found.add(expand('vector', 0));
  return [...found];
}
