import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { combineMetrics } from './metrics/combine.ts';
import { gridOver, type MetricsSeries } from './metrics/series.ts';
import { parseQuery } from './parser.ts';
import { formatValue } from './printer.ts';
import { shopTraces } from './testing/shop.ts';
import type { Trace } from './trace.ts';
import type { TraceSearchAnswer, TraceStore } from './trace-store.ts';
import { validateQuery } from './validate.ts';

export interface TraceStoreUnderTest {
  /** A store that has exactly these traces. */
  open(traces: readonly Trace[]): Promise<TraceStore>;
  close(): Promise<void>;
  /** On a whole minute, where the store still keeps what began then. */
  readonly startMs: number;
}

/** What a search finds: per trace its number, per spanset the last two digits of its spans. */
const SEARCHES: readonly (readonly [query: string, found: string])[] = [
  ['{}', '4:41 3:31,32,33 2:21,22,23,24 1:11,12,13,14'],
  ['{ false }', ''],
  // Intrinsics.
  ['{ name = "charge" }', '1:13'],
  ['{ name =~ "POST.*" }', '2:21 1:11'],
  ['{ name =~ "orders" }', ''],
  ['{ name !~ "(?i)post.*|s.*|re.*|.*c.*" }', '4:41 3:32,33'],
  ['{ status = error && kind = server }', '2:21 1:13'],
  ['{ kind != server && kind != internal && kind != client }', '3:31,33'],
  ['{ duration > 1s }', '2:21,22'],
  ['{ duration <= 7 }', '3:32,33'],
  ['{ statusMessage = "card declined" }', '1:13'],
  ['{ span:id = "0000000000000013" }', '1:13'],
  ['{ span:parentID = "" }', '4:41 2:21 1:11'],
  ['{ trace:id = "00000000000000000000000000000003" && kind = consumer }', '3:31'],
  ['{ trace:id = "3" && kind = consumer }', '3:31'],
  ['{ "03" != trace:id && (kind = consumer || name = "health") }', '4:41'],
  ['{ nestedSetParent < 0 }', '4:41 2:21 1:11'],
  ['{ nestedSetParent = 0 }', '3:31,32,33'],
  ['{ span:childCount > 1 }', '2:21 1:11'],
  ['{ span:childCount >= 3 }', ''],
  ['{ span:childCount = 2 && name =~ ".*cancel" }', '2:21'],
  ['{ rootServiceName = "order" && trace:rootName =~ ".*cancel" }', '2:21,22,23,24'],
  ['{ traceDuration > 2s && kind = server }', '2:21,23'],
  ['{ event:name = "retry" }', '2:22 1:12'],
  ['{ event:timeSinceStart > 500ms }', '2:22'],
  ['{ link:traceID = "00000000000000000000000000000001" }', '2:21'],
  ['{ instrumentation:name = "tidewarden.test" && name = "health" }', '4:41'],
  // Attributes and their types.
  ['{ .http.status_code = 504 }', '2:21'],
  ['{ .http.status_code = "504" }', '2:22'],
  ['{ span.http.status_code >= 200 }', '2:21 1:11'],
  ['{ .paid }', '1:11'],
  ['{ !.paid }', '2:21'],
  ['{ .paid = false || .ratio < 1 }', '2:21 1:11'],
  ['{ .amount > 26 }', '1:12'],
  ['{ .amount != 26 }', '3:33 1:12'],
  ['{ -.amount = 3 }', '3:33'],
  ['{ .amount * 2 = 53 }', '1:12'],
  // Of integers as integers, of anything else as floats.
  ['{ .amount / 4 = 6 }', '1:13'],
  ['{ .amount / 4 = 6.625 }', '1:12'],
  ['{ .amount / 4.0 = 6.5 }', '1:13'],
  ['{ .http.status_code % 100 = 4 }', '2:21'],
  ['{ .amount % 2 = -1 }', '3:33'],
  ['{ .amount / 0 = 1 || .amount % 0 = 0 }', ''],
  ['{ .amount > 3 * 8 && .amount ^ 2 < 700 }', '1:13'],
  ['{ 26 <= .amount }', '1:12,13'],
  ['{ .region = "north" }', '1:12'],
  ['{ .region = "south" }', '1:11,13'],
  ['{ resource.region = "south" }', '1:11,12,13'],
  ['{ resource.replicas = 3 }', '1:13'],
  ['{ .tags = "b" }', '1:11'],
  ['{ .tags != "b" }', '2:21'],
  ['{ .tags =~ "[ac]" }', '2:21 1:11'],
  ['{ .tags !~ "a" }', '2:21'],
  ['{ .tags != nil }', '2:21 1:11'],
  ['{ .note = nil && .order.id != nil }', '2:21 1:11'],
  ['{ .note != nil }', ''],
  ['{ nil = nil } || { nil != nil }', ''],
  ['{ !nil = .note }', ''],
  ['{ .missing != 1 || .missing !~ "x" || .missing < 1 }', ''],
  ['{ .details != nil }', ''],
  ['{ instrumentation.library = "http" && instrumentation.generation > 1 }', '2:21'],
  ['{ event.attempt = 2 }', '1:12'],
  ['{ event.exception.type = "Timeout" && link.why = nil }', '2:22'],
  ['{ link.why = "order" }', '2:21'],
  ['{ !(.amount = 26) && .amount != nil }', '3:33 1:12'],
  [`{ ."x \\"y'); --" = 1 }`, ''],
  // Structure.
  ['{ kind = server } > { kind = client }', '2:22,24 1:12,14'],
  ['{ name = "POST /orders" } >> { status = error }', '1:13'],
  ['{ status = error } < { kind = client }', '1:12'],
  ['{ status = error } << { nestedSetParent < 0 }', '2:21 1:11'],
  ['{ name = "refund" } ~ { kind = client }', '2:22'],
  ['{ kind = client } ~ { kind = client }', '2:22,24 1:12,14'],
  ['{ kind = client } !> { kind = server }', '2:21 1:11'],
  ['{ status = error } !>> { kind = client }', '1:12,14'],
  ['{ status = error } !< { kind = client }', '2:22,24 1:14'],
  ['{ kind = server } &> { kind = client }', '2:21,22,24 1:11,12,14'],
  ['{ name = "POST /orders" } &>> { status = error }', '1:11,13'],
  ['{ name = "consume" } >> { kind = producer }', '3:33'],
  // Spansets together.
  ['{ status = error } && { kind = client }', '2:21,22,24 1:12,13,14'],
  ['{ status = error } && { kind = producer }', ''],
  ['{ kind = consumer } || { name = "health" }', '4:41 3:31'],
  ['({ kind = client } | count() > 1) && ({ status = error })', '2:21,22,24 1:12,13,14'],
  // Pipelines.
  ['{ kind = client } | count() = 2', '2:22,24 1:12,14'],
  ['{ kind = client } | avg(duration) > 100ms', '2:22,24'],
  ['{ } | max(.amount) > 26', '1:11,12,13,14'],
  ['{ } | min(.amount) < 0', '3:31,32,33'],
  ['{ .amount != nil } | sum(.amount) = 52.5', '1:12,13'],
  ['{ } | by(resource.service.name) | count() > 2', '2:21,22,24 1:11,12,14'],
  ['{ } | by(resource.service.name) | count() = 1', '4:41 3:33 2:23 1:13'],
  ['{ kind = client } | by(name) | coalesce() | count() = 2', '2:22,24 1:12,14'],
  ['{ kind = server } | { status = error }', '2:21 1:13'],
  ['by(kind) | { kind = consumer }', '3:31'],
];

/** Series of a metric over the four seconds, one step each, unless nothing else is said. */
const METRICS: readonly (readonly [query: string, series: readonly string[]])[] = [
  ['{} | count_over_time()', ['__name__=count_over_time: 4 4 3 1']],
  ['{ status = error } | rate()', ['__name__=rate: 1 2 0 0']],
  [
    '{} | count_over_time() by (resource.service.name)',
    [
      'resource.service.name=dispatch: 0 1 2 0',
      'resource.service.name=order: 3 3 1 1',
      'resource.service.name=payment: 1 0 0 0',
    ],
  ],
  [
    '{ kind = server } | max_over_time(duration) by (status)',
    ['status=error: 0.04 2.5 - -', 'status=unset: 0.12 0.001 - -'],
  ],
  ['{} | sum_over_time(.amount)', ['__name__=sum_over_time: 52.5 - -3 -']],
  ['{} | avg_over_time(span.amount)', ['__name__=avg_over_time: 26.25 - -3 -']],
  ['{} | min_over_time(span.amount)', ['__name__=min_over_time: 26 - -3 -']],
  [
    '{ kind = client } | quantile_over_time(duration, 0.5, 1)',
    ['p=0.5: 0.031 1.2005 - -', 'p=1.0: 0.06 2.4 - -'],
  ],
  [
    '{ kind = server } | histogram_over_time(duration)',
    // Powers of two of nanoseconds.
    [
      '__bucket=0.001048576: 0 1 0 0',
      '__bucket=0.067108864: 1 0 0 0',
      '__bucket=0.134217728: 1 0 0 0',
      '__bucket=4.294967296: 0 1 0 0',
    ],
  ],
  ['{} | histogram_over_time(.amount)', ['__bucket=0.0: 0 0 1 0', '__bucket=32.0: 2 0 0 0']],
  ['({} | avg_over_time(.amount)) + ({} | rate())', ['__name__=(avg_over_time + rate): 30.25 - 0 -']],
  ['{ .tags != nil } | count_over_time() by (.tags)', ['.tags=a: 1 0 0 0', '.tags=c: 0 1 0 0']],
  [
    '{ nestedSetParent < 0 } | count_over_time() by (.region)',
    ['.region=nil: 0 1 0 1', '.region=south: 1 0 0 0'],
  ],
  // What a span does not have is no label, unless there would be none at all.
  [
    '{ name =~ "[POc].*" } | count_over_time() by (.region, .amount, kind)',
    [
      '.region=south,.amount=26,kind=server: 1 0 0 0',
      '.region=south,kind=server: 1 0 0 0',
      'kind=consumer: 0 0 1 0',
      'kind=server: 0 1 0 0',
    ],
  ],
  ['{} | count_over_time() by (.nothing, .none)', ['.nothing=nil: 4 4 3 1']],
  ['{ kind = server } | quantile_over_time(duration, 1) by (.nothing)', ['p=1.0: 0.12 2.5 - -']],
  ['{ kind = server } > { kind = client } | count_over_time()', ['__name__=count_over_time: 2 2 0 0']],
  [
    '{ kind = client } | count() > 1 | count_over_time() by (name)',
    [
      'name=dispatch.recall: 0 1 0 0',
      'name=payment.charge: 1 0 0 0',
      'name=refund: 0 1 0 0',
      'name=stock.reserve: 1 0 0 0',
    ],
  ],
  [
    '{} | count_over_time() by (kind) | topk(1)',
    ['kind=client: 2 2 - -', 'kind=consumer: - - 1 -', 'kind=internal: - - - 1'],
  ],
  [
    '{ rootServiceName = "order" } | count_over_time() by (rootName)',
    [
      'rootName=POST /orders/{id}/cancel: 0 4 0 0',
      'rootName=POST /orders: 4 0 0 0',
      'rootName=health: 0 0 0 1',
    ],
  ],
  ['{ rootName != "health" } | count_over_time()', ['__name__=count_over_time: 4 4 3 0']],
  [
    '{ trace:rootService =~ "ord.*" && traceDuration > 1s } | count_over_time()',
    ['__name__=count_over_time: 0 4 0 0'],
  ],
  [
    '{} | max_over_time(traceDuration) by (rootServiceName)',
    ['rootServiceName=: - - 0.002 -', 'rootServiceName=order: 0.12 2.5 - 0.001'],
  ],
  ['{} | count_over_time() > 3', ['__name__=count_over_time: 4 4 - -']],
  ['({ status = error } | rate()) / ({} | rate()) * 100', ['__name__=(rate / rate): 25 50 0 0']],
];

/** The suite that every store of traces is held to. */
export function traceStoreContract(name: string, start: () => Promise<TraceStoreUnderTest>): void {
  describe(`${name} as a store of traces`, () => {
    let under: TraceStoreUnderTest;
    let store: TraceStore;
    beforeAll(async () => {
      under = await start();
      store = await under.open(shopTraces(under.startMs));
    });
    afterAll(() => under?.close());

    it.each(SEARCHES)('finds by %s', async (query, found) => {
      expect(shownTraces(await search(query))).toBe(found);
    });

    it.each(METRICS)('works out %s', async (query, wanted) => {
      expect(await series(query)).toEqual(wanted);
    });

    it('tells what sets a selection apart', async () => {
      const lines = await series('{ kind = server } | compare({ status = error }, 1)', 4_000);
      expect(lines).toContain('__meta_type=selection,status=error: 2');
      expect(lines).toContain('__meta_type=baseline_total,name=nil: 2');
      expect(lines).toContain('__meta_type=baseline,__meta_error=__too_many_values__,name=nil: 0');
      expect(lines).toContain('__meta_type=selection,resource.service.name=order: 1');
    });

    it.each([
      ['{ kind = client } | rate()', ['__name__=rate: 12@1=2 14@1=2 22@2=2 24@2=2']],
      [
        '{ kind = server } | max_over_time(duration) by (status)',
        ['status=error: 13@1=0.04 21@2=2.5', 'status=unset: 11@1=0.12 23@2=0.001'],
      ],
      [
        '{ kind = client } | quantile_over_time(duration, 0, 1)',
        ['p=0.0: 14@1=0.002 24@2=0.001', 'p=1.0: 12@1=0.06 22@2=2.4'],
      ],
      [
        '{ kind = server } >> { kind = client } | sum_over_time(.amount)',
        ['__name__=sum_over_time: 12@1=26.5'],
      ],
      ['{ kind = client } | rate() | topk(1)', ['__name__=rate: 12@1=2 14@1=2 22@2=2 24@2=2']],
      ['{ kind = client } | rate() > 5', []],
    ])('shows spans that series are made of: %s', async (query, wanted) => {
      expect(shownExemplars(await seriesOf(query, 1_000, 100))).toEqual(wanted);
    });

    it('shows no more of them than wanted, over the whole time', async () => {
      expect(shownExemplars(await seriesOf('{} | count_over_time()', 1_000, 2))).toEqual([
        '__name__=count_over_time: 11@1=4 31@3=3',
      ]);
      expect(shownExemplars(await seriesOf('{} | count_over_time()', 1_000))).toEqual([
        '__name__=count_over_time: ',
      ]);
    });

    it('shows what is asked for and selected, figures of spansets, and no more spans than wanted', async () => {
      const { traces } = await search(
        '{ status = error && duration > 1ms } | select(.http.status_code) | count() > 0',
        1,
        1,
      );
      expect(traces).toHaveLength(1);
      const [trace] = traces;
      expect(trace).toMatchObject({
        traceId: '00000000000000000000000000000002',
        rootService: 'order',
        rootName: 'POST /orders/{id}/cancel',
        durationNanos: 2_500e6,
        services: { order: { spans: 3, errors: 2 }, dispatch: { spans: 1, errors: 0 } },
      });
      const [spanset] = trace!.spansets;
      expect(spanset).toMatchObject({
        matched: 2,
        attributes: [{ name: 'count()', value: { type: 'int', value: 2 } }],
      });
      expect(
        spanset!.spans.map(({ attributes }) =>
          attributes.map((each) => `${each.name}=${formatValue(each.value)}`),
        ),
      ).toEqual([['status=error', 'duration=2500ms', '.http.status_code=504']]);
    });

    it('leaves out what the range does not reach', async () => {
      const { traces } = await search('{}', 100, 3, under.startMs + 1_000, under.startMs + 2_000);
      expect(traces.map(({ traceId }) => traceId.slice(-1))).toEqual(['2']);
    });

    async function search(
      query: string,
      limit = 100,
      spansPerSpanset = 0,
      startMs = under.startMs,
      endMs = startMs + 60_000,
    ): Promise<TraceSearchAnswer> {
      const parsed = parseQuery(query);
      validateQuery(parsed);
      if (parsed.kind !== 'search') throw new Error(`${query} is no search`);
      return store.search({ pipeline: parsed.pipeline, startMs, endMs, limit, spansPerSpanset });
    }

    const series = async (query: string, stepMs = 1_000): Promise<readonly string[]> =>
      shownSeries(await seriesOf(query, stepMs));

    async function seriesOf(
      query: string,
      stepMs: number,
      exemplars?: number,
    ): Promise<readonly MetricsSeries[]> {
      const parsed = parseQuery(query);
      validateQuery(parsed);
      if (parsed.kind !== 'metrics') throw new Error(`${query} is no metric`);
      const grid = gridOver(under.startMs, under.startMs + 4_000, stepMs);
      return combineMetrics(
        parsed.metrics,
        async (aggregate) => (await store.aggregate({ aggregate, grid, exemplars })).series,
      );
    }
  });
}

const shownTraces = ({ traces }: TraceSearchAnswer): string =>
  traces
    .map(({ traceId, spansets }) => {
      const ids = spansets.flatMap(({ spans }) => spans.map(({ spanId }) => spanId.slice(-2)));
      return `${traceId.slice(-1)}:${ids.sort().join(',')}`;
    })
    .join(' ');

const shownLabels = (labels: MetricsSeries['labels']): string =>
  labels
    .map(({ name, value }) => `${name}=${value.type === 'string' ? value.value : formatValue(value)}`)
    .join(',');

/** Lines such as `name=x: 12@1=0.5`: the span's last two digits, its trace's last, its value. */
const shownExemplars = (series: readonly MetricsSeries[]): readonly string[] =>
  series
    .map(({ labels, exemplars = [] }) => {
      const shown = exemplars.map(
        ({ spanId, traceId, value }) => `${spanId.slice(-2)}@${traceId.slice(-1)}=${value}`,
      );
      return `${shownLabels(labels)}: ${shown.join(' ')}`;
    })
    .sort();

/** Lines such as `name=x,p=0.5: 1 2 -`, sorted. */
export const shownSeries = (series: readonly MetricsSeries[]): readonly string[] =>
  series
    .map(({ labels, values }) => {
      const numbers = Array.from(values, (value) =>
        Number.isNaN(value) ? '-' : String(Number(value.toPrecision(12))),
      );
      return `${shownLabels(labels)}: ${numbers.join(' ')}`;
    })
    .sort();
