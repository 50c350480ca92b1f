import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Clock, durationMs } from '../../model/units.ts';
import { type LoadingStore, openLoadingStore } from '../testing/loading-store.ts';
import { machineClock } from '../testing/store.ts';
import { encodeMetrics, encodeTraces } from './testing/otlp-encode.ts';

const T0_MS = 1_795_320_000_000;
const T0 = BigInt(T0_MS) * 1_000_000n;
const KILLS = 20;

/** Runs ahead by what it was told, so that an engine that is killed again and again is not taken for one that cannot live. */
let aheadMs = 0;
const engineClock: Clock = {
  now: machineClock.now,
  monotonic: () => durationMs(machineClock.monotonic() + aheadMs),
};

let store: LoadingStore;

beforeAll(async () => {
  store = await openLoadingStore(engineClock);
});
afterAll(() => store.close());

let spans = 0;
let points = 0;
let deltas = 0;

/** Seals a segment of 200 spans, and one of 100 points of a gauge, a delta and a delta histogram. */
function add(): void {
  const sent = Array.from({ length: 200 }, () => {
    const index = spans++;
    return {
      traceId: index.toString(16).padStart(32, '0'),
      spanId: (index + 1).toString(16).padStart(16, '0'),
      name: 'POST /orders',
      kind: 2,
      startNano: T0 + BigInt(index),
      endNano: T0 + BigInt(index) + 5_000_000n,
    };
  });
  const traces = encodeTraces({ 'service.name': 'order' }, sent);
  store.segments.add('traces', [{ bytes: traces, items: 200, rows: 200 }], [T0_MS, T0_MS + 1000]);

  const gauge = Array.from({ length: 100 }, () => ({
    timeNano: T0 + BigInt(points) * 1_000_000n,
    value: points++,
  }));
  const timeNano = T0 + BigInt(points) * 1_000_000n;
  const exponential = { timeNano, count: 1n, sum: 1, scale: 0, zeroCount: 1n };
  const metrics = encodeMetrics({ 'service.name': 'order', 'service.instance.id': 'i1' }, [
    { name: 'g', gauge },
    { name: 'd', sum: { temporality: 1, points: [{ timeNano, value: 1 }] } },
    { name: 'h', exponential: { temporality: 1, points: [exponential] } },
  ]);
  store.segments.add('metrics', [{ bytes: metrics, items: 102, rows: 102 }], [T0_MS, T0_MS + points]);
  deltas++;
}

async function kill(): Promise<void> {
  const back = new Promise<void>((resolve) => {
    const forget = store.engine.onRestart(() => {
      forget();
      resolve();
    });
  });
  aheadMs += 61_000;
  const pid = store.engine.pid();
  if (pid === null) throw new Error('The engine is down before it was killed');
  process.kill(pid, 'SIGKILL');
  await back;
}

it(`what was acknowledged is there once when the engine is killed ${KILLS} times in the middle of loads`, {
  timeout: 600_000,
}, async () => {
  await store.start();
  for (let kills = 0; kills < KILLS; kills++) {
    for (let each = 0; each < 4; each++) add();
    // Somewhere within the loads; where exactly, the machine's load decides.
    await new Promise((resolve) => setTimeout(resolve, (kills * 37) % 450));
    const back = kill();
    if (kills % 5 === 4) {
      await store.stop();
      store.segments.restart();
      await store.start();
    }
    await back;
  }
  await store.loaded();

  const { rows } = store;
  expect(await rows('SELECT count() AS n, uniqExact(trace_id) AS traces FROM spans')).toEqual([
    { n: String(spans), traces: String(spans) },
  ]);
  for (const fed of [
    'spans) AS n FROM traces',
    'spans) AS n FROM span_arrivals',
    'calls) AS n FROM span_totals',
  ])
    expect(await rows(`SELECT sum(${fed}`), fed).toEqual([{ n: String(spans) }]);
  const of = (name: string) => `FROM samples WHERE id IN (SELECT id FROM series WHERE name = '${name}')`;
  expect(await rows(`SELECT count() AS n, sum(value) AS s ${of('g')}`)).toEqual([
    { n: String(points), s: (points * (points - 1)) / 2 },
  ]);
  expect(await rows(`SELECT count() AS n, max(value) AS last ${of('d_total')}`)).toEqual([
    { n: String(deltas), last: deltas },
  ]);
  expect(
    await rows('SELECT count() AS n, max(count) AS last, max(sum) AS sum FROM native_histograms'),
  ).toEqual([{ n: String(deltas), last: deltas, sum: deltas }]);
});
