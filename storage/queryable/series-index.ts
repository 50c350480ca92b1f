import type { LabelMatcher } from '../../model/labels.ts';
import type { LabelSet } from '../../promql/label-set.ts';
import { type CompiledMatcher, compileMatcher, literalAlternatives } from '../../promql/matcher.ts';
import { labelStatistics, type SeriesStatistics } from '../../promql/series-statistics.ts';

/** A series that the index knows. */
export interface IndexedSeries {
  readonly id: bigint;
  readonly labels: LabelSet;
  /** Every sample lies in [firstMs, lastMs); both grow outwards. */
  firstMs: number;
  lastMs: number;
  /** Whether it may hold native histograms. */
  native: boolean;
}

/** Which series there are: labels by id, and ids by label value. Held in memory, so that a selector is resolved without a query. */
export class SeriesIndex {
  #all: IndexedSeries[] = [];
  readonly #byId = new Map<bigint, IndexedSeries>();
  /** Label name → value → series with it. */
  readonly #postings = new Map<string, Map<string, IndexedSeries[]>>();

  get size(): number {
    return this.#all.length;
  }

  /** Adds a series, or widens what is known of one: times in epoch ms. */
  put(
    id: bigint,
    makeLabels: () => LabelSet,
    { first, last, native }: { readonly first: number; readonly last: number; readonly native: boolean },
  ): void {
    const known = this.#byId.get(id);
    if (known !== undefined) {
      known.firstMs = Math.min(known.firstMs, first);
      known.lastMs = Math.max(known.lastMs, last);
      known.native ||= native;
      return;
    }
    const series: IndexedSeries = { id, labels: makeLabels(), firstMs: first, lastMs: last, native };
    this.#all.push(series);
    this.#byId.set(id, series);
    for (const [name, value] of series.labels.entries()) {
      let values = this.#postings.get(name);
      if (values === undefined) {
        values = new Map();
        this.#postings.set(name, values);
      }
      const postings = values.get(value);
      if (postings === undefined) values.set(value, [series]);
      else postings.push(series);
    }
  }

  /** Forgets the series that have no sample from `ms` on. Who still holds a list from before may go on with it. */
  dropBefore(ms: number): void {
    const expired = this.#all.filter((series) => series.lastMs < ms);
    if (expired.length === 0) return;
    this.#all = this.#all.filter((series) => series.lastMs >= ms);
    const touched = new Map<string, Set<string>>();
    for (const series of expired) {
      this.#byId.delete(series.id);
      for (const [name, value] of series.labels.entries()) {
        const values = touched.get(name);
        if (values === undefined) touched.set(name, new Set([value]));
        else values.add(value);
      }
    }
    for (const [name, values] of touched) this.#dropPostings(name, values, ms);
  }

  #dropPostings(name: string, values: ReadonlySet<string>, ms: number): void {
    const postings = this.#postings.get(name)!;
    for (const value of values) {
      const left = postings.get(value)!.filter((series) => series.lastMs >= ms);
      if (left.length > 0) postings.set(value, left);
      else postings.delete(value);
    }
    if (postings.size === 0) this.#postings.delete(name);
  }

  /** The series that satisfy all matchers and may have samples in [startMs, endMs]. */
  resolve(matchers: readonly LabelMatcher[], startMs: number, endMs: number): IndexedSeries[] {
    return [...this.matching(matchers, startMs, endMs)];
  }

  /** The same one by one, for who may stop early. */
  *matching(
    matchers: readonly LabelMatcher[],
    startMs: number,
    endMs: number,
  ): IterableIterator<IndexedSeries> {
    const tests = matchers.map(remembering);
    for (const series of this.#candidates(matchers)) {
      if (!isWithin(series, startMs, endMs)) continue;
      if (tests.every((matcher) => matcher.test(series.labels.get(matcher.name)))) yield series;
    }
  }

  /** The label names of series that may have samples in [startMs, endMs]. */
  labelNames(startMs: number, endMs: number): string[] {
    const names: string[] = [];
    for (const [name, values] of this.#postings) {
      for (const postings of values.values()) {
        if (!postings.some((series) => isWithin(series, startMs, endMs))) continue;
        names.push(name);
        break;
      }
    }
    return names;
  }

  /** The values that a label has on such series. */
  labelValues(name: string, startMs: number, endMs: number): string[] {
    const found: string[] = [];
    for (const [value, postings] of this.#postings.get(name) ?? [])
      if (postings.some((series) => isWithin(series, startMs, endMs))) found.push(value);
    return found;
  }

  /** `limit` entries a list. */
  statistics(limit: number): SeriesStatistics {
    const counts = new Map<string, Map<string, number>>();
    for (const [name, values] of this.#postings) {
      const byValue = new Map<string, number>();
      for (const [value, postings] of values) byValue.set(value, postings.length);
      counts.set(name, byValue);
    }
    let [startMs, endMs] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (const { firstMs, lastMs } of this.#all) {
      startMs = Math.min(startMs, firstMs);
      endMs = Math.max(endMs, lastMs);
    }
    return {
      series: this.size,
      range: this.size > 0 ? { startMs, endMs } : undefined,
      ...labelStatistics(counts, limit),
    };
  }

  /** The shortest list that one matcher alone leaves. */
  #candidates(matchers: readonly LabelMatcher[]): readonly IndexedSeries[] {
    let best: readonly IndexedSeries[] = this.#all;
    for (const matcher of matchers) {
      const lists = this.#postingsOf(matcher);
      if (lists === undefined) continue;
      let length = 0;
      for (const list of lists) length += list.length;
      if (length < best.length) best = lists.length === 1 ? lists[0]! : lists.flat();
    }
    return best;
  }

  /** Undefined if the matcher also accepts series without the label. */
  #postingsOf(matcher: LabelMatcher): readonly IndexedSeries[][] | undefined {
    const test = compileMatcher(matcher);
    if (test('')) return undefined;
    const values = this.#postings.get(matcher.name);
    if (values === undefined) return [[]];
    const literals =
      matcher.operator === '='
        ? [matcher.value]
        : matcher.operator === '=~'
          ? literalAlternatives(matcher.value)
          : undefined;
    if (literals !== undefined) return [[], ...[...literals].map((value) => values.get(value) ?? [])];
    const lists: IndexedSeries[][] = [[]];
    for (const [value, postings] of values) if (test(value)) lists.push(postings);
    return lists;
  }
}

const isWithin = ({ firstMs, lastMs }: IndexedSeries, startMs: number, endMs: number): boolean =>
  firstMs <= endMs && lastMs >= startMs;

/** A matcher that tests each value once: many series share few values. */
function remembering(matcher: LabelMatcher): CompiledMatcher {
  const test = compileMatcher(matcher);
  if (matcher.operator === '=' || matcher.operator === '!=') return { name: matcher.name, test };
  const known = new Map<string, boolean>();
  return {
    name: matcher.name,
    test: (value) => {
      let answer = known.get(value);
      if (answer === undefined) {
        answer = test(value);
        known.set(value, answer);
      }
      return answer;
    },
  };
}
