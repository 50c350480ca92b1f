import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Registry } from 'prom-client';
import { applyRetention } from '../storage/clickhouse/migrate.ts';
import { startLoader } from '../storage/loader/loader.ts';
import { TestSegments } from '../storage/testing/segments.ts';
import { machineClock, type TestStore, until } from '../storage/testing/store.ts';
import { SPANS_A_TRACE, TraceBodies, type TraceSet, traceStart } from './trace-bodies.ts';

export interface TraceLoad {
  readonly spans: number;
  readonly seconds: number;
  /** Of the engine and the loader, until no merge runs; making the requests is not in it. */
  readonly cpuSeconds: number;
  /** Of `spans` and `traces`. */
  readonly bytesEach: number;
  readonly parts: number;
}

const TRACES_A_REQUEST = 50;
/** About the 32 MiB at which the collector seals a segment under load. */
const REQUESTS_A_SEGMENT = 120;
const SEGMENTS_WAITING = 3;
const TICKS_PER_SECOND = 100;
const KEPT_DAYS = 10_000;

/** CPU of the engine and of this process, in seconds. */
function cpuSeconds(store: TestStore): number {
  const fields = readFileSync(`/proc/${store.engine.pid()}/stat`, 'utf8').split(' ');
  return (Number(fields[13]) + Number(fields[14])) / TICKS_PER_SECOND + ownSeconds();
}

function ownSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** Loads a set of traces as the product does, segment by segment, and waits until the merges are done. */
export async function loadTraceSet(
  store: TestStore,
  set: TraceSet,
  say: (line: string) => void,
): Promise<TraceLoad> {
  await applyRetention(store.clickhouse, {
    spansDays: KEPT_DAYS,
    logsDays: KEPT_DAYS,
    samplesDays: KEPT_DAYS,
    rolledUpDays: KEPT_DAYS,
    keptTracesDays: KEPT_DAYS,
  });
  const segments = new TestSegments(join(store.directory, 'wal'));
  const bodies = new TraceBodies(set);
  const started = performance.now();
  const before = cpuSeconds(store);
  const loader = await startLoader({
    segments,
    clickhouse: store.clickhouse,
    embedded: true,
    seriesPerMetric: 1,
    deadLetterDirectory: join(store.directory, 'dead-letter'),
    clock: machineClock,
    logger: store.logger,
    registry: new Registry(),
  });
  let making = 0;
  let segment = 0;
  for (let trace = 0; trace < set.traces; ) {
    const own = ownSeconds();
    trace = addSegment(segments, bodies, set, trace);
    making += ownSeconds() - own;
    if (++segment % 20 === 0) say(`${trace * SPANS_A_TRACE} spans made`);
    await until(() => segments.held() < SEGMENTS_WAITING, 600);
  }
  await until(() => segments.held() === 0, 600);
  const seconds = (performance.now() - started) / 1_000;
  await loader.stop();
  say('waiting for merges');
  await until(async () => (await figure(store, 'SELECT count() AS n FROM system.merges')) === 0, 600);
  const cpu = cpuSeconds(store) - before - making;
  const parts = `FROM system.parts WHERE active AND table IN ('spans', 'traces')`;
  const spans = set.traces * SPANS_A_TRACE;
  return {
    spans,
    seconds,
    cpuSeconds: cpu,
    bytesEach: (await figure(store, `SELECT sum(bytes_on_disk) AS n ${parts}`)) / spans,
    parts: await figure(store, `SELECT count() AS n ${parts}`),
  };
}

function addSegment(segments: TestSegments, bodies: TraceBodies, set: TraceSet, first: number): number {
  const end = Math.min(set.traces, first + TRACES_A_REQUEST * REQUESTS_A_SEGMENT);
  const records = [];
  for (let trace = first; trace < end; trace += TRACES_A_REQUEST) {
    const traces = Math.min(TRACES_A_REQUEST, end - trace);
    const items = traces * SPANS_A_TRACE;
    records.push({ bytes: bodies.request(trace, traces), items, rows: items });
  }
  const at = (trace: number): number => Number(traceStart(set, trace) / 1_000_000n);
  segments.add('traces', records, [at(first), at(end) + 1_000]);
  return end;
}

async function figure(store: TestStore, sql: string): Promise<number> {
  const [row] = await store.clickhouse.rows({ sql, what: 'bench' });
  return Number(row?.n ?? 0);
}
