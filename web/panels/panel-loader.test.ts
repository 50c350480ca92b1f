import { beforeEach, describe, expect, it, vi } from 'vitest';
import { type PanelData, PanelLoader, type PanelRequest } from './panel-loader.ts';
import type { PanelQuery, PanelQueryResult } from './panel-query.ts';
import { createQueryQueue } from './query-queue.ts';

interface Asked {
  readonly query: PanelQuery;
  readonly abort: AbortSignal;
  answer(value: number): void;
  fail(message: string): void;
}

let asked: Asked[];
let shown: PanelData[];
let loader: PanelLoader;
let time = 0;

beforeEach(() => {
  asked = [];
  shown = [];
  time = 0;
  loader = new PanelLoader({
    run: (query, abort) =>
      new Promise<PanelQueryResult>((resolve, reject) => {
        asked.push({
          query,
          abort,
          answer: (value) =>
            resolve({ series: [{ labels: {}, points: [[query.toMs, value]] }], warnings: [] }),
          fail: (message) => reject(new Error(message)),
        });
      }),
    queue: createQueryQueue(4),
    monotonic: () => time,
    publish: (data) => shown.push(data),
  });
});

const request = (toMs: number, over: Partial<PanelRequest> & { lengthMs?: number } = {}): PanelRequest => {
  const range = { fromMs: toMs - (over.lengthMs ?? 3_600_000), toMs };
  return {
    range,
    subject: over.subject ?? 'campaign a',
    plan: over.plan ?? {
      ok: true,
      queries: [
        { refId: 'A', legendFormat: undefined, query: { expr: 'x', ...range, stepMs: 1, instant: false } },
      ],
    },
  };
};

const now = (): PanelData => shown.at(-1)!;
const valueShown = (): number | null | undefined => now().result?.series[0]?.points[0]?.[1];
const askedFor = (count: number) => expect.poll(() => asked).toHaveLength(count);
const settled = (check: () => void) => vi.waitFor(check, 30_000);

describe('PanelLoader', () => {
  it('shows data with the moment at which it came', async () => {
    loader.load(request(1_000));
    expect(now()).toMatchObject({ loading: true, result: null });
    await askedFor(1);
    time = 42;
    asked[0]!.answer(7);
    await settled(() => expect(now()).toMatchObject({ loading: false, problem: null, arrivedAt: 42 }));
    expect(valueShown()).toBe(7);
  });

  it('lets a query that is slower than the refresh end, then asks for the newest', async () => {
    loader.load(request(1_000));
    await askedFor(1);
    loader.load(request(11_000));
    loader.load(request(21_000));
    expect(asked[0]!.abort.aborted).toBe(false);
    asked[0]!.answer(1);
    await askedFor(2);
    expect(asked[1]!.query.toMs).toBe(21_000);
    expect(now()).toMatchObject({ loading: true });
    expect(valueShown()).toBe(1);
    asked[1]!.answer(2);
    await settled(() => expect(valueShown()).toBe(2));
    expect(now().loading).toBe(false);
  });

  it('ends the old query at once when the reader zooms', async () => {
    loader.load(request(1_000));
    await askedFor(1);
    loader.load(request(1_000, { lengthMs: 60_000 }));
    await askedFor(2);
    expect(asked[0]!.abort.aborted).toBe(true);
    asked[0]!.answer(1);
    asked[1]!.answer(2);
    await settled(() => expect(valueShown()).toBe(2));
    expect(shown.some((data) => data.result?.series[0]?.points[0]?.[1] === 1)).toBe(false);
  });

  it('never shows the data of another campaign', async () => {
    loader.load(request(1_000));
    await askedFor(1);
    asked[0]!.answer(1);
    await settled(() => expect(valueShown()).toBe(1));
    loader.load(request(1_000, { subject: 'campaign b' }));
    expect(now()).toMatchObject({ loading: true, result: null });
  });

  it('keeps old data beside an error', async () => {
    loader.load(request(1_000));
    await askedFor(1);
    asked[0]!.answer(1);
    await settled(() => expect(valueShown()).toBe(1));
    loader.load(request(11_000));
    await askedFor(2);
    asked[1]!.fail('store is away');
    await settled(() => expect(now().problem).toEqual({ kind: 'failed', message: 'store is away' }));
    expect(valueShown()).toBe(1);
    loader.load(request(21_000));
    await askedFor(3);
    asked[2]!.answer(3);
    await settled(() => expect(now()).toMatchObject({ problem: null, loading: false }));
  });

  it('asks nothing while a variable has no value', () => {
    loader.load(
      request(1_000, { plan: { ok: false, problem: { kind: 'unset-variable', name: 'campaign' } } }),
    );
    expect(asked).toHaveLength(0);
    expect(now()).toMatchObject({ loading: false, problem: { kind: 'unset-variable', name: 'campaign' } });
  });

  it('ends everything when told to stop', async () => {
    loader.load(request(1_000));
    await askedFor(1);
    loader.load(request(11_000));
    const before = shown.length;
    loader.stop();
    expect(asked[0]!.abort.aborted).toBe(true);
    asked[0]!.answer(1);
    loader.load(request(31_000));
    await askedFor(2);
    expect(asked[1]!.query.toMs).toBe(31_000);
    expect(shown.slice(before).every((data) => data.result === null)).toBe(true);
  });
});
