import { describe, expect, it } from 'vitest';
import type { PrometheusData } from '../../api/prometheus-answer.ts';
import { type Answered, graphsOf } from './graphs.ts';
import { EMPTY_QUERY } from './state.ts';

const METADATA = new Map([['wait_seconds', [{ type: 'gauge', help: '', unit: 's' }]]]);
const matrix = (...gates: readonly string[]): PrometheusData => ({
  resultType: 'matrix',
  result: gates.map((gate_id) => ({ metric: gate_id === '' ? {} : { gate_id }, values: [[1, '5']] })),
});
const answered = (letter: string, expr: string, data: PrometheusData, over: object = {}): Answered => ({
  letter,
  query: { ...EMPTY_QUERY, expr, ...over },
  data,
  exemplars: [],
});
const named = (all: readonly Answered[]) =>
  graphsOf(all, METADATA).map(({ unit, series }) => [unit, series.map(({ name }) => name)]);

describe('the graphs of several queries', () => {
  it('are one for all queries of a unit, in which each series says whose it is', () => {
    expect(
      named([
        answered('A', 'wait_seconds', matrix('north', 'south')),
        answered('B', 'orders', matrix('')),
        answered('C', 'max(wait_seconds)', matrix('')),
      ]),
    ).toEqual([
      ['s', ['A: {gate_id="north"}', 'A: {gate_id="south"}', 'C: max(wait_seconds)']],
      ['short', ['B: orders']],
    ]);
  });

  it('are split by a unit that was chosen', () => {
    const both = [answered('A', 'a', matrix('')), answered('B', 'b', matrix(''), { unit: 'percentunit' })];
    expect(graphsOf(both, METADATA).map(({ unit, letters }) => [unit, letters])).toEqual([
      ['short', ['A']],
      ['percentunit', ['B']],
    ]);
  });

  it('name series by the legend, and leave the letter out where there is one query', () => {
    expect(named([answered('A', 'a', matrix('north'), { legend: 'gate {{gate_id}}' })])).toEqual([
      ['short', ['gate north']],
    ]);
  });

  it('keep same series of two queries apart in colour', () => {
    const [graph] = graphsOf([answered('A', 'a', matrix('n')), answered('B', 'b', matrix('n'))], METADATA);
    expect(graph?.series.map(({ labels }) => labels.query)).toEqual(['A', 'B']);
  });
});
