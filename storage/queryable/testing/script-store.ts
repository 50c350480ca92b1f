import { METRIC_NAME } from '../../../model/labels.ts';
import type {
  Exemplar,
  ExemplarRequest,
  ExemplarSeries,
  GridRequest,
  GridResult,
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

const HOUR_MS = 3_600_000;
/** Yesterday at a full hour, so that hour boundaries stay where they are. */
const shiftMs = (): number => Math.floor(machineClock.now() / (24 * HOUR_MS)) * 24 * HOUR_MS - 24 * HOUR_MS;

export interface ClickHouseScriptStore {
  readonly queryable: Queryable;
  load(series: readonly LoadedSeries[]): Promise<void>;
  loadExemplars(series: readonly ExemplarSeries[]): Promise<void>;
  clear(): Promise<void>;
  close(): Promise<void>;
  readonly store: TestStore;
}

/** An embedded ClickHouse that takes series as scripts give them. Native histograms are left out: OTLP has no such floats. */
export async function openClickHouseScriptStore(headBytes = 0): Promise<ClickHouseScriptStore> {
  const store = await openTestStore();
  const shift = shiftMs();
  const ids = new Map<string, bigint>();
  const open = (): ClickHouseQueryable =>
    createClickHouseQueryable({ ...store, clock: machineClock, indexMaxAgeMs: 0, headBytes });
  let inner = open();
  const queryable = new ShiftedQueryable(() => inner, shift);
  return {
    queryable,
    store,
    load: async (series) => {
      await insert(store, series, ids, shift);
      inner.loaded({ signal: 'metrics', ...timesOf(series, shift) });
    },
    loadExemplars: async (series) => {
      for (const { labels, exemplars } of series)
        for (const one of exemplars) await insertExemplar(store, ids.get(labels.key)!, one, shift);
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

function timesOf(series: readonly LoadedSeries[], shift: number) {
  const times = series.flatMap(({ samples }) => samples.map(({ timeMs }) => timeMs + shift));
  return { oldestMs: Math.min(...times), newestMs: Math.max(...times) };
}

async function insert(
  store: TestStore,
  series: readonly LoadedSeries[],
  ids: Map<string, bigint>,
  shift: number,
): Promise<void> {
  const samples: string[] = [];
  const stale: { id: bigint; time: number }[] = [];
  const rows: string[] = [];
  for (const { labels, samples: points } of series) {
    const floats = points.filter(({ value }) => typeof value !== 'object');
    if (floats.length === 0) continue;
    let id = ids.get(labels.key);
    if (id === undefined) {
      id = BigInt(ids.size + 1) << 40n;
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
        first: dateTime(first),
        last: dateTime(last),
        written: dateTime(machineClock.now()),
      }),
    );
    for (const { timeMs, value, startMs } of floats) {
      const start = startMs === 0 ? 0 : startMs + shift;
      if (value === 'stale') stale.push({ id, time: timeMs + shift });
      else
        samples.push([id, dateTime(timeMs + shift), ...columnsOf(Number(value)), dateTime(start)].join('\t'));
    }
  }
  const insertRows = (into: string, lines: readonly string[]) =>
    store.clickhouse.insert({
      sql: `INSERT INTO ${into}`,
      body: Buffer.from(`${lines.join('\n')}\n`),
      what: 'test',
    });
  if (samples.length > 0)
    await insertRows('samples (id, ts, int, float, start) FORMAT TabSeparated', samples);
  if (stale.length > 0) {
    await store.clickhouse.command({
      sql: `INSERT INTO samples (id, ts, int, float, start)
        SELECT s.1, fromUnixTimestamp64Milli(s.2), 0, reinterpretAsFloat64(toUInt64(0x7ff0000000000002)), toDateTime64(0, 3)
        FROM (SELECT arrayJoin(arrayZip({ids:Array(UInt64)}, {times:Array(Int64)})) AS s)`,
      parameters: { ids: stale.map(({ id }) => id), times: stale.map(({ time }) => time) },
      what: 'test',
    });
  }
  if (rows.length > 0) await insertRows('series FORMAT JSONEachRow', rows);
}

async function insertExemplar(
  store: TestStore,
  id: bigint,
  exemplar: Exemplar,
  shift: number,
): Promise<void> {
  const own = exemplar.labels.without('trace_id', 'span_id').toLabels();
  await store.clickhouse.command({
    sql: `INSERT INTO exemplars (id, ts, value, trace_id, span_id, labels)
      SELECT {id:UInt64}, fromUnixTimestamp64Milli({time:Int64}, 'UTC'), toFloat64({value:String}), unhex({trace:String}),
        unhex({span:String}), CAST(({names:Array(String)}, {values:Array(String)}), 'Map(String, String)')`,
    parameters: {
      id,
      time: exemplar.timeMs + shift,
      value: String(exemplar.value).replace('Infinity', 'inf'),
      trace: exemplar.labels.get('trace_id'),
      span: exemplar.labels.get('span_id'),
      names: Object.keys(own),
      values: Object.values(own),
    },
    what: 'test',
  });
}

const dateTime = (ms: number): string => new Date(ms).toISOString().slice(0, -1).replace('T', ' ');

/** `int` and `float` as the loader fills them. */
function columnsOf(value: number): readonly [number, string] {
  if (Number.isInteger(value) && Math.abs(value) <= 2 ** 53 && !Object.is(value, -0)) return [value, '0'];
  if (Number.isNaN(value)) return [0, 'nan'];
  return [0, Object.is(value, -0) ? '-0' : String(value).replace('Infinity', 'inf')];
}
