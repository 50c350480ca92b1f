import { setImmediate as nextTurn } from 'node:timers/promises';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { afterEach, describe, expect, it } from 'vitest';
import { StoreUnavailableError } from '../../promql/queryable.ts';
import { StoreError } from '../../storage/clickhouse/errors.ts';
import { systemClock } from '../clock.ts';
import { createTraceQueries, type TraceQueries, type TraceQueriesOptions } from './trace-queries.ts';

let traces: TraceQueries;
afterEach(() => traces.stop());

function start(options: Partial<TraceQueriesOptions> = {}): void {
  traces = createTraceQueries({
    clickhouse: { url: '', username: '', password: '' },
    timeoutMs: 60_000,
    clock: systemClock,
    logger: pino({ level: 'silent' }),
    registry: new Registry(),
    entry: new URL('./testing/troubled-thread.ts', import.meta.url),
    ...options,
  });
}

const stays = () => new AbortController().signal;
const piecesOf = (traceId: string, abort = stays()) => traces.ask('pageTrace', { traceId }, abort);
const textOf = async (traceId: string, abort?: AbortSignal): Promise<string> =>
  Buffer.concat(await Array.fromAsync(piecesOf(traceId, abort))).toString();
const WHOLE = `first ${'a'.repeat(100_000)} last`;

const figures = async () =>
  Object.fromEntries((await traces.metrics()).map(({ name, values }) => [name, values[0]?.value]));

describe('questions about traces', () => {
  it('are answered in pieces, or with none', async () => {
    start();
    expect(await textOf('whole')).toBe(WHOLE);
    expect(await textOf('none')).toBe('');
  });

  it('fail with the errors that they were given, before the answer and in it', async () => {
    start();
    await expect(textOf('away')).rejects.toEqual(new StoreError('unavailable', 'the store is away'));
    const pieces = piecesOf('cut');
    expect(String(Buffer.from((await pieces.next()).value))).toBe('half of ');
    await expect(pieces.next()).rejects.toEqual(
      new StoreError('memory', 'too little memory for the other half'),
    );
  });

  it('get their next piece when the last one was taken', async () => {
    start();
    const pieces = piecesOf('whole');
    await pieces.next();
    expect(await textOf('whole')).toBe(WHOLE);
    // Three of the one that was read, one of the other.
    expect(await figures()).toMatchObject({ sent_total: 4 });
    expect(Buffer.concat(await Array.fromAsync(pieces)).length).toBe(100_005);
  });

  it('do not wait for slow clients of others', async () => {
    start();
    const begun = Array.from({ length: 20 }, () => piecesOf('whole'));
    for (const each of begun) await each.next();
    expect(await textOf('whole')).toBe(WHOLE);
    for (const each of begun) await each.return(undefined);
  });

  it('end when nobody waits, in the thread too', async () => {
    start();
    const leave = new AbortController();
    const asked = textOf('slow', leave.signal);
    await textOf('none');
    leave.abort(new Error('left'));
    await expect(asked).rejects.toThrow('left');
    await expect.poll(figures).toMatchObject({ ended_total: 1 });
  });

  it('end at their time', async () => {
    start({ timeoutMs: 1_000 });
    await expect(textOf('slow')).rejects.toThrow('query timed out in query execution');
  });

  it('leave everybody else free while they are worked out', async () => {
    start();
    await textOf('none');
    const leave = new AbortController();
    let ended = false;
    const asked = textOf('endless', leave.signal).finally(() => {
      ended = true;
    });
    for (let turn = 0; turn < 1_000; turn++) await nextTurn();
    expect(ended).toBe(false);
    leave.abort(new Error('left'));
    await expect(asked).rejects.toThrow('left');
  });
});

describe('the thread of traces', () => {
  it('is replaced when it gets stuck, and says so to who asked', async () => {
    start({ stuckMs: 500 });
    const lost = new StoreUnavailableError(
      'The thread of traces was replaced (it did not move for 0.5 s): ask again, and for less at once if you asked for much',
    );
    expect(await Promise.allSettled([textOf('slow'), textOf('endless')])).toEqual([
      { status: 'rejected', reason: lost },
      { status: 'rejected', reason: lost },
    ]);
    await expect.poll(() => textOf('whole').catch(() => ''), { timeout: 30_000 }).toBe(WHOLE);
  });

  it('that does not start is told to who asks, who may ask again', async () => {
    start({ entry: new URL('data:text/javascript,throw new Error("no such luck")') });
    for (let time = 0; time < 2; time++)
      await expect(textOf('whole')).rejects.toEqual(
        new StoreUnavailableError('The thread of traces did not start: no such luck: ask again in a moment'),
      );
  });
});
