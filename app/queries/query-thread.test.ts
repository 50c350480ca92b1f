import { pino } from 'pino';
import { Registry } from 'prom-client';
import { afterEach, describe, expect, it } from 'vitest';
import { EvaluationError } from '../../promql/errors.ts';
import { isStaleAt, StoreUnavailableError, TooMuchError, wordsOf } from '../../promql/queryable.ts';
import { openGate } from './gate.ts';
import { type QueryThread, type QueryThreadOptions, startQueryThread } from './query-thread.ts';
import { createRemoteAnswers } from './remote-answers.ts';
import { createRemotePromql } from './remote-promql.ts';
import { createRemoteQueryable } from './remote-queryable.ts';

let thread: QueryThread | undefined;
afterEach(async () => {
  await thread?.stop();
  thread = undefined;
});

async function start(options: Partial<QueryThreadOptions> = {}) {
  thread = await startQueryThread({
    data: {
      clickhouse: { url: '', username: '', password: '' },
      keptDays: 30,
      limits: { maxSamples: 1_000_000, maxScanned: 1_000_000, timeoutMs: 5_000 },
      logLevel: 'silent',
    },
    logger: pino({ level: 'silent' }),
    registry: new Registry(),
    entry: new URL('./testing/memory-thread.ts', import.meta.url),
    ...options,
  });
  const remote = { thread, priority: 'people', gate: openGate, timeoutMs: 5_000 } as const;
  return {
    thread,
    promql: createRemotePromql(remote),
    answer: createRemoteAnswers(remote),
    queryable: createRemoteQueryable(remote),
  };
}

const selectorOf = (name: string) => [{ name: '__name__', operator: '=', value: name }] as const;
const hints = { func: '', rangeMs: 0, stepMs: 0, by: false, grouping: [] };
const upAtMinute = {
  ok: true,
  value: {
    type: 'vector',
    samples: [
      { labels: { __name__: 'up', job: 'gate' }, point: { value: 60 } },
      { labels: { __name__: 'up', job: 'order' }, point: { value: 60 } },
    ],
  },
};

describe('the thread of queries', () => {
  it('answers as an engine does', async () => {
    const { promql } = await start();
    expect(await promql.instant('up', 60_000)).toMatchObject(upAtMinute);
    const ranges = await promql.range('sum(up)', 0, 60_000, 30_000);
    expect(ranges).toMatchObject({
      value: { series: [{ values: Float64Array.of(0, 60, 120) }] },
    });
    expect(await promql.instant('sum(', 0)).toMatchObject({
      ok: false,
      error: { type: 'bad_data', position: { start: 4 } },
    });
    expect(await promql.instant('huge', 0)).toMatchObject({ ok: false, error: { type: 'too_many' } });
    expect(await promql.instant('away', 0)).toMatchObject({ ok: false, error: { type: 'unavailable' } });
    expect(promql.format('sum(x)by(a)')).toEqual({ ok: true, text: 'sum by (a) (x)' });
  });

  it('answers as the API does, encoded', async () => {
    const { answer } = await start();
    const found = await answer({ kind: 'instant', query: 'up', timeMs: 60_000 }, { limit: 1, stats: true });
    if (!found.ok) throw new Error(found.error.message);
    expect(found.stats).toEqual({ samples: 10 });
    expect(JSON.parse(Buffer.concat(await Array.fromAsync(found.body)).toString())).toMatchObject({
      status: 'success',
      data: {
        resultType: 'vector',
        result: [{ metric: { __name__: 'up', job: 'gate' }, value: [60, '60'] }],
        stats: { samples: { totalQueryableSamples: 10 } },
      },
      warnings: ['results truncated due to limit'],
    });
    expect(await answer({ kind: 'range', query: 'huge', startMs: 0, endMs: 1, stepMs: 1 }, {})).toMatchObject(
      {
        ok: false,
        error: { type: 'too_many' },
      },
    );
  });

  it('ends an answer that nobody waits for', async () => {
    const { answer } = await start();
    const leave = new AbortController();
    const asked = answer({ kind: 'instant', query: 'slow', timeMs: 0 }, { abort: leave.signal });
    leave.abort();
    expect(await asked).toMatchObject({ ok: false, error: { type: 'canceled' } });
    const long = await answer(
      { kind: 'range', query: 'up', startMs: 0, endMs: 10_000_000, stepMs: 1_000 },
      {},
    );
    for await (const piece of (long as { body: AsyncIterable<Uint8Array> }).body) {
      expect(piece.length).toBeGreaterThan(0);
      break;
    }
    expect(await answer({ kind: 'instant', query: 'up', timeMs: 60_000 }, {})).toMatchObject({ ok: true });
  });

  it('gives samples as the store does, staleness markers and all', async () => {
    const { queryable } = await start();
    const found = await queryable.select({
      matchers: [...selectorOf('up'), { name: 'job', operator: '=', value: 'gate' }],
      startMs: 30_000,
      endMs: 80_000,
      hints,
    });
    expect(found.map(({ labels, timestampsMs }) => [labels.toString(), [...timestampsMs]])).toEqual([
      ['up{job="gate"}', [45_000, 60_000, 75_000]],
    ]);
    const words = wordsOf(found[0]!.values);
    expect([0, 1, 2].map((i) => isStaleAt(words, i))).toEqual([false, false, true]);
  });

  it('knows series, labels and metadata', async () => {
    const { queryable } = await start();
    const all = { selectors: [], startMs: 0, endMs: 60_000 };
    expect((await queryable.series(all)).map(String)).toEqual(['up{job="gate"}', 'up{job="order"}']);
    expect(await queryable.labelNames(all)).toEqual(['__name__', 'job']);
    expect(await queryable.labelValues('job', all)).toEqual(['gate', 'order']);
    expect([...(await queryable.metadata({})).keys()]).toEqual(['up']);
  });

  it('fails with the errors that it was given', async () => {
    const { queryable } = await start();
    const select = (name: string) =>
      queryable.select({ matchers: selectorOf(name), startMs: 0, endMs: 1, hints });
    await expect(select('huge')).rejects.toEqual(new TooMuchError('series', 5));
    await expect(select('away')).rejects.toEqual(new StoreUnavailableError('the store is away'));
    await expect(select('broken')).rejects.toThrow('a defect');
    await expect(select('broken')).rejects.not.toThrow(EvaluationError);
  });

  it('hears what was loaded', async () => {
    const { thread, promql } = await start();
    thread.tell({ signal: 'metrics', oldestMs: 0, newestMs: 5_000, acceptedMs: 5_000 });
    expect(await promql.instant('loaded', 5_000)).toMatchObject({ value: { samples: [{}] } });
  });

  it('ends a query that nobody waits for, down to the store', async () => {
    const { promql, thread } = await start();
    const figures = async () =>
      (await thread.call('metrics', null, { priority: 'rules' })).map(({ values }) => values[0]?.value);
    const leave = new AbortController();
    const asked = promql.instant('slow', 0, { abort: leave.signal });
    await expect.poll(figures).toEqual([1, 0]);
    leave.abort();
    expect(await asked).toMatchObject({ ok: false, error: { type: 'canceled' } });
    await expect.poll(figures).toEqual([1, 1]);
  });

  it('ends a query at its time', async () => {
    const { promql } = await start();
    expect(await promql.instant('slow', 0, { timeoutMs: 20 })).toMatchObject({
      error: { type: 'timeout', message: expect.stringContaining('query timed out in ') },
    });
  });
});

describe('a thread of queries that is lost', () => {
  it.each([
    ['computes without end', 'endless', 'it did not move for 0.5 s'],
    ['runs out of memory', 'hungry', 'reaching memory limit'],
    ['ends', 'exit', 'it ended by itself'],
  ])('because it %s is replaced; its queries may be asked again', async (_, query, why) => {
    const { promql, queryable } = await start({ stuckMs: 500, maxHeapMiB: 32 });
    const waiting = promql.instant('slow', 0);
    const lost = await promql.instant(query, 0);
    expect(lost).toMatchObject({ ok: false, error: { type: 'unavailable' } });
    expect(lost.ok ? '' : lost.error.message).toContain(why);
    expect(await waiting).toMatchObject({ ok: false, error: { type: 'unavailable' } });
    await expect.poll(() => promql.instant('up', 60_000), { timeout: 10_000 }).toMatchObject(upAtMinute);
    expect(await queryable.labelNames({ selectors: [], startMs: 0, endMs: 60_000 })).toEqual([
      '__name__',
      'job',
    ]);
  });

  it('from the start is an error that says why', async () => {
    await expect(
      start({ entry: new URL('data:text/javascript,throw new Error("no such luck")') }),
    ).rejects.toThrow('The thread of queries did not start: no such luck');
  });
});
