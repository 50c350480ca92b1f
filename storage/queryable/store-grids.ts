import type { GridRequest, GroupRequest } from '../../promql/queryable.ts';
import type { QueryRequest, Reader } from '../clickhouse/clickhouse.ts';
import { type GridRow, readGridRows } from './grid-columns.ts';
import { gridQuery, type Pushed, sortGrid } from './grid-query.ts';
import { sortGroups } from './group-batches.ts';
import { groupArrays, groupQuery, numberGroups } from './group-query.ts';
import type { SampleHead } from './head/sample-head.ts';
import { type Guarded, guarding } from './promql-failure.ts';
import { type ReadRange, rowsTo } from './read-samples.ts';
import type { SampleSource } from './sample-source.ts';
import { inBatches } from './series-batches.ts';
import type { IndexedSeries } from './series-index.ts';

/** While one batch's rows are decoded, and where ClickHouse does a part of its work with one thread, the other goes on. */
const BATCHES_AT_ONCE = 2;

interface StoreGridsOptions {
  readonly clickhouse: Reader;
  /** Samples that ClickHouse may go through for one grid. */
  readonly maxScanned: number;
  /** Of one query to ClickHouse. */
  readonly batchSamples: number;
  /** Knows how dense series are, and hears of it. */
  readonly head: SampleHead;
}

/** Of which series, over which samples, and how many points. */
export interface GridAsked {
  readonly floats: readonly IndexedSeries[];
  readonly range: ReadRange;
  readonly source: SampleSource;
  readonly steps: number;
}

/** Has ClickHouse work out grids and groups, batch by batch: of many series neither it nor this process holds more than the points. */
export class StoreGrids {
  readonly #clickhouse: Reader;
  readonly #maxScanned: number;
  readonly #batchSamples: number;
  readonly #head: SampleHead;
  readonly #guard: Guarded;

  constructor({ clickhouse, maxScanned, batchSamples, head }: StoreGridsOptions) {
    this.#clickhouse = clickhouse;
    this.#maxScanned = maxScanned;
    this.#batchSamples = batchSamples;
    this.#head = head;
    this.#guard = guarding('scanned', maxScanned);
  }

  /** The grid of each series. @throws TooMuchError */
  async grids(asked: GridAsked, request: GridRequest): Promise<Pushed> {
    const rows = await this.#rows(asked, asked.steps, (batch) => gridQuery(batch, request, asked.source));
    return sortGrid(asked.floats, rows.flat(), request);
  }

  /** The groups of series' grids. @throws TooMuchError */
  async groups(asked: GridAsked, request: GroupRequest): Promise<Pushed> {
    const { floats, source, steps } = asked;
    const groups = numberGroups(floats, request);
    const batches = await this.#rows(asked, groupArrays(request) * steps, (batch) =>
      groupQuery(batch, groups, request, source),
    );
    return sortGroups(floats, groups, batches, request);
  }

  /** The rows that each batch gives; `points` in each. */
  async #rows(
    { floats, range, source }: GridAsked,
    points: number,
    queryFor: (batch: readonly IndexedSeries[]) => QueryRequest,
  ): Promise<GridRow[][]> {
    const batches: GridRow[][] = [];
    let total = 0;
    const read = async (batch: readonly IndexedSeries[]): Promise<number> => {
      const query = queryFor(batch);
      const bytes = await this.#guard(range.abort, () => this.#clickhouse.bytes(query, 'Native'));
      const rows = [...readGridRows(bytes, points)];
      const samples = rows.reduce((sum, row) => sum + row.samples, 0);
      rowsTo(range, source)(samples);
      batches.push(rows);
      total += samples;
      return samples;
    };
    const density = {
      batchSamples: this.#batchSamples,
      samplesEach: this.#head.samplesEach(floats, range),
      seen: this.#head.askedBefore(floats),
    };
    await inBatches(
      floats,
      { ...density, maxSamples: this.#maxScanned, limit: 'scanned', atOnce: BATCHES_AT_ONCE },
      read,
    );
    if (source.resolution === 'raw') this.#head.workedOut(floats, range, total);
    return batches;
  }
}
