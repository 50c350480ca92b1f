import { describe, expect, it } from 'vitest';
import { parseSearch, stringifySearch } from '../../frame/search.ts';
import { exploreSearch } from './search.ts';
import { changeQuery, duplicateQuery, EMPTY_QUERY, type ExploreQuery, queriesOf, searchOf } from './state.ts';

const query = (part: Partial<ExploreQuery>): ExploreQuery => ({ ...EMPTY_QUERY, ...part });
/** Out to a URL and back, as a colleague opens it. */
const reopened = (queries: readonly ExploreQuery[]) =>
  queriesOf(exploreSearch.parse(parseSearch(stringifySearch(searchOf(queries)))));

describe('the URL of Explore', () => {
  it('opens a link that names one query, as alerts and panels write it', () => {
    expect(queriesOf(exploreSearch.parse({ expr: 'up > 0' }))).toEqual([query({ expr: 'up > 0' })]);
    expect(stringifySearch(searchOf([query({ expr: 'up' })]))).toBe('?expr=up');
  });

  it('brings several queries back with their legends, units and which are hidden', () => {
    const queries = [
      query({ expr: 'a{x="1&2"} + 1' }),
      query({ expr: 'b', legend: '{{gate_id}} – {{city}}', hidden: true }),
      query({ expr: '', unit: 'percentunit' }),
      query({ expr: 'sum(\n  d\n)', hidden: true }),
    ];
    expect(reopened(queries)).toEqual(queries);
  });

  it('keeps the place of a unit that only the third query has', () => {
    const queries = [query({ expr: 'a' }), query({ expr: 'b' }), query({ expr: 'c', unit: 's' })];
    expect(searchOf(queries).unit).toEqual(['', '', 's']);
    expect(reopened(queries)).toEqual(queries);
  });

  it('starts with one empty query, and leaves nothing in the URL for it', () => {
    expect(queriesOf({})).toEqual([EMPTY_QUERY]);
    expect(stringifySearch(searchOf([EMPTY_QUERY]))).toBe('');
  });

  it('leaves out what is mistyped', () => {
    const search = exploreSearch.parse({
      expr: 'up',
      step: 'often',
      draw: 'bars',
      hide: 'b',
      explain: 'yes',
    });
    expect(search).toEqual({ expr: 'up' });
    expect(exploreSearch.parse({ step: '>=1m' }).step).toBe('>=1m');
  });

  it('duplicates a query with what is being typed, and changes one alone', () => {
    const queries = [query({ expr: 'a', unit: 's' }), query({ expr: 'b' })];
    expect(duplicateQuery(queries, 0, 'a + 1').map(({ expr, unit }) => `${expr}:${unit}`)).toEqual([
      'a:s',
      'a + 1:s',
      'b:',
    ]);
    expect(changeQuery(queries, 1, { hidden: true })).toEqual([
      queries[0],
      query({ expr: 'b', hidden: true }),
    ]);
  });
});
