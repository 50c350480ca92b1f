import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { OtlpSignal } from '../../model/telemetry.ts';
import { field, length, requestOf, spanJson, tracesJson } from '../testing/bodies.ts';
import { checkBody } from '../wire/check.ts';
import { parseJson } from './parse.ts';
import { transcode } from './transcode.ts';

const EXAMPLES = new URL('../../../shared/otlp/', import.meta.url);
const missing = !existsSync(EXAMPLES);
if (missing && process.env.CI === 'true') throw new Error(`${EXAMPLES.pathname} is missing`);
if (missing) console.warn(`skipping the specification's examples: ${EXAMPLES.pathname} is missing`);

test.skipIf(missing).each<[string, OtlpSignal, number, number]>([
  ['trace.json', 'traces', 1, 1],
  ['metrics.json', 'metrics', 4, 1 + 1 + 4 + 1],
  ['logs.json', 'logs', 1, 1],
  ['events.json', 'logs', 1, 1],
])("the specification's %s", (name, signal, items, rows) => {
  const body = transcode(signal, parseJson(readFileSync(new URL(name, EXAMPLES))));
  expect(checkBody(signal, body)).toMatchObject({ ok: true, items, rows, rejected: 0 });
});

test.skipIf(missing)('writes the bytes that protobuf has for a span', () => {
  const json = parseJson(readFileSync(new URL('trace.json', EXAMPLES)));
  const bytes = transcode('traces', json);
  const traceId = Buffer.from('5B8EFFF798038103D269B633813FC60C', 'hex');
  expect(bytes.includes(field(1, 2, traceId))).toBe(true);
  expect(bytes.includes(field(5, 2, Buffer.from("I'm a server span")))).toBe(true);
  expect(bytes.includes(field(6, 0, length(2)))).toBe(true);
});

const single = (fields: Record<string, unknown>) =>
  transcode('traces', { resourceSpans: [{ scopeSpans: [{ spans: [fields] }] }] });
const nano = (value: bigint) => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt.asUintN(64, value));
  return bytes;
};
const double = (value: number) => {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value);
  return bytes;
};
const attribute = (content: Buffer) => field(9, 2, field(2, 2, content));

describe('values', () => {
  test.each<[string, Record<string, unknown>, Buffer]>([
    ['hex of either case', { traceId: 'aAbB' }, field(1, 2, Buffer.from([0xaa, 0xbb]))],
    ['an empty id', { traceId: '' }, field(1, 2, Buffer.alloc(0))],
    [
      '64 bits as text',
      { startTimeUnixNano: '1544712660300000001' },
      field(7, 1, nano(1544712660300000001n)),
    ],
    ['64 bits as a number', { startTimeUnixNano: 1544712660 }, field(7, 1, nano(1544712660n))],
    ['the largest 64 bits', { startTimeUnixNano: '18446744073709551615' }, field(7, 1, nano(2n ** 64n - 1n))],
    ['snake_case', { start_time_unix_nano: '5' }, field(7, 1, nano(5n))],
    ['32 bits fixed', { flags: 257 }, field(16, 5, Buffer.from([1, 1, 0, 0]))],
    ['an unknown key', { nobodyKnows: { a: [1] }, kind: 3 }, field(6, 0, length(3))],
    ['null', { name: null, kind: 1 }, field(6, 0, length(1))],
    ['an enum as digits', { kind: '4' }, field(6, 0, length(4))],
    ['text beyond ASCII', { name: '一分钱' }, field(5, 2, Buffer.from('一分钱'))],
    ['a bool', { attributes: [{ value: { boolValue: false } }] }, attribute(field(2, 0, length(0)))],
    [
      'a negative int',
      { attributes: [{ value: { intValue: '-1' } }] },
      attribute(field(3, 0, Buffer.from([255, 255, 255, 255, 255, 255, 255, 255, 255, 1]))),
    ],
    [
      'a double',
      { attributes: [{ value: { doubleValue: 637.704 } }] },
      attribute(field(4, 1, double(637.704))),
    ],
    [
      'a double as text',
      { attributes: [{ value: { doubleValue: '1.5e3' } }] },
      attribute(field(4, 1, double(1500))),
    ],
    [
      'infinity',
      { attributes: [{ value: { doubleValue: '-Infinity' } }] },
      attribute(field(4, 1, double(Number.NEGATIVE_INFINITY))),
    ],
    [
      'bytes',
      { attributes: [{ value: { bytesValue: '-_8' } }] },
      attribute(field(7, 2, Buffer.from([0xfb, 0xff]))),
    ],
    [
      'an empty list',
      { attributes: [{ value: { arrayValue: {} } }] },
      attribute(field(5, 2, Buffer.alloc(0))),
    ],
  ])('%s', (_name, fields, expected) => {
    expect(single(fields).toString('hex')).toBe(requestOf(expected).toString('hex'));
  });

  test('scale and buckets of an exponential histogram are zigzag and packed', () => {
    const point = { scale: -3, positive: { offset: 2, bucketCounts: ['300', 1] } };
    const bytes = transcode('metrics', {
      resourceMetrics: [{ scopeMetrics: [{ metrics: [{ exponentialHistogram: { dataPoints: [point] } }] }] }],
    });
    const buckets = Buffer.concat([field(1, 0, length(4)), field(2, 2, Buffer.from([0xac, 0x02, 0x01]))]);
    const expected = requestOf(
      field(10, 2, field(1, 2, Buffer.concat([field(6, 0, length(5)), field(8, 2, buckets)]))),
    );
    expect(bytes.toString('hex')).toBe(expected.toString('hex'));
  });

  test('a message longer than its first length byte can say', () => {
    const name = 'n'.repeat(70_000);
    expect(single({ name }).toString('hex')).toBe(requestOf(field(5, 2, Buffer.from(name))).toString('hex'));
  });
});

describe('refusals say where and why', () => {
  test.each<[unknown, string]>([
    ['text', 'the body must be an object'],
    [[], 'the body must be an object'],
    [null, 'the body must be an object'],
    [{ resourceSpans: {} }, 'resourceSpans must be an array'],
    [{ resourceSpans: [5] }, 'resourceSpans[0] must be an object'],
    [
      tracesJson([spanJson(1), spanJson(2, { name: 7 })]),
      'resourceSpans[0].scopeSpans[0].spans[1].name must be a string',
    ],
    [tracesJson([spanJson(1, { traceId: 'xyz!' })]), 'spans[0].traceId must be an even number of hex digits'],
    [
      tracesJson([spanJson(1, { kind: 'SPAN_KIND_SERVER' })]),
      'kind must be the integer of its enum, not the name',
    ],
    [tracesJson([spanJson(1, { startTimeUnixNano: '12ms' })]), 'startTimeUnixNano must be an integer'],
    [tracesJson([spanJson(1, { startTimeUnixNano: 1.5 })]), 'startTimeUnixNano must be an integer'],
    [
      tracesJson([spanJson(1, { startTimeUnixNano: '-1' })]),
      'startTimeUnixNano must be between 0 and 18446744073709551615',
    ],
    [tracesJson([spanJson(1, { flags: 2 ** 32 })]), 'flags must be between 0 and 4294967295'],
    [
      tracesJson([spanJson(1, { attributes: [{ value: { boolValue: 1 } }] })]),
      'attributes[0].value.boolValue must be true or false',
    ],
    [
      tracesJson([spanJson(1, { attributes: [{ value: { doubleValue: 'x' } }] })]),
      'doubleValue must be a number',
    ],
    [
      tracesJson([spanJson(1, { attributes: [{ value: { bytesValue: '$' } }] })]),
      'bytesValue must be base64',
    ],
  ])('%#', (request, problem) => {
    expect(() => transcode('traces', request)).toThrow(problem);
  });

  test('endless nesting', () => {
    let value: object = { stringValue: 'x' };
    for (let depth = 0; depth < 5_000; depth++) value = { arrayValue: { values: [value] } };
    expect(() => single({ attributes: [{ key: 'k', value }] })).toThrow('nests deeper than');
  });
});

describe('parseJson', () => {
  test('keeps integers that a double cannot hold', () => {
    expect(
      parseJson(
        Buffer.from('{"a": 1544712660300000001, "b": [18446744073709551615], "c": 1.5e300, "d": 12}'),
      ),
    ).toEqual({
      a: '1544712660300000001',
      b: ['18446744073709551615'],
      c: 1.5e300,
      d: 12,
    });
  });
  test('takes a byte order mark', () => {
    expect(parseJson(Buffer.from('\ufeff{}'))).toEqual({});
  });
  test.each([['{"a":'], ['{} {}'], ["{'a': 1}"]])('refuses %j', (text) => {
    expect(() => parseJson(Buffer.from(text))).toThrow(SyntaxError);
  });
  test('refuses what is not UTF-8', () => {
    expect(() => parseJson(Buffer.from([0x22, 0xff, 0x22]))).toThrow('not valid UTF-8');
  });
});
