import { describe, expect, it } from 'vitest';
import { englishChartText } from '../charts/index.ts';
import { type Panel, parseDashboard } from './dashboard-model.ts';
import {
  displayValue,
  mapValue,
  notApplied,
  reducePoints,
  settingsFor,
  stateOfColour,
  thresholdsOf,
} from './field.ts';
import { seriesNames } from './series-names.ts';
import { tableData } from './table-data.ts';

function panelOf(json: object): Panel {
  const parsed = parseDashboard({ panels: [{ type: 'table', ...json }] });
  if (!parsed.ok) throw new Error(parsed.reason);
  return parsed.model.sections[0]!.panels[0]!;
}

describe('reducePoints', () => {
  const points = [
    [0, 4],
    [1, Number.NaN],
    [2, 1],
    [3, null],
    [4, 3],
    [5, null],
  ] as const;
  it.each<[string, number | null]>([
    ['lastNotNull', 3],
    ['last', null],
    ['firstNotNull', 4],
    ['max', 4],
    ['min', 1],
    ['mean', 8 / 3],
    ['sum', 8],
    ['count', 3],
    ['range', 3],
    ['diff', -1],
    ['something new', 3],
  ])('%s', (id, wanted) => {
    const value = reducePoints(points, id);
    if (wanted === null) expect(value).toBeNull();
    else expect(value).toBeCloseTo(wanted, 12);
  });
  it('has no value for no values', () => {
    for (const id of ['lastNotNull', 'max', 'min', 'mean', 'sum'])
      expect(reducePoints([[0, null]], id)).toBeNull();
  });
});

describe('states', () => {
  it.each([
    ['green', 'good'],
    ['semi-dark-blue', 'information'],
    ['orange', 'warning'],
    ['yellow', 'warning'],
    ['dark-red', 'page'],
    ['purple', 'safety'],
    ['#ff0000', undefined],
    ['text', undefined],
  ] as const)('%s means %s', (colour, state) => expect(stateOfColour(colour)).toBe(state));
  it('come from threshold steps, the base below all values', () => {
    const thresholds = thresholdsOf(
      {
        thresholds: {
          steps: [
            { value: null, color: 'green' },
            { value: 3, color: 'red' },
          ],
        },
      },
      englishChartText,
    );
    expect(thresholds).toEqual([
      { value: Number.NEGATIVE_INFINITY, state: 'good', label: 'good' },
      { value: 3, state: 'page', label: 'page' },
    ]);
  });
});

describe('mappings', () => {
  const mappings = panelOf({
    fieldConfig: {
      defaults: {
        mappings: [
          { type: 'value', options: { '0': { text: 'down', color: 'red' } } },
          { type: 'range', options: { from: 5, to: null, result: { text: 'many' } } },
          { type: 'special', options: { match: 'null+nan', result: { text: 'silent' } } },
        ],
      },
      overrides: [],
    },
  }).fieldConfig.defaults.mappings!;
  it.each<[number | null, string | undefined]>([
    [0, 'down'],
    [5, 'many'],
    [1e9, 'many'],
    [null, 'silent'],
    [Number.NaN, 'silent'],
    [3, undefined],
  ])('%s reads %s', (value, text) => expect(mapValue(value, mappings)?.text).toBe(text));
  it('carry a state', () => expect(mapValue(0, mappings)?.state).toBe('page'));
  it('win over the number', () => {
    expect(displayValue(0, { mappings, unit: 's' }, 'en', englishChartText)).toBe('down');
    expect(displayValue(3, { mappings, unit: 's' }, 'en', englishChartText)).toBe('3 s');
    expect(displayValue(null, { noValue: 'never' }, 'en', englishChartText)).toBe('never');
  });
});

it('applies overrides by name, pattern and query, in order', () => {
  const panel = panelOf({
    fieldConfig: {
      defaults: { unit: 'short' },
      overrides: [
        { matcher: { id: 'byRegexp', options: '/^p\\d+/' }, properties: [{ id: 'unit', value: 's' }] },
        {
          matcher: { id: 'byName', options: 'p99' },
          properties: [
            { id: 'displayName', value: 'slowest' },
            { id: 'unit', value: 7 },
          ],
        },
        {
          matcher: { id: 'byFrameRefID', options: 'B' },
          properties: [{ id: 'custom.lineStyle', value: { fill: 'dash' } }],
        },
        { matcher: { id: 'byRegexp', options: '(' }, properties: [{ id: 'unit', value: 'm' }] },
      ],
    },
  });
  expect(settingsFor(panel, 'p99', 'A')).toMatchObject({ unit: 's', displayName: 'slowest' });
  expect(settingsFor(panel, 'other', 'B')).toMatchObject({
    unit: 'short',
    custom: { lineStyle: { fill: 'dash' } },
  });
});

it('names what it does not do', () => {
  expect(
    notApplied(panelOf({ transformations: [{ id: 'merge' }, { id: 'joinByField' }], repeat: 'city' })),
  ).toEqual(['joinByField', 'repeat by city']);
  expect(notApplied(panelOf({ type: 'timeseries', transformations: [{ id: 'organize' }] }))).toEqual([
    'organize',
  ]);
});

describe('seriesNames', () => {
  const two = [
    { __name__: 'up', job: 'a', gate: 'north' },
    { __name__: 'up', job: 'a', gate: 'south' },
  ];
  it('follow the legend format', () => {
    expect(seriesNames(two, '{{gate}} of {{ job }}', 'A')).toEqual(['north of a', 'south of a']);
    expect(seriesNames(two, '{{missing}}!', 'A')).toEqual(['!', '!']);
  });
  it('are the labels that differ without one', () => {
    expect(seriesNames(two, undefined, 'A')).toEqual(['north', 'south']);
    expect(seriesNames([two[0]!], '__auto', 'A')).toEqual(['up']);
    expect(seriesNames([{}], '', 'A')).toEqual(['A']);
  });
});

it('merges the answers of several queries into one row a label set', () => {
  const panel = panelOf({
    targets: [
      { refId: 'A', expr: 'a' },
      { refId: 'B', expr: 'b' },
    ],
    transformations: [
      { id: 'merge', options: {} },
      {
        id: 'organize',
        options: {
          excludeByName: { job: true },
          indexByName: { gate: 0, 'Value #B': 1, 'Value #A': 2 },
          renameByName: { gate: 'Gate', 'Value #A': 'Lanes', 'Value #B': 'Queue' },
        },
      },
    ],
    fieldConfig: {
      defaults: { unit: 'none' },
      overrides: [
        { matcher: { id: 'byName', options: 'Queue' }, properties: [{ id: 'unit', value: 'suffix:people' }] },
      ],
    },
  });
  const of = (refId: string, gate: string, value: number) => ({
    refId,
    name: '',
    labels: { __name__: refId, gate, job: 'x' },
    points: [[0, value]] as const,
  });
  const { columns, rows } = tableData(panel, [
    of('A', 'north', 2),
    of('B', 'north', 40),
    of('A', 'south', 1),
  ]);
  expect(columns.map(({ title, unit }) => [title, unit])).toEqual([
    ['Gate', undefined],
    ['Queue', 'suffix:people'],
    ['Lanes', 'none'],
  ]);
  expect(rows).toEqual([
    { gate: 'north', job: 'x', 'Value #A': 2, 'Value #B': 40 },
    { gate: 'south', job: 'x', 'Value #A': 1 },
  ]);
});
