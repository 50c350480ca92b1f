import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { METRIC_NAME } from '../../../model/labels.ts';
import type { LabelSet } from '../../../promql/label-set.ts';
import type { Exemplar, ExemplarSeries, Queryable } from '../../../promql/queryable.ts';
import type { LoadedSeries } from '../../../promql/testing/run-script.ts';
import { literal } from '../../clickhouse/literal.ts';
import { machineClock, openTestStore, type TestStore } from '../../testing/store.ts';
import {
  type ClickHouseQueryable,
  type ClickHouseQueryableOptions,
  createClickHouseQueryable,
} from '../clickhouse-queryable.ts';
import { HISTOGRAM_COLUMNS, RowBinary, SAMPLE_COLUMNS, writeHistogram, writeSample } from './row-binary.ts';
import { ShiftedQueryable } from './shifted-queryable.ts';

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

/** What goes without a disk's slowness: nothing here has to survive. */
const FAST =
  'MODIFY SETTING fsync_after_insert = 0, fsync_part_directory = 0, non_replicated_deduplication_window = 0';

/** An embedded ClickHouse that takes series as scripts give them. */
export async function openClickHouseScriptStore(
  options: Pick<ClickHouseQueryableOptions, 'headBytes' | 'batchSamples' | 'maxScanned' | 'maxSamples'> = {},
): Promise<ClickHouseScriptStore> {
  const store = await openTestStore();
  for (const table of ['samples', 'native_histograms', 'series'])
    await store.clickhouse.command({ sql: `ALTER TABLE ${table} ${FAST}`, what: 'test' });
  const shift = shiftMs();
  const ids = new SeriesIds();
  // The index is brought up to date with every load.
  const open = (): ClickHouseQueryable =>
    createClickHouseQueryable({
      ...store,
      ...options,
      clock: machineClock,
      indexMaxAgeMs: Number.MAX_VALUE,
    });
  let inner = open();
  const queryable = new ShiftedQueryable(() => inner, shift);
  return {
    queryable,
    store,
    load: async (series) => {
      await insert(store, series, ids, shift);
      if (series.length > 0) inner.loaded({ signal: 'metrics', ...timesOf(series, shift) });
      await inner.refresh();
    },
    loadExemplars: async (series) => {
      for (const { labels, exemplars } of series)
        for (const one of exemplars) await insertExemplar(store, ids.of(labels), one, shift);
    },
    clear: async () => {
      // What is left of samples belongs to ids that never come again.
      if (ids.clear()) await store.clickhouse.command({ sql: 'TRUNCATE TABLE series', what: 'test' });
      inner = open();
    },
    close: () => store.close(),
  };
}

function timesOf(series: readonly LoadedSeries[], shift: number) {
  const times = series.flatMap(({ samples }) => samples.map(({ timeMs }) => timeMs + shift));
  const newestMs = Math.max(...times);
  return { oldestMs: Math.min(...times), newestMs, acceptedMs: newestMs };
}

/** Gives each series an id, and another one after each clearing. */
class SeriesIds {
  readonly #ids = new Map<string, bigint>();
  #given = 0;

  of(labels: LabelSet): bigint {
    let id = this.#ids.get(labels.key);
    if (id === undefined) {
      id = BigInt(++this.#given) << 40n;
      this.#ids.set(labels.key, id);
    }
    return id;
  }

  /** Whether there were any. */
  clear(): boolean {
    const any = this.#ids.size > 0;
    this.#ids.clear();
    return any;
  }
}

async function insert(
  store: TestStore,
  series: readonly LoadedSeries[],
  ids: SeriesIds,
  shift: number,
): Promise<void> {
  const samples = new RowBinary();
  const histograms = new RowBinary();
  const rows: string[] = [];
  for (const [labels, points] of byLabels(series)) {
    const id = ids.of(labels);
    rows.push(JSON.stringify(seriesRow(id, labels, points, shift)));
    for (const { timeMs, value, startMs } of points) {
      const start = startMs === 0 ? 0 : startMs + shift;
      if (typeof value === 'object') writeHistogram(histograms, id, timeMs + shift, value, start);
      else writeSample(samples, id, timeMs + shift, value, start);
    }
  }
  await Promise.all([
    putRows(store, 'samples', SAMPLE_COLUMNS, samples),
    putRows(store, 'native_histograms', HISTOGRAM_COLUMNS, histograms),
    rows.length > 0 &&
      store.clickhouse.insert({
        sql: 'INSERT INTO series FORMAT JSONEachRow',
        body: Buffer.from(rows.join('\n')),
        what: 'test',
      }),
  ]);
}

/** Through a file, because chdb ends the data of an INSERT at the first two line feeds, and binary rows have those. */
async function putRows(store: TestStore, table: string, columns: string, rows: RowBinary): Promise<void> {
  const bytes = rows.bytes();
  if (bytes.length === 0) return;
  const path = join(store.directory, `${table}.bin`);
  await writeFile(path, bytes);
  const names = columns.replace(/ [A-Z][^,]*/g, '');
  await store.clickhouse.command({
    sql: `INSERT INTO ${table} (${names}) SELECT * FROM file(${literal(path)}, 'RowBinary', ${literal(columns)})`,
    what: 'test',
  });
}

/** Series with their samples; of two samples of one time the later one counts. */
function byLabels(series: readonly LoadedSeries[]): [LabelSet, LoadedSeries['samples']][] {
  const found = new Map<string, { labels: LabelSet; byTime: Map<number, LoadedSeries['samples'][number]> }>();
  for (const { labels, samples } of series) {
    const known = found.get(labels.key) ?? { labels, byTime: new Map() };
    for (const sample of samples) known.byTime.set(sample.timeMs, sample);
    if (known.byTime.size > 0) found.set(labels.key, known);
  }
  return Array.from(found.values(), ({ labels, byTime }) => [labels, [...byTime.values()]]);
}

function seriesRow(id: bigint, labels: LabelSet, points: LoadedSeries['samples'], shift: number) {
  const times = points.map(({ timeMs }) => timeMs + shift);
  return {
    name: labels.get(METRIC_NAME),
    id: String(id),
    labels: labels.without(METRIC_NAME).toLabels(),
    first: dateTime(Math.floor(Math.min(...times) / HOUR_MS) * HOUR_MS),
    last: dateTime(Math.floor(Math.max(...times) / HOUR_MS) * HOUR_MS + HOUR_MS),
    written: dateTime(machineClock.now()),
    native: points.some(({ value }) => typeof value === 'object'),
  };
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
