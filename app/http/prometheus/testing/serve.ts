import express from 'express';
import { pino } from 'pino';
import type { RuleGroupStatus } from '../../../../alerts/rule-group-status.ts';
import type { AlertInstance } from '../../../../model/api/alert.ts';
import { type Clock, durationMs, epochMs } from '../../../../model/units.ts';
import { answeringWith } from '../../../../promql/answer-query.ts';
import { createPromql } from '../../../../promql/engine.ts';
import { MemoryStore } from '../../../../promql/memory-store.ts';
import type { Queryable } from '../../../../promql/queryable.ts';
import { type Answer, ask, open } from '../../testing/http-client.ts';
import { prometheusApi } from '../api.ts';

/** The present of these tests: 2026-01-01T00:00:00Z. */
export const NOW_S = 1_767_225_600;
export const API = '/prometheus/api/v1';
const clock: Clock = { now: () => epochMs(NOW_S * 1_000), monotonic: () => durationMs(performance.now()) };

/** Serves the API over a store until `close` of the HTTP client. */
export async function servePrometheus(
  given: {
    readonly queryable?: Queryable;
    readonly groups?: readonly RuleGroupStatus[];
    readonly active?: readonly AlertInstance[];
  } = {},
): Promise<void> {
  const queryable = given.queryable ?? new MemoryStore();
  const promql = createPromql({ queryable, clock, limits: { timeoutMs: 2_000 } });
  const app = express();
  app.set('query parser', 'simple');
  app.use(
    API,
    prometheusApi({
      promql,
      answerQuery: answeringWith(promql, clock),
      queryable,
      alerting: { groups: () => [...(given.groups ?? [])], active: () => [...(given.active ?? [])] },
      status: {
        version: '1.2.3',
        configYaml: 'http: 127.0.0.1:4320\n',
        flags: { http: '127.0.0.1:4320' },
        startedMs: (NOW_S - 60) * 1_000,
        retention: '30d',
        runtime: () => ({
          ...{ directory: '/srv', hostname: 'box' },
          ...{ activities: 3, threads: 2, memoryLimitBytes: 4_096 },
        }),
      },
      clock,
      logger: pino({ level: 'silent' }),
    }),
  );
  await open(app);
}

export type Given = Readonly<Record<string, string | readonly string[]>>;

export const encode = (given: Given): string =>
  new URLSearchParams(
    Object.entries(given).flatMap(([name, value]) =>
      [value].flat().map((each): [string, string] => [name, each]),
    ),
  ).toString();

const read = ({ text }: Answer) => JSON.parse(text);

export const get = async (path: string, given: Given = {}) =>
  read(await ask(`${API}${path}?${encode(given)}`));

export const post = async (path: string, given: Given) =>
  read(
    await ask(`${API}${path}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
      body: encode(given),
    }),
  );
