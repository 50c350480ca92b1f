import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Signal } from '../../model/telemetry.ts';
import { transcode } from '../json/transcode.ts';
import {
  field,
  length,
  logsJson,
  metricsJson,
  requestOf,
  START_NANO,
  spanJson,
  tag,
  tracesBody,
  tracesJson,
} from '../testing/bodies.ts';
import { type CheckedBody, checkBody } from './check.ts';
import { MAX_DEPTH, MAX_STORED_DEPTH } from './reasons.ts';

function check(signal: Signal, body: Buffer): CheckedBody {
  const result = checkBody(signal, body);
  if (!result.ok) throw new Error(`refused as a whole: ${result.message}`);
  return result;
}
const checkSpans = (...spans: unknown[]) => check('traces', transcode('traces', tracesJson(spans)));
const checkMetrics = (...metrics: unknown[]) => check('metrics', transcode('metrics', metricsJson(metrics)));
const checkLogs = (...logs: unknown[]) => check('logs', transcode('logs', logsJson(logs)));

const TIME = { timeUnixNano: String(START_NANO) };

/** The fields of a good span, in protobuf, so that a test can replace one. */
const SPAN_FIELDS: Readonly<Record<string, Buffer>> = {
  trace_id: field(1, 2, Buffer.alloc(16, 1)),
  span_id: field(2, 2, Buffer.alloc(8, 1)),
  name: field(5, 2, Buffer.from('GET /')),
  kind: field(6, 0, length(2)),
  start: field(7, 1, nano(START_NANO)),
  end: field(8, 1, nano(START_NANO)),
};
function nano(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(value);
  return bytes;
}
const spanWith = (replaced: Readonly<Record<string, Buffer>>): Buffer =>
  Buffer.concat(Object.values({ ...SPAN_FIELDS, ...replaced }));
const GOOD_SPAN = spanWith({});
const NOTHING = Buffer.alloc(0);

describe('a span among two good ones', () => {
  test.each<[string, Record<string, Buffer>, string]>([
    [
      'trace id of 15 bytes',
      { trace_id: field(1, 2, Buffer.alloc(15, 1)) },
      'Span.trace_id has the wrong length',
    ],
    ['trace id of 0 bytes', { trace_id: field(1, 2, NOTHING) }, 'Span.trace_id has the wrong length'],
    ['trace id of zeros', { trace_id: field(1, 2, Buffer.alloc(16)) }, 'Span.trace_id is all zeros'],
    ['no trace id', { trace_id: NOTHING }, 'Span.trace_id is missing'],
    [
      'span id of 16 bytes',
      { span_id: field(2, 2, Buffer.alloc(16, 1)) },
      'Span.span_id has the wrong length',
    ],
    ['span id of zeros', { span_id: field(2, 2, Buffer.alloc(8)) }, 'Span.span_id is all zeros'],
    ['no span id', { span_id: NOTHING }, 'Span.span_id is missing'],
    [
      'parent id of 4 bytes',
      { parent: field(4, 2, Buffer.alloc(4, 1)) },
      'Span.parent_span_id has the wrong length',
    ],
    ['no start', { start: NOTHING }, 'Span.start_time_unix_nano is missing'],
    ['start zero', { start: field(7, 1, nano(0n)) }, 'Span.start_time_unix_nano is zero'],
    [
      'start in 2262',
      { start: field(7, 1, nano(2n ** 63n - 1n)) },
      'Span.start_time_unix_nano is not between the years 1970 and 2105',
    ],
    [
      'end at the end of time',
      { end: field(8, 1, nano(2n ** 64n - 1n)) },
      'Span.end_time_unix_nano is not between the years 1970 and 2105',
    ],
    [
      'start as varint',
      { start: field(7, 0, length(5)) },
      'Span.start_time_unix_nano has the wrong wire type',
    ],
    ['name as varint', { name: field(5, 0, length(5)) }, 'Span.name has the wrong wire type'],
    ['kind as text', { kind: field(6, 2, Buffer.from('2')) }, 'Span.kind has the wrong wire type'],
    ['kind beyond int32', { kind: field(6, 0, length(2 ** 31)) }, 'Span.kind does not fit its type'],
    ['name not UTF-8', { name: field(5, 2, Buffer.from([0x61, 0xff])) }, 'Span.name is not valid UTF-8'],
    ['name twice', { again: SPAN_FIELDS.name! }, 'Span.name is set more than once'],
    [
      'attribute key not UTF-8',
      { a: field(9, 2, field(1, 2, Buffer.from([0xc0, 0x80]))) },
      'KeyValue.key is not valid UTF-8',
    ],
    [
      'value set twice',
      { a: field(9, 2, field(2, 2, Buffer.concat([field(1, 2, Buffer.from('x')), field(3, 0, length(1))]))) },
      'AnyValue.int_value is set more than once',
    ],
    [
      'a bool of 2',
      { a: field(9, 2, field(2, 2, field(2, 0, length(2)))) },
      'AnyValue.bool_value does not fit its type',
    ],
    [
      'attribute beyond the span',
      { a: Buffer.concat([tag(9, 2), length(1_000)]) },
      'Span.attributes is cut short',
    ],
    [
      'half a timestamp',
      { a: Buffer.concat([tag(8, 1), Buffer.alloc(3)]), end: NOTHING },
      'Span.end_time_unix_nano is cut short',
    ],
    ['a tag that does not end', { a: Buffer.alloc(6, 0xff) }, 'Span.field 0 is cut short'],
    ['field number zero', { a: field(0, 0, length(1)) }, 'Span.field 0 is cut short'],
    ['an unknown group', { a: Buffer.concat([tag(30, 3), tag(30, 4)]) }, 'Span.field 30 is cut short'],
    [
      'link with an id of 3 bytes',
      { a: field(13, 2, field(1, 2, Buffer.alloc(3, 1))) },
      'Link.trace_id has the wrong length',
    ],
    ['status as a number', { a: field(15, 0, length(2)) }, 'Span.status has the wrong wire type'],
    [
      'dropped count beyond uint32',
      { a: field(10, 0, length(2 ** 32)) },
      'Span.dropped_attributes_count does not fit its type',
    ],
    ['flags as varint', { a: field(16, 0, length(1)) }, 'Span.flags has the wrong wire type'],
  ])('is cut out: %s', (_name, replaced, reason) => {
    const result = check('traces', requestOf(GOOD_SPAN, spanWith(replaced), GOOD_SPAN));
    expect(result).toMatchObject({ items: 2, rows: 2, rejected: 1 });
    expect(result.message).toContain(`1 of 3 spans rejected: 1 because ${reason}`);
    expect(result.message).toContain('resource_spans[0].scope_spans[0].spans[1]');
    expect(result.body.equals(requestOf(GOOD_SPAN, GOOD_SPAN))).toBe(true);
  });

  test.each<[string, Record<string, Buffer>]>([
    ['an unknown varint', { a: field(500, 0, length(7)) }],
    ['unknown text that is not UTF-8', { a: field(31, 2, Buffer.from([0xff])) }],
    ['unknown fixed values', { a: field(40, 1, Buffer.alloc(8)), b: field(41, 5, Buffer.alloc(4)) }],
    ['an empty parent', { a: field(4, 2, NOTHING) }],
    ['a parent', { a: field(4, 2, Buffer.alloc(8, 9)) }],
    [
      'a link with empty ids',
      { a: field(13, 2, Buffer.concat([field(1, 2, NOTHING), field(2, 2, NOTHING)])) },
    ],
    [
      'a link with ids of zeros',
      { a: field(13, 2, Buffer.concat([field(1, 2, Buffer.alloc(16)), field(2, 2, Buffer.alloc(8))])) },
    ],
    ['long text in many scripts', { name: field(5, 2, Buffer.from('一分钱 🎟️ é '.repeat(40))) }],
    [
      'an empty value',
      { a: field(9, 2, Buffer.concat([field(1, 2, Buffer.from('k')), field(2, 2, NOTHING)])) },
    ],
    ['a tag written long', { kind: Buffer.concat([Buffer.from([0xb0, 0x00]), length(2)]) }],
  ])('stays as it came: %s', (_name, replaced) => {
    const body = requestOf(GOOD_SPAN, spanWith(replaced));
    const result = check('traces', body);
    expect(result).toMatchObject({ items: 2, rejected: 0, message: '' });
    expect(result.body).toBe(body);
  });
});

describe('trouble above the items', () => {
  const badText = field(3, 2, Buffer.from([0xff]));
  const spans = (count: number) => Array.from({ length: count }, () => field(2, 2, GOOD_SPAN));

  test('a bad schema_url of a scope refuses the spans of that scope', () => {
    const good = field(2, 2, Buffer.concat(spans(2)));
    const bad = field(2, 2, Buffer.concat([...spans(3), badText]));
    const result = check('traces', field(1, 2, Buffer.concat([good, bad, good])));
    expect(result).toMatchObject({ items: 4, rejected: 3 });
    expect(result.message).toContain(
      '3 because ScopeSpans.schema_url is not valid UTF-8 (first: resource_spans[0].scope_spans[1])',
    );
    expect(result.body.equals(field(1, 2, Buffer.concat([good, good])))).toBe(true);
  });

  test('a bad resource refuses everything under it, what was refused already included', () => {
    const scope = field(2, 2, Buffer.concat([...spans(2), field(2, 2, spanWith({ trace_id: NOTHING }))]));
    const resource = field(1, 2, field(1, 2, field(1, 2, Buffer.from([0xfe]))));
    const result = check(
      'traces',
      Buffer.concat([field(1, 2, Buffer.concat([scope, resource])), requestOf(GOOD_SPAN)]),
    );
    expect(result).toMatchObject({ items: 1, rows: 1, rejected: 3 });
    expect([...result.rejectedByReason]).toEqual([['utf8', 3]]);
    expect(result.body.equals(requestOf(GOOD_SPAN))).toBe(true);
  });

  test('a resource that comes twice refuses what is under it', () => {
    const resource = field(1, 2, NOTHING);
    const result = check(
      'traces',
      field(1, 2, Buffer.concat([resource, resource, field(2, 2, Buffer.concat(spans(1)))])),
    );
    expect(result).toMatchObject({ items: 0, rejected: 1 });
    expect(result.message).toContain('ResourceSpans.resource is set more than once');
  });

  test('a metric with two kinds of data refuses the points of both and takes back what it had counted', () => {
    const point = { ...TIME, asInt: '1' };
    const result = checkMetrics(
      { name: 'a', gauge: { dataPoints: [point] } },
      { name: 'b', gauge: { dataPoints: [point, point] }, sum: { dataPoints: [point] } },
    );
    expect(result).toMatchObject({ items: 1, rows: 1, rejected: 3, kinds: { gauge: 1, sum: 0 } });
  });

  test.each<[string, Buffer]>([
    ['text', Buffer.from('hello, world')],
    ['a length beyond the body', Buffer.concat([tag(1, 2), length(10)])],
    ['a scope that overruns its resource', field(1, 2, Buffer.concat([tag(2, 2), length(99)]))],
    ['resource_spans as a varint', field(1, 0, length(1))],
    ['half a tag', Buffer.from([0x80])],
    ['a body cut in the middle', tracesBody(1, 3).subarray(0, 200)],
  ])('refuses the whole body: %s', (_name, body) => {
    const result = checkBody('traces', body);
    expect(result.ok).toBe(false);
    expect(result.message).toContain('the body is not an ExportTraceServiceRequest');
  });

  test.each<[string, Buffer]>([
    ['nothing', NOTHING],
    ['a resource without scopes', field(1, 2, NOTHING)],
    ['only unknown fields', field(9, 2, Buffer.from('future'))],
  ])('accepts an empty request: %s', (_name, body) => {
    expect(check('traces', body)).toMatchObject({ items: 0, rows: 0, rejected: 0, oldestMs: null });
  });
});

describe('rows that the loader will write', () => {
  const attributes = [{ key: 'offer.id', value: { stringValue: 'x' } }];
  const histogram = (point: object) => ({
    name: 'h',
    histogram: { dataPoints: [{ ...TIME, attributes, ...point }] },
  });
  test.each<[string, object, number]>([
    ['a gauge point', { name: 'g', gauge: { dataPoints: [{ ...TIME, asDouble: 1 }] } }, 1],
    ['a sum point without a value', { name: 's', sum: { dataPoints: [{ ...TIME, flags: 1 }] } }, 1],
    ['a histogram without buckets', histogram({ count: '2' }), 2],
    ['the same with a sum', histogram({ count: '2', sum: 3 }), 3],
    ['the same with a sum of zero', histogram({ count: '2', sum: 0 }), 3],
    ['one bucket', histogram({ count: '2', bucketCounts: ['2'] }), 2],
    [
      'three buckets and a sum',
      histogram({ count: '2', sum: 1, bucketCounts: [1, 1, 0], explicitBounds: [1, 2] }),
      5,
    ],
    [
      'an exponential histogram',
      {
        name: 'e',
        exponentialHistogram: {
          dataPoints: [
            {
              ...TIME,
              count: 3,
              scale: -2,
              zeroCount: 1,
              positive: { offset: -1, bucketCounts: ['1', '1'] },
            },
          ],
        },
      },
      1,
    ],
    [
      'a summary without quantiles',
      { name: 'q', summary: { dataPoints: [{ ...TIME, count: 1, sum: 2 }] } },
      2,
    ],
    [
      'a summary with three',
      {
        name: 'q',
        summary: {
          dataPoints: [{ ...TIME, quantileValues: [{}, { quantile: 0.5 }, { quantile: 1, value: 2 }] }],
        },
      },
      5,
    ],
    ['a metric without data', { name: 'nothing' }, 0],
  ])('%s', (_name, metric, rows) => {
    expect(checkMetrics(metric)).toMatchObject({ rows, items: rows === 0 ? 0 : 1, rejected: 0 });
  });

  test('buckets that are not packed count the same', () => {
    const eight = (value: number) => {
      const bytes = Buffer.alloc(8);
      bytes.writeDoubleLE(value);
      return bytes;
    };
    const point = Buffer.concat([
      field(3, 1, nano(START_NANO)),
      field(6, 1, nano(1n)),
      field(7, 1, eight(5)),
      field(6, 1, nano(2n)),
    ]);
    const metric = Buffer.concat([field(1, 2, Buffer.from('h')), field(9, 2, field(1, 2, point))]);
    expect(check('metrics', requestOf(metric))).toMatchObject({ items: 1, rows: 3, rejected: 0 });
  });

  test.each<[string, object, string]>([
    [
      'buckets without bounds',
      { bucketCounts: [1, 2] },
      'bucket_counts does not have exactly one entry more',
    ],
    [
      'as many bounds as buckets',
      { bucketCounts: [1, 2], explicitBounds: [1, 2] },
      'bucket_counts does not have exactly one entry more',
    ],
    ['no time', { timeUnixNano: null }, 'HistogramDataPoint.time_unix_nano is missing'],
    [
      'an exemplar with half an id',
      { exemplars: [{ traceId: 'abcd' }] },
      'Exemplar.trace_id has the wrong length',
    ],
  ])('a histogram point is rejected: %s', (_name, point, reason) => {
    const result = checkMetrics(histogram(point), histogram({ count: 1 }));
    expect(result).toMatchObject({ items: 1, rows: 2, rejected: 1, kinds: { histogram: 1 } });
    expect(result.message).toContain(reason);
    expect(result.message).toContain(
      'resource_metrics[0].scope_metrics[0].metrics[0].histogram.data_points[0]',
    );
  });

  test('a number of each kind', () => {
    const points = (count: number) => ({ dataPoints: Array.from({ length: count }, () => TIME) });
    expect(
      checkMetrics(
        { gauge: points(1) },
        { sum: points(2) },
        { histogram: points(3) },
        { exponentialHistogram: points(4) },
        { summary: points(5) },
      ),
    ).toMatchObject({
      items: 15,
      rows: 1 + 2 + 6 + 4 + 10,
      kinds: { gauge: 1, sum: 2, histogram: 3, exponentialHistogram: 4, summary: 5 },
    });
  });
});

describe('times', () => {
  const at = (ms: number) => String(START_NANO + BigInt(ms) * 1_000_000n + 999_999n);
  const startMs = Number(START_NANO / 1_000_000n);
  test('of spans are their starts, rounded down to the millisecond', () => {
    const result = checkSpans(
      spanJson(1, { startTimeUnixNano: at(5) }),
      spanJson(2, { startTimeUnixNano: at(-7) }),
      spanJson(3, { startTimeUnixNano: at(2) }),
    );
    expect(result).toMatchObject({ oldestMs: startMs - 7, newestMs: startMs + 5 });
  });
  test('of rejected items do not count', () => {
    const result = checkSpans(
      spanJson(1, { startTimeUnixNano: at(5) }),
      spanJson(2, { startTimeUnixNano: at(900), traceId: '' }),
    );
    expect(result).toMatchObject({ oldestMs: startMs + 5, newestMs: startMs + 5, rejected: 1 });
  });
  test.each<[string, object, number | null]>([
    ['the time', { timeUnixNano: at(1), observedTimeUnixNano: at(2) }, startMs + 1],
    ['the time, whatever the order', { observedTimeUnixNano: at(2), timeUnixNano: at(1) }, startMs + 1],
    [
      'the observed time where the time is zero',
      { timeUnixNano: '0', observedTimeUnixNano: at(2) },
      startMs + 2,
    ],
    ['none', { body: { stringValue: 'x' } }, null],
  ])('of a log record: %s', (_name, record, expected) => {
    expect(checkLogs(record)).toMatchObject({
      items: 1,
      rejected: 0,
      oldestMs: expected,
      newestMs: expected,
    });
  });
});

describe('nesting', () => {
  const nest = (depth: number): object =>
    depth === 0
      ? { stringValue: 'end "quoted"' }
      : depth % 2 === 0
        ? { arrayValue: { values: [nest(depth - 1), { intValue: '-9007199254740993' }] } }
        : {
            kvlistValue: {
              values: [
                { key: 'k', value: nest(depth - 1) },
                { key: 'b', value: { bytesValue: 'AQI=' } },
              ],
            },
          };
  const withValue = (value: object) =>
    spanJson(1, {
      attributes: [
        { key: 'deep', value },
        { key: 'after', value: { boolValue: true } },
      ],
    });

  test(`${MAX_STORED_DEPTH} levels stay as they are`, () => {
    const body = transcode('traces', tracesJson([withValue(nest(MAX_STORED_DEPTH))]));
    expect(check('traces', body).body).toBe(body);
  });

  test('the level beyond becomes JSON text, and only that', () => {
    const result = checkSpans(withValue(nest(MAX_STORED_DEPTH + 2)), spanJson(2));
    expect(result).toMatchObject({ items: 2, rejected: 0 });
    const text = '{"k":{"0":0},"b":"AQI="}'.replace('{"0":0}', '"end \\"quoted\\""');
    const expectedLeaf = { stringValue: `[${text},-9007199254740993]` };
    const replaceAt = (depth: number): object =>
      depth === 2
        ? expectedLeaf
        : depth % 2 === 0
          ? { arrayValue: { values: [replaceAt(depth - 1), { intValue: '-9007199254740993' }] } }
          : {
              kvlistValue: {
                values: [
                  { key: 'k', value: replaceAt(depth - 1) },
                  { key: 'b', value: { bytesValue: 'AQI=' } },
                ],
              },
            };
    const expected = transcode(
      'traces',
      tracesJson([withValue(replaceAt(MAX_STORED_DEPTH + 2)), spanJson(2)]),
    );
    expect(result.body.equals(expected)).toBe(true);
    expect(check('traces', result.body).body).toBe(result.body);
  });

  test.each<[object, string]>([
    [{ boolValue: false }, 'false'],
    [{ boolValue: true }, 'true'],
    [{ intValue: '9223372036854775807' }, '9223372036854775807'],
    [{ doubleValue: 0.1 }, '0.1'],
    [{ doubleValue: 'NaN' }, '"NaN"'],
    [{ doubleValue: '-Infinity' }, '"-Infinity"'],
    [{}, 'null'],
    [{ arrayValue: { values: [] } }, '[]'],
    [{ kvlistValue: { values: [] } }, '{}'],
    [{ stringValue: '中' }, '"中"'],
  ])('%j is written as %s', (value, text) => {
    const wrap = (depth: number, inner: object): object =>
      depth === 0 ? inner : { arrayValue: { values: [wrap(depth - 1, inner)] } };
    const result = checkSpans(withValue(wrap(MAX_STORED_DEPTH + 1, value)));
    const expected = transcode(
      'traces',
      tracesJson([withValue(wrap(MAX_STORED_DEPTH, { stringValue: `[${text}]` }))]),
    );
    expect(result.body.equals(expected)).toBe(true);
  });

  test('without end is refused, for the item alone', () => {
    const result = checkSpans(withValue(nest(MAX_DEPTH + 1)), spanJson(2));
    expect(result).toMatchObject({ items: 1, rejected: 1 });
    expect(result.message).toContain(`is nested deeper than ${MAX_DEPTH} lists and maps`);
    expect(checkSpans(withValue(nest(MAX_DEPTH)))).toMatchObject({ items: 1, rejected: 0 });
  });
});

describe('properties', () => {
  test('whatever mix of good and bad comes, exactly the good is left', () => {
    const bad = [
      { traceId: '' },
      { spanId: '0000000000000000' },
      { startTimeUnixNano: '0' },
      { kind: -1 },
      { links: [{ traceId: 'ab' }] },
    ];
    fc.assert(
      fc.property(
        fc.array(
          fc.array(fc.array(fc.integer({ min: -1, max: bad.length - 1 }), { maxLength: 6 }), {
            maxLength: 4,
          }),
          { maxLength: 4 },
        ),
        (groups) => {
          const make = (wanted: (kind: number) => boolean) => ({
            resourceSpans: groups.map((scopes) => ({
              scopeSpans: scopes.map((kinds) => ({
                spans: kinds
                  .map((kind, index) => ({ kind, index }))
                  .filter(({ kind }) => wanted(kind))
                  .map(({ kind, index }) => spanJson(index + 1, kind < 0 ? {} : bad[kind])),
              })),
            })),
          });
          const all = groups.flat(2);
          const result = check(
            'traces',
            transcode(
              'traces',
              make(() => true),
            ),
          );
          expect(result.rejected).toBe(all.filter((kind) => kind >= 0).length);
          expect(result.items).toBe(all.filter((kind) => kind < 0).length);
          expect(
            result.body.equals(
              transcode(
                'traces',
                make((kind) => kind < 0),
              ),
            ),
          ).toBe(true);
        },
      ),
      { numRuns: 200 },
    );
  });

  test('bytes of any kind are refused or leave a body that passes whole, with the same counts', () => {
    const seeds = [
      tracesBody(1, 4),
      transcode(
        'metrics',
        metricsJson([
          {
            name: 'h',
            histogram: { dataPoints: [{ ...TIME, count: 1, bucketCounts: [1, 2], explicitBounds: [1] }] },
          },
        ]),
      ),
    ];
    const anySignal = fc.constantFrom<Signal>('traces', 'metrics', 'logs');
    const damaged = fc
      .tuple(
        fc.constantFrom(...seeds),
        fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { maxLength: 8 }),
      )
      .map(([seed, changes]) => {
        const bytes = Buffer.from(seed);
        for (const [at, value] of changes) bytes[at % bytes.length] = value;
        return bytes;
      });
    const anyBytes = fc.oneof(
      damaged,
      fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
    );
    fc.assert(
      fc.property(anySignal, anyBytes, (signal, bytes) => {
        const first = checkBody(signal, bytes);
        if (!first.ok) return;
        const second = check(signal, first.body);
        expect(second.body).toBe(first.body);
        expect(second).toMatchObject({
          items: first.items,
          rows: first.rows,
          kinds: first.kinds,
          rejected: 0,
          oldestMs: first.oldestMs,
          newestMs: first.newestMs,
        });
      }),
      { numRuns: 5_000 },
    );
  });
});
