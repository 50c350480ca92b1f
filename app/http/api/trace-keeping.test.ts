import express from 'express';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { problem } from '../../../model/api/problem.ts';
import { keepingPreview } from '../../../model/api/trace-keeping.ts';
import type { KeepPolicy } from '../../../storage/keeping/policy.ts';
import { keepPolicy } from '../../config/keep-policy.ts';
import { problemHandler } from '../problem.ts';
import { mountRoutes } from '../route.ts';
import { ask, close, open } from '../testing/http-client.ts';
import { traceKeepingRoutes } from './trace-keeping.ts';

const NOW_MS = 1_790_000_000_000;
const GIB = 2 ** 30;
const asked: { policy: KeepPolicy; fromMs: number; toMs: number }[] = [];

beforeAll(async () => {
  const amount = (traces: number) => ({ traces, spans: traces * 10, bytes: traces * GIB });
  const routes = traceKeepingRoutes(
    {
      policy: keepPolicy.parse({ matching: ['{ span.vip = true }'] }),
      keptTracesDays: 90,
      preview: async (policy, range) => {
        asked.push({ policy, ...range });
        const reasons = [{ reason: 'error' as const, ...amount(2), only: amount(1) }];
        return { bytesPerSpan: GIB / 10, all: amount(100), kept: amount(2), reasons };
      },
    },
    () => NOW_MS,
  );
  const app = express().set('query parser', 'simple').use(mountRoutes(routes));
  await open(app.use(problemHandler(pino({ level: 'silent' }))));
});
afterAll(() => close());

const preview = async (query: string) => {
  const { status, text } = await ask(`/api/traces/keeping/preview?${query}`);
  return { status, answer: JSON.parse(text) };
};

it('shows the configured policy of the last day, and what a month comes to', async () => {
  const { answer } = await preview('price=0.5');
  expect(keepingPreview.parse(answer)).toMatchObject({
    ...{ fromMs: NOW_MS - 86_400_000, toMs: NOW_MS },
    policy: { errors: true, sampledShare: 0.01, matching: ['{ span.vip = true }'] },
    kept: { traces: 2, spans: 20, bytes: 2 * GIB },
    perMonth: { traces: 60, spans: 600, bytes: 60 * GIB },
    settled: { days: 90, bytes: 180 * GIB, costPerMonth: 90 },
  });
});

it('takes a policy of the question', async () => {
  const { answer } = await preview(
    'errors=false&slowQuantile=0.5&sampledShare=0.2&matching=%7B%20status%20%3D%20ok%20%7D&keptTracesDays=10',
  );
  expect(keepingPreview.parse(answer).settled).toEqual({ days: 10, bytes: 20 * GIB, costPerMonth: null });
  expect(asked.at(-1)?.policy).toMatchObject({
    ...{ errors: false, sampledShare: 0.2, matching: ['{ status = ok }'], incidents: true },
    slow: { quantile: 0.5, timesMedian: 2, minTraces: 100 },
  });
});

it.each([
  ['sampledShare=2', 'query.sampledShare'],
  ['matching=%7B', 'query.matching.0'],
  ['matching=%7B%7D%20%3E%20%7B%7D', 'query.matching.0'],
  ['share=1', 'query.share'],
])('refuses %s', async (query, at) => {
  const { status, answer } = await preview(query);
  expect([status, problem.parse(answer).error.at]).toEqual([400, at]);
});
