/** Made-up answers of the Prometheus API: smooth curves that depend on the query's text alone. */

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

const NAMES = [
  'order_placed_total',
  'order_units_total',
  'limiter_offered_total',
  'venue_forecast_density',
  'gate_queue_length',
  'support_queue_length',
];

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

/** Answers `/prometheus/api/v1/{call}`; `form` has the request's parameters. */
export function answerPrometheus(call: string, form: URLSearchParams, empty: boolean): Answer {
  if (call === 'label/__name__/values')
    return { status: 200, body: { status: 'success', data: empty ? [] : NAMES } };
  const query = form.get('query') ?? '';
  const wrong = /\/ \//.exec(query);
  if (wrong !== null) {
    return refusal(
      `invalid parameter "query": 1:${wrong.index + 1}: parse error: unexpected "${wrong[0].charAt(0)}"`,
    );
  }
  const labels = empty ? [] : seriesOf(query);
  const warnings = query.includes('warn')
    ? { warnings: ['PromQL warning: the result is not whole, 2 of 3 parts answered'] }
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
    return {
      status: 200,
      body: { status: 'success', data: { resultType: 'matrix', result }, ...warnings, ...infos },
    };
  }
  const time = Number(form.get('time'));
  const result = labels.map((metric, series) => ({ metric, value: [time, valueAt(query, time, series)] }));
  return {
    status: 200,
    body: { status: 'success', data: { resultType: 'vector', result }, ...warnings, ...infos },
  };
}
