/** A name and how much there is of it. */
export interface Statistic {
  readonly name: string;
  readonly value: number;
}

/** Where series come from: what `/api/v1/status/tsdb` tells. Lists have the largest first and at most as many entries as asked for. */
export interface SeriesStatistics {
  readonly series: number;
  readonly labelPairs: number;
  /** All samples lie within, epoch ms, both inclusive; undefined where there is none. */
  readonly range: { readonly startMs: number; readonly endMs: number } | undefined;
  readonly seriesByMetricName: readonly Statistic[];
  readonly valuesByLabelName: readonly Statistic[];
  /** Bytes of a label's values, counted once a series. */
  readonly bytesByLabelName: readonly Statistic[];
  /** Names are `label=value`. */
  readonly seriesByLabelPair: readonly Statistic[];
}

/** Label name → value → number of series that have it. */
export type LabelCounts = ReadonlyMap<string, ReadonlyMap<string, number>>;

/** Works the statistics out of the counts of an index. */
export function labelStatistics(
  counts: LabelCounts,
  limit: number,
): Omit<SeriesStatistics, 'series' | 'range'> {
  const metrics = new Largest(limit);
  const values = new Largest(limit);
  const bytes = new Largest(limit);
  const pairs = new Largest(limit);
  let labelPairs = 0;
  for (const [label, byValue] of counts) {
    let total = 0;
    for (const [value, series] of byValue) {
      total += Buffer.byteLength(value) * series;
      pairs.add(`${label}=${value}`, series);
      if (label === '__name__') metrics.add(value, series);
    }
    labelPairs += byValue.size;
    values.add(label, byValue.size);
    bytes.add(label, total);
  }
  return {
    labelPairs,
    seriesByMetricName: metrics.sorted(),
    valuesByLabelName: values.sorted(),
    bytesByLabelName: bytes.sorted(),
    seriesByLabelPair: pairs.sorted(),
  };
}

/** Keeps the largest of many. */
class Largest {
  readonly #limit: number;
  #kept: Statistic[] = [];

  constructor(limit: number) {
    this.#limit = limit;
  }

  add(name: string, value: number): void {
    this.#kept.push({ name, value });
    // Now and then, so that the cost is spread over many.
    if (this.#kept.length >= 2 * this.#limit + 64) this.#kept = this.sorted();
  }

  sorted(): Statistic[] {
    return this.#kept
      .toSorted((a, b) => b.value - a.value || (a.name < b.name ? -1 : 1))
      .slice(0, this.#limit);
  }
}
