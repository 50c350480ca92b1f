/** Queries that use every part of PromQL that both sides know, by what they are about. Times in whole seconds. */
export function comparisonQueries(): Readonly<Record<string, readonly string[]>> {
  return {
    selectors: SELECTORS,
    arithmetic: binaryQueries(['+', '-', '*', '/', '%', '^', 'atan2']),
    comparisons: [...binaryQueries(['==', '!=', '>', '<', '>=', '<=']), ...boolQueries()],
    'set operators': SET_OPERATORS,
    matching: MATCHING,
    aggregations: aggregationQueries(),
    'functions of a value': valueFunctionQueries(),
    'functions of a range': rangeFunctionQueries(),
    'functions of labels and vectors': VECTOR_FUNCTIONS,
    subqueries: SUBQUERIES,
    literals: LITERALS,
    errors: ERRORS,
  };
}

const SELECTORS = [
  'up',
  'up{job="order"}',
  'up{job!="order"}',
  'up{job=~"ord.*|x"}',
  'up{job!~"ord.*"}',
  'requests_total{code=~"4..|5..",instance=~"a.*"}',
  'requests_total{code!=""}',
  'up{missing=""}',
  'up{missing!=""}',
  '{__name__=~"up|build_info"}',
  '{job="order",__name__!~".*_bucket|requests_total"}',
  'nothing',
  'up offset 10m',
  'up offset -5m',
  'up offset 59m',
  'temperature_celsius @ 1800',
  'temperature_celsius @ 1800 offset 3m',
  'temperature_celsius offset 3m @ 1800',
  'temperature_celsius @ start()',
  'temperature_celsius @ end()',
  'requests_total{job="dispatch",instance="c:1"}',
  'requests_total{instance="b:1",code="404"}',
  'sum(requests_total{job="order"} offset 7m) - sum(requests_total{job="order"} @ 600)',
  '(((up)))',
  '-temperature_celsius',
  '+temperature_celsius',
  '--temperature_celsius',
];

function binaryQueries(operators: readonly string[]): string[] {
  return operators.flatMap((operator) => [
    `temperature_celsius ${operator} 2`,
    `20 ${operator} temperature_celsius`,
    `temperature_celsius ${operator} on (room) wanted_celsius`,
    `wanted_celsius ${operator} ignoring (floor) temperature_celsius`,
    `sum by (job) (up) ${operator} sum by (job) (up offset 5m)`,
    `requests_total ${operator} on (job, instance) group_left (version) build_info`,
    ...(/[=<>!]/.test(operator)
      ? []
      : [`7.5 ${operator} -3`, `${operator === '-' ? '1 - ' : ''}-2 ${operator} 0`]),
  ]);
}

function boolQueries(): string[] {
  return ['==', '!=', '>', '<', '>=', '<='].flatMap((operator) => [
    `temperature_celsius ${operator} bool 20`,
    `20 ${operator} bool temperature_celsius`,
    `temperature_celsius ${operator} bool on (room) wanted_celsius`,
    `1 ${operator} bool 2`,
    `NaN ${operator} bool NaN`,
  ]);
}

const SET_OPERATORS = [
  'up and on (job) up{job="order"}',
  'up and ignoring (version) build_info',
  'up unless on (instance) up{instance="a:1"}',
  'up unless up',
  'up or build_info',
  'up{job="order"} or on (instance) build_info',
  'temperature_celsius > 20 or wanted_celsius < 20',
  'up and nothing',
  'up or nothing',
  'nothing or up',
  'up and on () vector(1)',
  'up unless on () vector(1)',
  'sum(up) or vector(0)',
  'sum(nothing) or vector(0)',
  'temperature_celsius and on (room) (wanted_celsius > 20) or on (room) temperature_celsius{room="safe"}',
];

const MATCHING = [
  'up * on (job, instance) group_left (version) build_info',
  'build_info * on (job, instance) group_right () requests_total',
  'build_info * on (job, instance) group_right (version) requests_total',
  'up * ignoring (version) build_info',
  'requests_total / ignoring (code) group_left sum without (code) (requests_total)',
  'sum by (job, instance) (requests_total) / on (job) group_left sum by (job) (requests_total)',
  'requests_total{code="500"} / ignoring (code) requests_total{code="200"}',
  'up * on (job) group_left () count by (job) (up)',
  'count by (job) (up) * on (job) group_right () up',
  'up + on (instance, job) up',
  'up == on (job, instance) group_left (version) build_info',
  'up + on () group_left () vector(1)',
  'temperature_celsius - on (room) group_left (floor) wanted_celsius',
];

const AGGREGATIONS = ['sum', 'avg', 'min', 'max', 'count', 'group', 'stddev', 'stdvar'];

function aggregationQueries(): string[] {
  const vectors = ['requests_total', 'temperature_celsius', 'rate(requests_total[3m])'];
  const simple = AGGREGATIONS.flatMap((name) => [
    ...vectors.map((vector) => `${name}(${vector})`),
    `${name} by (job) (requests_total)`,
    `${name} without (instance, code) (requests_total)`,
    `${name} by () (temperature_celsius{room!="oven"})`,
    `${name}(temperature_celsius{room!~"attic|oven"}) by (floor)`,
    `${name}(nothing)`,
  ]);
  const withParameter = [
    ...[0, 0.25, 0.5, 0.99, 1, -1, 2, 'NaN'].map((q) => `quantile(${q}, requests_total)`),
    'quantile by (job) (0.9, requests_total)',
    'quantile(0.5, temperature_celsius)',
    'quantile(scalar(sum(up)) / 10, requests_total)',
    'count_values("value", up)',
    'count_values by (job) ("value", up)',
    'count_values without (instance) ("version", up)',
    'count_values("le", temperature_celsius{room="freezer"})',
    ...['topk', 'bottomk'].flatMap((name) => [
      `${name}(2, temperature_celsius{room!="attic"})`,
      `${name} by (floor) (1, temperature_celsius)`,
      `${name} without (room) (2, temperature_celsius)`,
      `${name}(0, up)`,
      `${name}(100, temperature_celsius)`,
      `${name}(1.9, wanted_celsius + on (room) temperature_celsius{room!~"attic|cellar"})`,
      `${name}(-1, up)`,
    ]),
  ];
  const nested = [
    'sum(max by (job) (requests_total))',
    'max(sum by (job, code) (rate(requests_total[5m])))',
    'avg(avg by (room) (temperature_celsius))',
    'count(count by (instance) (requests_total > 100))',
    'sum(sum by (le) (rate(latency_seconds_bucket[5m])))',
    'sum by (missing) (up)',
    'sum(up) by (job) / count(up) by (job)',
  ];
  return [...simple, ...withParameter, ...nested];
}

const VALUE_FUNCTIONS = [
  ...['abs', 'ceil', 'floor', 'exp', 'ln', 'log2', 'log10', 'sqrt', 'sgn', 'deg', 'rad'],
  ...['sin', 'cos', 'tan', 'asin', 'acos', 'atan', 'sinh', 'cosh', 'tanh', 'asinh', 'acosh', 'atanh'],
];

const DATE_FUNCTIONS = [
  ...['day_of_month', 'day_of_week', 'day_of_year', 'days_in_month', 'hour', 'minute', 'month', 'year'],
];

function valueFunctionQueries(): string[] {
  return [
    ...VALUE_FUNCTIONS.flatMap((name) => [
      `${name}(temperature_celsius)`,
      `${name}(temperature_celsius / 50)`,
    ]),
    ...DATE_FUNCTIONS.flatMap((name) => [
      `${name}()`,
      `${name}(calendar_seconds)`,
      `${name}(vector(1709208000))`,
    ]),
    'round(temperature_celsius)',
    'round(temperature_celsius, 0.25)',
    'round(temperature_celsius, 5)',
    'round(temperature_celsius * -1, 0.1)',
    'clamp(temperature_celsius, 0, 25)',
    'clamp(temperature_celsius, 25, 0)',
    'clamp_min(temperature_celsius, 10)',
    'clamp_max(temperature_celsius, 10)',
    'clamp_max(temperature_celsius, scalar(avg(wanted_celsius)))',
    'clamp_min(temperature_celsius, NaN)',
    'timestamp(up)',
    'timestamp(up offset 5m)',
    'timestamp(timestamp(up))',
    'timestamp(up + 1)',
    'timestamp(up @ 900)',
    'time()',
    'time() - timestamp(up)',
    'pi() * 2',
  ];
}

const RANGE_FUNCTIONS = [
  ...['rate', 'increase', 'delta', 'irate', 'idelta', 'deriv', 'changes', 'resets'],
  ...['avg', 'min', 'max', 'sum', 'count', 'stddev', 'stdvar', 'last', 'present', 'absent'].map(
    (name) => `${name}_over_time`,
  ),
];

function rangeFunctionQueries(): string[] {
  const plain = RANGE_FUNCTIONS.flatMap((name) => [
    `${name}(requests_total{job="order",instance!="b:1"}[5m])`,
    `${name}(temperature_celsius{room!~"attic|oven|cellar"}[2m])`,
    `${name}(latency_seconds_sum[3m] offset 4m)`,
    `${name}(latency_seconds_count[10m] @ 2400)`,
    `${name}(nothing[5m])`,
    `sum by (job) (${name}(latency_seconds_bucket{instance="a:1"}[4m]))`,
  ]);
  const withParameter = [
    ...[0, 0.5, 0.9, 1, -1, 2].map((q) => `quantile_over_time(${q}, temperature_celsius[10m])`),
    'predict_linear(temperature_celsius{room="hall"}[10m], 600)',
    'predict_linear(latency_seconds_sum[5m] offset 3m, 60)',
    'predict_linear(requests_total{job="order",instance="a:1"}[10m], -60)',
    'double_exponential_smoothing(temperature_celsius{room!="oven"}[10m], 0.3, 0.6)',
    'double_exponential_smoothing(latency_seconds_sum[5m], 0.9, 0.1)',
  ];
  const special = [
    'min_over_time(temperature_celsius{room="attic"}[10m])',
    'max_over_time(temperature_celsius{room="oven"}[20m])',
    'sum_over_time(temperature_celsius{room=~"attic|oven"}[20m])',
    'avg_over_time(temperature_celsius{room=~"attic|oven"}[20m])',
    'changes(temperature_celsius{room="attic"}[20m])',
    'count_over_time(temperature_celsius{room="cellar"}[7m])',
    'deriv(temperature_celsius{room="oven"}[20m])',
    'absent_over_time(nothing{job="x",code=~"y"}[5m])',
    'absent_over_time(requests_total{instance="b:1",code="404",job="order"}[5m])',
    'rate(requests_total[1h])',
    'increase(requests_total{job="order"}[30s])',
    'rate(requests_total[5s])',
  ];
  return [...plain, ...withParameter, ...special];
}

const VECTOR_FUNCTIONS = [
  'absent(nothing)',
  'absent(nothing{job="x",instance=~"y",code!="z"})',
  'absent(up)',
  'absent(sum(nothing))',
  'absent(requests_total{instance="b:1",code="404",job="order"})',
  'scalar(sum(up))',
  'scalar(up)',
  'scalar(nothing)',
  'vector(scalar(count(up)))',
  'vector(time())',
  'sort(temperature_celsius)',
  'sort_desc(temperature_celsius)',
  'label_replace(up, "host", "$1", "instance", "(.*):.*")',
  'label_replace(up, "host", "$2-$1", "instance", "(.*):(.*)")',
  'label_replace(up, "host", "x", "instance", "nomatch")',
  'label_replace(up, "job", "", "job", "order")',
  'label_replace(up, "new", "value-$1", "missing", "")',
  'label_replace(up, "host", "$host", "instance", "(?P<host>[a-z]+):.*")',
  'label_replace(up, "host", "$$1", "instance", "(.*):.*")',
  'label_join(up, "both", "/", "job", "instance")',
  'label_join(up, "job", "-", "job", "missing")',
  'label_join(up, "empty", "")',
  'sum by (host) (label_replace(requests_total, "host", "$1", "instance", "(.).*"))',
  ...[0, 0.1, 0.5, 0.9, 0.99, 1, -1, 2].map((q) => `histogram_quantile(${q}, latency_seconds_bucket)`),
  'histogram_quantile(0.9, rate(latency_seconds_bucket[5m]))',
  'histogram_quantile(0.9, sum by (le) (rate(latency_seconds_bucket[5m])))',
  'histogram_quantile(0.9, sum by (le, job) (rate(latency_seconds_bucket[5m])))',
  'histogram_quantile(0.5, latency_seconds_bucket{le!="+Inf"})',
  'histogram_quantile(0.5, latency_seconds_bucket{le="+Inf"})',
  'histogram_quantile(scalar(avg(up)), latency_seconds_bucket{job="order"})',
];

/** Their steps are multiples of themselves; the times asked for are so that no range begins at such a step. */
const SUBQUERIES = [
  'max_over_time(up[10m:1m])',
  'sum_over_time(temperature_celsius{room="hall"}[7m:15s])',
  'rate(requests_total{job="order",instance="a:1"}[10m:30s])',
  'avg_over_time(rate(requests_total{job="order",instance="a:1"}[2m])[10m:1m])',
  'max_over_time((sum by (job) (up))[5m:])',
  'min_over_time(up[5m:1m] offset 2m)',
  'last_over_time(up[5m:1m] @ 1803)',
  'sum_over_time(sum_over_time(up[110s:20s])[6m:3m])',
  'deriv(temperature_celsius{room="hall"}[10m:20s])',
  'quantile_over_time(0.3, temperature_celsius{room="safe"}[10m:1m])',
  'count_over_time(vector(1)[10m:1m])',
  'sum_over_time(time()[5m:1m])',
  'increase((up + 1)[10m:2m])',
  'absent_over_time(nothing[5m:1m])',
  'max_over_time(deriv(rate(requests_total{job="order"}[1m])[290s:1m])[10m:])',
];

const LITERALS = [
  '1',
  '-1.5e3',
  '0x1F',
  'Inf',
  '-Inf',
  'NaN',
  '.5',
  '1 + 2 * 3 ^ 2 ^ 0.5',
  '-2 ^ 2',
  '2 * -3',
  '10 % 3 * 2',
  '(1 + 2) * 3',
  '1 / 0',
  '-1 / 0',
  '0 / 0',
];

const ERRORS = [
  'up +',
  'sum(',
  'up{job=}',
  'up{job="order"',
  '{}',
  '{job=~".*"}',
  'up[5m',
  'up[5m] + 1',
  'rate(up)',
  'rate(up[5m])[5m]',
  'unknown_function(up)',
  'sum(up, up)',
  'topk(up)',
  'up offset',
  'up @ "x"',
  'up and 1',
  '1 and 2',
  '1 == 2',
  'up == bool',
  'up{job=~"("}',
  'count_values(1, up)',
  'label_replace(up, "x", "y", "z")',
  'label_replace(up, "x", "$1", "job", "(")',
  'up * on (job) up',
  'up * on (job) group_left () up',
  'requests_total * on (job, instance) build_info',
  'up * build_info and',
  'histogram_quantile("0.9", up)',
  'round(1)',
  'abs(up[5m])',
  '"text" + 1',
  'topk(NaN, up)',
  'label_replace(requests_total, "code", "x", "code", ".*")',
  '',
];
