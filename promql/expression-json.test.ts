import { expect, it } from 'vitest';
import { toExpressionJson } from './expression-json.ts';
import { parseExpr } from './parser.ts';

const json = (query: string) => toExpressionJson(parseExpr(query));
const up = {
  ...{ type: 'vectorSelector', name: 'up', offset: 0, timestamp: null, startOrEnd: null },
  ...{ matchers: [{ name: '__name__', value: 'up', type: '=' }], anchored: false, smoothed: false },
};

it.each([
  ['1e3', { type: 'numberLiteral', val: '1000' }],
  ['-Inf', { type: 'numberLiteral', val: '-Inf' }],
  ['-up', { type: 'unaryExpr', op: '-', expr: up }],
  ['"a"', { type: 'stringLiteral', val: 'a' }],
  ['(up)', { type: 'parenExpr', expr: up }],
  ['up', up],
  ['up offset -5m @ 1.5', { ...up, offset: -300_000, timestamp: 1_500 }],
  ['up @ end()', { ...up, startOrEnd: 'end' }],
  [
    'rate(up[5m] smoothed)',
    {
      type: 'call',
      func: { name: 'rate', argTypes: ['matrix'], variadic: 0, returnType: 'vector' },
      args: [{ ...up, type: 'matrixSelector', range: 300_000, smoothed: true }],
    },
  ],
  [
    'label_join(up, "a", "b")',
    {
      type: 'call',
      func: {
        name: 'label_join',
        argTypes: ['vector', 'string', 'string', 'string'],
        variadic: -1,
        returnType: 'vector',
      },
      args: [up, { type: 'stringLiteral', val: 'a' }, { type: 'stringLiteral', val: 'b' }],
    },
  ],
  [
    'time()',
    { type: 'call', func: { name: 'time', argTypes: [], variadic: 0, returnType: 'scalar' }, args: [] },
  ],
  [
    'topk without (job) (3, up)',
    {
      ...{ type: 'aggregation', op: 'topk', without: true, grouping: ['job'] },
      ...{ expr: up, param: { type: 'numberLiteral', val: '3' } },
    },
  ],
  ['sum(up)', { type: 'aggregation', op: 'sum', expr: up, param: null, grouping: [], without: false }],
  [
    'up > bool on (job) group_left (zone) fill_left(1) up',
    {
      ...{ type: 'binaryExpr', op: '>', lhs: up, rhs: up, bool: true },
      matching: {
        ...{ card: 'many-to-one', on: true, labels: ['job'], include: ['zone'] },
        fillValues: { lhs: 1, rhs: null },
      },
    },
  ],
  [
    'up + 1',
    {
      type: 'binaryExpr',
      op: '+',
      lhs: up,
      rhs: { type: 'numberLiteral', val: '1' },
      matching: null,
      bool: false,
    },
  ],
  [
    'up[1h:1m] offset 5m @ start()',
    {
      ...{ type: 'subquery', expr: up, range: 3_600_000, step: 60_000 },
      ...{ offset: 300_000, timestamp: null, startOrEnd: 'start' },
    },
  ],
  [
    'up[2 * 1m:]',
    { type: 'subquery', expr: up, range: 120_000, step: 0, offset: 0, timestamp: null, startOrEnd: null },
  ],
])('gives the tree of %s', (query, wanted) => expect(json(query)).toEqual(wanted));

it('gives every matcher its kind', () => {
  expect(json('{a="1",b!="2",c=~"3",d!~"4"}').matchers).toEqual([
    { name: 'a', value: '1', type: '=' },
    { name: 'b', value: '2', type: '!=' },
    { name: 'c', value: '3', type: '=~' },
    { name: 'd', value: '4', type: '!~' },
  ]);
});

it('leaves out what only the query can tell', () => {
  expect(json('rate(up[5m + step()])')).toMatchObject({ args: [{ range: 0 }] });
  expect(json('up and up')).toMatchObject({ matching: { card: 'many-to-many' } });
});
