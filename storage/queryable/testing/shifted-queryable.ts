import type {
  ExemplarRequest,
  ExemplarSeries,
  GridRequest,
  GridResult,
  GroupRequest,
  GroupResult,
  MetadataRequest,
  Queryable,
  SampleSeries,
  SelectRequest,
  SeriesRequest,
} from '../../../promql/queryable.ts';

/** A `Queryable` whose time is that of another, shifted: scripts begin at 1970, which a store with retention forgets. */
export class ShiftedQueryable implements Queryable {
  readonly #inner: () => Queryable;
  readonly #byMs: number;

  constructor(inner: () => Queryable, byMs: number) {
    this.#inner = inner;
    this.#byMs = byMs;
  }

  async select(request: SelectRequest): Promise<SampleSeries[]> {
    return this.#back(await this.#inner().select(this.#shift(request)));
  }

  #back(found: readonly SampleSeries[]): SampleSeries[] {
    return found.map((series) => ({
      ...series,
      timestampsMs: series.timestampsMs.map((time) => time - this.#byMs),
      startTimestampsMs: series.startTimestampsMs?.map((time) => (time === 0 ? 0 : time - this.#byMs)),
    }));
  }

  async selectGrid(request: GridRequest): Promise<GridResult | undefined> {
    const result = await this.#inner().selectGrid?.(this.#shift(request));
    return result && { series: result.series, samples: this.#back(result.samples) };
  }

  async exemplars(request: ExemplarRequest): Promise<ExemplarSeries[]> {
    const found = await this.#inner().exemplars(this.#shift(request));
    return found.map(({ labels, exemplars }) => ({
      labels,
      exemplars: exemplars.map((one) => ({ ...one, timeMs: one.timeMs - this.#byMs })),
    }));
  }

  async selectGroups(request: GroupRequest): Promise<GroupResult | undefined> {
    const result = await this.#inner().selectGroups?.(this.#shift(request));
    return result && { ...result, samples: this.#back(result.samples) };
  }

  series(request: SeriesRequest) {
    return this.#inner().series(this.#shift(request));
  }

  labelNames(request: SeriesRequest) {
    return this.#inner().labelNames(this.#shift(request));
  }

  labelValues(name: string, request: SeriesRequest) {
    return this.#inner().labelValues(name, this.#shift(request));
  }

  metadata(request: MetadataRequest) {
    return this.#inner().metadata(request);
  }

  async statistics(limit: number) {
    const { range, ...counts } = await this.#inner().statistics(limit);
    const back = range && { startMs: range.startMs - this.#byMs, endMs: range.endMs - this.#byMs };
    return { ...counts, range: back };
  }

  #shift<T extends { readonly startMs: number; readonly endMs: number }>(request: T): T {
    return { ...request, startMs: request.startMs + this.#byMs, endMs: request.endMs + this.#byMs };
  }
}
