import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RuleGroupStatus } from '../../../alerts/rule-group-status.ts';
import type { AlertInstance, AlertRule } from '../../../model/api/alert.ts';
import { close } from '../testing/http-client.ts';
import { type Given, get, NOW_S, servePrometheus } from './testing/serve.ts';

const instance = (state: AlertInstance['state'], value: number | null): AlertInstance => ({
  ...{ fingerprint: 'f', name: 'Down', state, severity: 'page', safety: false, value },
  labels: { job: 'order' },
  annotations: { summary: 'down' },
  ...{ activeAtMs: NOW_S * 1_000, firedAtMs: null, resolvedAtMs: null },
  ...{ runbookId: null, campaignId: null, incidentId: null },
});
const alerting = (name: string, state: AlertRule['state'], instances: AlertInstance[]) => ({
  kind: 'alerting' as const,
  rule: {
    ...{ name, group: 'g', file: 'a.yaml', query: 'up == 0', forMs: 60_000, keepFiringForMs: 0 },
    labels: { severity: name === 'Slow' ? 'ticket' : 'page' },
    annotations: {},
    ...{ runbookId: null, state, reason: 'query failed', instances },
    ...{ lastEvaluationMs: state === 'no_data' ? null : NOW_S * 1_000, evaluationMs: 4 },
  },
});
const recording = (name: string, lastError: string | null) => ({
  kind: 'recording' as const,
  ...{ name, query: 'sum(up)', labels: {}, lastError },
  ...{ lastEvaluationMs: NOW_S * 1_000, evaluationMs: 2 },
});
const GROUPS: readonly RuleGroupStatus[] = [
  {
    ...{ name: 'g', file: 'a.yaml', intervalMs: 15_000, limit: 7 },
    ...{ lastEvaluationMs: NOW_S * 1_000, evaluationMs: 250 },
    rules: [
      alerting('Down', 'firing', [instance('firing', 1), instance('pending', 2)]),
      recording('job:up:sum', null),
      alerting('Slow', 'pending', [instance('pending', 2)]),
      alerting('Blind', 'error', []),
      alerting('New', 'no_data', []),
    ],
  },
  {
    ...{
      name: 'h',
      file: 'b.yaml',
      intervalMs: 60_000,
      limit: 0,
      lastEvaluationMs: null,
      evaluationMs: null,
    },
    rules: [recording('broken', 'no such series')],
  },
  {
    ...{
      name: 'g',
      file: 'b.yaml',
      intervalMs: 60_000,
      limit: 0,
      lastEvaluationMs: null,
      evaluationMs: null,
    },
    rules: [alerting('Down', 'inactive', [])],
  },
];

describe('rules', () => {
  beforeAll(() =>
    servePrometheus({ groups: GROUPS, active: [instance('firing', null), instance('pending', 20)] }),
  );
  afterAll(close);

  it('are in groups, in Prometheus’s words', async () => {
    const { groups } = (await get('/rules')).data;
    expect(groups.map(({ file, name }: RuleGroupStatus) => `${file} ${name}`)).toEqual([
      'a.yaml g',
      'b.yaml h',
      'b.yaml g',
    ]);
    expect(groups[0]).toMatchObject({
      ...{ interval: 15, limit: 7, evaluationTime: 0.25, lastEvaluation: '2026-01-01T00:00:00.000Z' },
    });
    expect(groups[0].rules[0]).toEqual({
      ...{ state: 'firing', name: 'Down', query: 'up == 0', duration: 60, keepFiringFor: 0 },
      ...{ labels: { severity: 'page' }, annotations: {}, health: 'ok', type: 'alerting' },
      ...{ evaluationTime: 0.004, lastEvaluation: '2026-01-01T00:00:00.000Z' },
      alerts: ['firing', 'pending'].map((state, i) => ({
        ...{ labels: { alertname: 'Down', job: 'order' }, annotations: { summary: 'down' }, state },
        ...{ activeAt: '2026-01-01T00:00:00.000Z', value: `${i + 1}e+00` },
      })),
    });
    expect(groups[0].rules[1]).toEqual({
      ...{ name: 'job:up:sum', query: 'sum(up)', health: 'ok', type: 'recording' },
      ...{ evaluationTime: 0.002, lastEvaluation: '2026-01-01T00:00:00.000Z' },
    });
    expect(groups[0].rules.slice(2)).toMatchObject([
      { name: 'Slow', state: 'pending', health: 'ok' },
      { name: 'Blind', state: 'inactive', health: 'err', lastError: 'query failed' },
      { name: 'New', state: 'inactive', health: 'unknown', lastEvaluation: '0001-01-01T00:00:00Z' },
    ]);
    expect(groups[1].rules).toMatchObject([{ health: 'err', lastError: 'no such series' }]);
  });

  const names = async (given: Given): Promise<string[]> =>
    (await get('/rules', given)).data.groups.flatMap(
      ({ file, rules }: { file: string; rules: { name: string }[] }) =>
        rules.map(({ name }) => `${file} ${name}`),
    );

  it.each<[string, Given, string[]]>([
    ['type', { type: 'record' }, ['a.yaml job:up:sum', 'b.yaml broken']],
    ['type', { type: 'Alert', 'file[]': 'b.yaml' }, ['b.yaml Down']],
    ['name', { 'rule_name[]': ['Down', 'broken'] }, ['a.yaml Down', 'b.yaml broken', 'b.yaml Down']],
    ['group', { 'rule_group[]': 'h' }, ['b.yaml broken']],
    ['file', { 'file[]': ['b.yaml', 'c.yaml'] }, ['b.yaml broken', 'b.yaml Down']],
    ['labels', { 'match[]': '{severity="ticket"}' }, ['a.yaml Slow']],
    [
      'any of the matches',
      { 'match[]': ['{severity="ticket"}', '{severity=~"p.*"}'], 'rule_name[]': ['Slow', 'Blind'] },
      ['a.yaml Slow', 'a.yaml Blind'],
    ],
    ['nothing that is there', { 'rule_name[]': 'none' }, []],
  ])('are chosen by %s', async (_, given, wanted) => expect(await names(given)).toEqual(wanted));

  it('leave their alerts out on demand', async () => {
    const { groups } = (await get('/rules', { exclude_alerts: 'true', 'rule_name[]': 'Down' })).data;
    expect(groups[0].rules[0]).toMatchObject({ state: 'firing', alerts: null });
  });

  it('come in pages of groups', async () => {
    const first = (await get('/rules', { group_limit: '2' })).data;
    expect(first.groups).toHaveLength(2);
    const second = (await get('/rules', { group_limit: '2', group_next_token: first.groupNextToken })).data;
    expect(second.groups).toMatchObject([{ name: 'g', file: 'b.yaml' }]);
    expect(second).not.toHaveProperty('groupNextToken');
    expect((await get('/rules', { group_limit: '3' })).data).not.toHaveProperty('groupNextToken');
  });

  it.each<[Given, string]>([
    [{ type: 'both' }, 'invalid parameter "type": not supported value "both"'],
    [
      { exclude_alerts: 'maybe' },
      'invalid parameter "exclude_alerts": error converting exclude_alerts: "maybe" is neither true nor false',
    ],
    [{ group_limit: '0' }, 'invalid parameter "group_limit": group_limit needs to be greater than 0'],
    [{ group_limit: 'x' }, 'invalid parameter "group_limit": group_limit needs to be a valid number: "x"'],
    [
      { group_next_token: 'x' },
      'invalid parameter "group_next_token": group_limit needs to be present in order to paginate over the groups',
    ],
    [
      { group_limit: '1', group_next_token: 'x' },
      `invalid parameter "group_next_token": invalid group_next_token 'x'. were rule groups changed?`,
    ],
    [
      { 'match[]': '{' },
      'invalid parameter "match[]": 1:2: parse error: unexpected end of input inside braces',
    ],
  ])('are not given for %j', async (given, error) => {
    expect(await get('/rules', given)).toEqual({ status: 'error', errorType: 'bad_data', error });
  });

  it('have alerts', async () => {
    expect((await get('/alerts')).data.alerts).toMatchObject([
      { labels: { alertname: 'Down', job: 'order' }, state: 'firing', value: 'NaN' },
      { state: 'pending', value: '2e+01', activeAt: '2026-01-01T00:00:00.000Z' },
    ]);
  });
});
