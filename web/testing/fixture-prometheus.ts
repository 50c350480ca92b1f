/** Made-up answers of the Prometheus API: smooth curves that depend on the query's text alone. */

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** Type, unit and help of every metric. */
const METRICS: Readonly<Record<string, readonly [type: string, unit: string, help: string]>> = {
  order_placed_total: ['counter', '{order}', 'Orders that were placed.'],
  order_units_total: ['counter', '{unit}', 'Units that were charged, by price.'],
  limiter_offered_total: ['counter', '{request}', 'Requests that came to the limiter.'],
  checkout_duration_seconds_bucket: ['histogram', 's', 'From the tap to the confirmed order.'],
  venue_forecast_density: ['gauge', '{person}/m2', 'Forecast density behind the gate.'],
  gate_queue_length: ['gauge', '{person}', 'People who stand before the gate.'],
  gate_wait_seconds: ['gauge', 's', 'How long the last in the queue will wait.'],
  support_queue_length: ['gauge', '{person}', 'Callers who wait for a person.'],
};
const NAMES = Object.keys(METRICS);
const LABELS = ['__name__', 'campaign_id', 'city_code', 'gate_id', 'le', 'venue_id'];
const VALUES: Readonly<Record<string, readonly string[]>> = {
  __name__: NAMES,
  campaign_id: ['one-cent-tickets'],
  city_code: ['310000', '110000', '440100'],
  gate_id: ['north', 'south'],
  venue_id: ['harbour-park'],
};

const refusal = (error: string): Answer => ({
  status: 400,
  body: { status: 'error', errorType: 'bad_data', error },
});

function seriesOf(query: string): readonly Record<string, string>[] {
  if (query.includes('nothing')) return [];
  if (query.includes('gate_id') || query.includes('venue_forecast')) {
    return ['north', 'south'].map((gate_id) => ({
      campaign_id: 'one-cent-tickets',
      venue_id: 'harbour-park',
      gate_id,
    }));
  }
  const by = /by \(([a-z_]+)/.exec(query)?.[1];
  if (by !== undefined && by !== 'campaign_id') return ['a', 'b', 'c'].map((value) => ({ [by]: value }));
  return [{ campaign_id: 'one-cent-tickets' }];
}

function valueAt(query: string, seconds: number, series: number): string {
  const seed = [...query].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 997, 7);
  const wave = Math.sin(seconds / 400 + series + seed) + Math.sin(seconds / 90 + seed) / 4;
  const scale = query.includes('density') ? 2.4 : query.includes('ratio') ? 0.05 : 40 + seed / 10;
  return String(Math.max(0, scale * (1.4 + wave + series * 0.3)));
}

const success = (data: unknown, notes: object = {}): Answer => ({
  status: 200,
  body: { status: 'success', data, ...notes },
});

/** What completion and the metric browser ask; null for another call. */
function answerNames(call: string, form: URLSearchParams, empty: boolean): Answer | null {
  const label = /^label\/(.+)\/values$/.exec(call)?.[1];
  if (label !== undefined) return success(empty ? [] : (VALUES[label] ?? []));
  if (call === 'labels') return success(empty ? [] : LABELS);
  if (call === 'metadata') {
    const known = Object.entries(METRICS).map(([name, [type, unit, help]]) => [
      name.replace(/_bucket$/, ''),
      [{ type, unit, help }],
    ]);
    return success(empty ? {} : Object.fromEntries(known));
  }
  if (call === 'series') {
    const name = form.get('match[]') ?? '';
    const series = seriesOf('gate_id').flatMap((labels) =>
      (VALUES.city_code ?? []).map((city_code) => ({ __name__: name, ...labels, city_code })),
    );
    return success(series, name === 'order_units_total' ? { warnings: [LIMIT_WARNING] } : {});
  }
  return null;
}

const LIMIT_WARNING =
  'metric order_units_total of campaign one-cent-tickets is at its limit of 50000 series: 1213 new ones were refused';

/** A quotient of something that the store worked out and something that it handed over. */
const explain = (query: string) => ({
  parseMs: 0.2,
  planMs: 0.4,
  evaluateMs: 41,
  totalMs: 41.6,
  rowsRead: 184_320,
  root: {
    expr: query,
    kind: 'binary',
    where: 'process',
    pushedDown: null,
    resolution: null,
    series: 3,
    rowsRead: 0,
    ms: 1.6,
    children: [
      {
        expr: 'sum by (city_code) (rate(order_placed_total[5m]))',
        kind: 'aggregate',
        where: 'clickhouse',
        pushedDown: 'sum by (city_code) (rate(order_placed_total[5m]))',
        resolution: 'mixed',
        series: 3,
        rowsRead: 180_000,
        ms: 31,
        children: [],
      },
      {
        expr: 'gate_queue_length',
        kind: 'selector',
        where: 'memory',
        pushedDown: null,
        resolution: 'raw',
        series: 2,
        rowsRead: 4_320,
        ms: 8.4,
        children: [],
      },
    ],
  },
});

/** One trace every tenth of the range, at values of the curve. */
function exemplarsOf(form: URLSearchParams): readonly object[] {
  const query = form.get('query') ?? '';
  const [start = 0, end = 0] = ['start', 'end'].map((name) => Number(form.get(name)));
  return [
    {
      seriesLabels: { __name__: 'order_placed_total' },
      exemplars: [0.15, 0.4, 0.65, 0.9].map((part) => {
        const timestamp = start + (end - start) * part;
        return {
          labels: { trace_id: '00000000000000000000000000a11ce0' },
          value: valueAt(query, timestamp, 0),
          timestamp,
        };
      }),
    },
  ];
}

/** Answers `/prometheus/api/v1/{call}`; `form` has the request's parameters. */
export function answerPrometheus(call: string, form: URLSearchParams, empty: boolean): Answer {
  const names = answerNames(call, form, empty);
  if (names !== null) return names;
  const query = form.get('query') ?? '';
  const wrong = /\/ \//.exec(query);
  if (wrong !== null) {
    return refusal(
      `invalid parameter "query": 1:${wrong.index + 1}: parse error: unexpected "${wrong[0].charAt(0)}"`,
    );
  }
  if (call === 'format_query') return success(query.replaceAll(/\s+/g, ' ').trim());
  if (call === 'query_exemplars') return success(empty || query.includes('gate_id') ? [] : exemplarsOf(form));
  const plan = form.get('explain') === '1' ? { explain: explain(query) } : {};
  const labels = empty ? [] : seriesOf(query);
  const warnings = query.includes('warn')
    ? { warnings: ['PromQL warning: the result is not whole, 2 of 3 parts answered'] }
    : query.includes('order_units_total')
      ? { warnings: [LIMIT_WARNING] }
      : {};
  const infos = query.includes('rate(gate')
    ? {
        infos: [
          'PromQL info: metric might not be a counter, name does not end in _total: "gate_queue_length" (1:6)',
        ],
      }
    : {};
  if (call === 'query_range') {
    const [start, end, step] = ['start', 'end', 'step'].map((name) => Number(form.get(name)));
    const steps = Math.min(11_000, Math.floor(((end ?? 0) - (start ?? 0)) / (step ?? 1)));
    const result = labels.map((metric, series) => ({
      metric,
      values: Array.from({ length: steps + 1 }, (_, index) => {
        const seconds = (start ?? 0) + index * (step ?? 1);
        return [seconds, valueAt(query, seconds, series)] as const;
      }).filter((_, index) => index % 60 < 52 || series > 0),
    }));
    return success({ resultType: 'matrix', result, ...plan }, { ...warnings, ...infos });
  }
  const time = Number(form.get('time'));
  const result = labels.map((metric, series) => ({ metric, value: [time, valueAt(query, time, series)] }));
  return success({ resultType: 'vector', result, ...plan }, { ...warnings, ...infos });
}
