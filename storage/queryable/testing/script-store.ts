import { METRIC_NAME } from '../../../model/labels.ts';
import type {
  GridRequest,
  MetadataRequest,
  Queryable,
  SampleSeries,
  SelectRequest,
  SeriesRequest,
} from '../../../promql/queryable.ts';
import type { LoadedSeries } from '../../../promql/testing/run-script.ts';
import { machineClock, openTestStore, type TestStore } from '../../testing/store.ts';
import { type ClickHouseQueryable, createClickHouseQueryable } from '../clickhouse-queryable.ts';

/** A `Queryable` whose time is that of another, shifted: scripts begin at 1970, which a store with retention forgets. */
export class ShiftedQueryable implements Queryable {
  readonly #inner: () => Queryable;
  readonly #byMs: number;

  constructor(inner: () => Queryable, byMs: number) {
    this.#inner = inner;
    this.#byMs = byMs;
  }

  async select(request: SelectRequest): Promise<SampleSeries[]> {
    const found = await this.#inner().select(this.#shift(request));
    return found.map((series) => ({
      ...series,
      timestampsMs: series.timestampsMs.map((time) => time - this.#byMs),
      startTimestampsMs: series.startTimestampsMs?.map((time) => (time === 0 ? 0 : time - this.#byMs)),
    }));
  }

  selectGrid(request: GridRequest) {
    return this.#inner().selectGrid?.(this.#shift(request)) ?? Promise.resolve(undefined);
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

  #shift<T extends { readonly startMs: number; readonly endMs: number }>(request: T): T {
    return { ...request, startMs: request.startMs + this.#byMs, endMs: request.endMs + this.#byMs };
  }
}

const HOUR_MS = 3_600_000;
/** Yesterday at a full hour, so that hour boundaries stay where they are. */
const shiftMs = (): number => Math.floor(machineClock.now() / (24 * HOUR_MS)) * 24 * HOUR_MS - 24 * HOUR_MS;

export interface ClickHouseScriptStore {
  readonly queryable: Queryable;
  load(series: readonly LoadedSeries[]): Promise<void>;
  clear(): Promise<void>;
  close(): Promise<void>;
  readonly store: TestStore;
}

/** An embedded ClickHouse that takes series as scripts give them. Native histograms are left out: OTLP has no such floats. */
export async function openClickHouseScriptStore(): Promise<ClickHouseScriptStore> {
  const store = await openTestStore();
  const shift = shiftMs();
  const ids = new Map<string, bigint>();
  const open = (): ClickHouseQueryable =>
    createClickHouseQueryable({ ...store, clock: machineClock, indexMaxAgeMs: 0 });
  let inner = open();
  const queryable = new ShiftedQueryable(() => inner, shift);
  return {
    queryable,
    store,
    load: async (series) => {
      await insert(store, series, ids, shift);
    },
    clear: async () => {
      if (ids.size > 0) {
        for (const table of ['samples', 'series']) {
          await store.clickhouse.command({ sql: `TRUNCATE TABLE ${table}`, what: 'test' });
        }
      }
      ids.clear();
      inner = open();
    },
    close: () => store.close(),
  };
}

async function insert(
  store: TestStore,
  series: readonly LoadedSeries[],
  ids: Map<string, bigint>,
  shift: number,
): Promise<void> {
  const samples: Buffer[] = [];
  const rows: string[] = [];
  for (const { labels, samples: points } of series) {
    const floats = points.filter(({ value }) => typeof value !== 'object');
    if (floats.length === 0) continue;
    let id = ids.get(labels.key);
    if (id === undefined) {
      id = (BigInt(ids.size + 1) * 0x9e37_79b9_7f4a_7c15n) % 2n ** 64n;
      ids.set(labels.key, id);
    }
    const times = floats.map(({ timeMs }) => timeMs + shift);
    const first = Math.floor(Math.min(...times) / HOUR_MS) * HOUR_MS;
    const last = Math.floor(Math.max(...times) / HOUR_MS) * HOUR_MS + HOUR_MS;
    rows.push(
      JSON.stringify({
        name: labels.get(METRIC_NAME),
        id: String(id),
        labels: labels.without(METRIC_NAME).toLabels(),
        first: seconds(first),
        last: seconds(last),
        written: seconds(machineClock.now()),
      }),
    );
    for (const { timeMs, value, startMs } of floats) {
      const start = startMs === 0 ? 0 : startMs + shift;
      samples.push(sampleRow(id, timeMs + shift, value as number | 'stale', start));
    }
  }
  if (samples.length === 0) return;
  const what = 'test';
  await store.clickhouse.insert({
    sql: 'INSERT INTO samples (id, ts, int, float, start) FORMAT RowBinary',
    body: Buffer.concat(samples),
    what,
  });
  await store.clickhouse.insert({
    sql: 'INSERT INTO series FORMAT JSONEachRow',
    body: Buffer.from(rows.join('\n')),
    what,
  });
}

const seconds = (ms: number): string => (ms / 1_000).toFixed(3);

/** A row as the loader fills it: integral values in `int`, others, and the staleness marker's bits, in `float`. */
function sampleRow(id: bigint, timeMs: number, value: number | 'stale', startMs: number): Buffer {
  const row = Buffer.alloc(40);
  row.writeBigUInt64LE(id, 0);
  row.writeBigInt64LE(BigInt(timeMs), 8);
  if (value === 'stale') row.writeBigUInt64LE(0x7ff0000000000002n, 24);
  else if (Number.isInteger(value) && Math.abs(value) <= 2 ** 53 && !Object.is(value, -0)) {
    row.writeBigInt64LE(BigInt(value), 16);
  } else row.writeDoubleLE(value, 24);
  row.writeBigInt64LE(BigInt(startMs), 32);
  return row;
}
