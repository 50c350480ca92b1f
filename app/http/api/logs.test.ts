import { get, type IncomingMessage } from 'node:http';
import express from 'express';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { logCounts, logSearchResult, logTailEvent } from '../../../model/api/log.ts';
import { problem } from '../../../model/api/problem.ts';
import type { Loaded } from '../../../model/telemetry.ts';
import { StoreError } from '../../../storage/clickhouse/errors.ts';
import { readArrivals } from '../../../storage/logs/arrivals.ts';
import { countLogs } from '../../../storage/logs/count-logs.ts';
import { searchLogs } from '../../../storage/logs/search-logs.ts';
import { loadLogs } from '../../../storage/logs/testing/load-logs.ts';
import { machineClock, openTestStore, type TestStore } from '../../../storage/testing/store.ts';
import { createLogTails } from '../../log-tails.ts';
import { problemHandler } from '../problem.ts';
import { mountRoutes, openApi } from '../route.ts';
import { ask, close, open, port } from '../testing/http-client.ts';
import { logRoutes } from './logs.ts';

const logger = pino({ level: 'silent' });
const listeners = new Set<(load: Loaded) => void>();
const NOW_MS = Math.floor(machineClock.now() / 1_000) * 1_000;
let store: TestStore;
let fail: Error | null = null;
let accepted = NOW_MS;

beforeAll(async () => {
  store = await openTestStore();
  const reads = { clickhouse: store.clickhouse, clock: machineClock };
  const routes = logRoutes(
    {
      search: (search, abort) => searchLogs(reads, search, abort),
      count: (request, abort) => countLogs(reads, request, abort),
      ...createLogTails({
        onLoad: (callback) => {
          listeners.add(callback);
          return () => listeners.delete(callback);
        },
        read: async (...asked) => {
          const error = fail;
          fail = null;
          if (error !== null) throw error;
          return readArrivals(reads, ...asked);
        },
        ...{ clock: machineClock, logger, clientsMax: 2, recordsMax: 5, pauseMs: 1 },
      }),
    },
    () => NOW_MS,
  );
  expect(JSON.stringify(openApi(routes, '1'))).toContain('text/event-stream');
  await open(express().set('query parser', 'simple').use(mountRoutes(routes)).use(problemHandler(logger)));
  await load(['first', 'second'], { code: 504 });
}, 60_000);
afterAll(async () => {
  await close();
  await store?.close();
});

/** Loads records, a millisecond apart and a second old, and tells of it as the loader does. */
async function load(bodies: readonly string[], attributes = {}) {
  accepted++;
  const logs = bodies.map((body, index) => ({
    timeNano: BigInt(NOW_MS - 1_000 + index) * 1_000_000n,
    ...{ severity: 9, body, attributes },
  }));
  const loaded = await loadLogs(store, accepted, { 'service.name': 'order' }, logs);
  for (const listener of listeners) listener(loaded);
}

const json = async (path: string) => {
  const { status, text } = await ask(path);
  expect(status, text).toBe(200);
  return JSON.parse(text);
};

describe('GET /api/logs', () => {
  it('pages through what matches', async () => {
    const first = logSearchResult.parse(await json('/api/logs?where=code%3D504&where=code!%3D5&limit=1'));
    expect(first).toMatchObject({ records: [{ body: 'second', attributes: { code: 504 } }], partial: false });
    const second = logSearchResult.parse(await json(`/api/logs?limit=1&before=${first.next}`));
    expect(second.records[0]?.body).toBe('first');
    const last = logSearchResult.parse(await json(`/api/logs?before=${second.next}`));
    expect(last).toEqual({ records: [], partial: false, reason: null, next: null });
  });

  it.each([
    ['where=code', 'query.where.0'],
    ['where=a%3D1&where=%3D2', 'query.where.1'],
    ['where=a%3E%22x%22', 'query.where.0'],
    [`where=${'a=1&where='.repeat(30)}a=1`, 'query.where'],
    ['trace=zz', 'query.trace'],
    ['span=1', 'query.span'],
    ['before=yesterday', 'query.before'],
    ['limit=0', 'query.limit'],
  ])('refuses %.30s', async (query, at) => {
    const { status, text } = await ask(`/api/logs?${query}`);
    expect([status, problem.parse(JSON.parse(text)).error.at]).toEqual([400, at]);
  });
});

describe('GET /api/logs/counts', () => {
  it('chooses a step that fits', async () => {
    const { stepMs, points } = logCounts.parse(await json('/api/logs/counts?service=order'));
    expect(stepMs).toBe(60_000);
    expect(points.reduce((sum, { info }) => sum + info, 0)).toBe(2);
  });
  it('refuses more steps than anybody can see', async () => {
    const { status, text } = await ask('/api/logs/counts?step=1000');
    expect(status).toBe(400);
    expect(problem.parse(JSON.parse(text)).error).toMatchObject({
      at: 'query.step',
      message: expect.stringContaining('at least 3600 milliseconds'),
    });
  });
});

describe('GET /api/logs/tail', () => {
  const openTail = async (query = '') => {
    const response = await new Promise<IncomingMessage>((answered, failed) => {
      get({ port: port(), path: `/api/logs/tail${query}`, agent: false }, answered).on('error', failed);
    });
    const tail = { response, events: [] as ReturnType<typeof logTailEvent.parse>[] };
    response.setEncoding('utf8');
    response.on('data', (text: string) => {
      for (const [, data] of text.matchAll(/^event: log\ndata: (.*)$/gm))
        tail.events.push(logTailEvent.parse(JSON.parse(data!)));
    });
    response.on('error', () => {});
    return tail;
  };
  const leave = async (...tails: { response: IncomingMessage }[]) => {
    for (const { response } of tails) response.destroy();
    await expect.poll(() => listeners.size).toBe(0);
  };
  const bodies = (event: ReturnType<typeof logTailEvent.parse> | undefined) =>
    event?.kind === 'records' ? event.records.map(({ body }) => body) : [];

  it('sends what comes and matches, and ends with its client', async () => {
    const all = await openTail();
    const some = await openTail('?text=COD');
    await load(['code', 'other']);
    await expect.poll(() => [all.events.length, some.events.length]).toEqual([2, 2]);
    expect(all.events[0]).toMatchObject({ kind: 'hello' });
    expect(bodies(all.events[1])).toEqual(['code', 'other']);
    expect(bodies(some.events[1])).toEqual(['code']);
    await leave(all, some);
  });

  it('sends no more at a time than it may, and says how many it left out', async () => {
    const tail = await openTail();
    await load(Array.from({ length: 8 }, (_, index) => `burst ${index}`));
    await expect.poll(() => tail.events).toHaveLength(2);
    expect(tail.events[1]).toMatchObject({ kind: 'records', dropped: 3 });
    expect(bodies(tail.events[1])).toEqual([3, 4, 5, 6, 7].map((index) => `burst ${index}`));
    await leave(tail);
  });

  it('says that the store is away, and shows later what came meanwhile', async () => {
    const tail = await openTail();
    fail = new StoreError('unavailable', 'gone');
    await load(['meanwhile']);
    await expect.poll(() => tail.events).toHaveLength(3);
    expect(tail.events[1]).toMatchObject({ kind: 'delayed' });
    expect(bodies(tail.events[2])).toEqual(['meanwhile']);
    await leave(tail);
  });

  it('has room for so many', async () => {
    const tails = [await openTail(), await openTail()];
    const { status, headers } = await ask('/api/logs/tail');
    expect([status, headers['retry-after']]).toEqual([503, '2']);
    await leave(...tails);
    await leave(await openTail());
  });
});
