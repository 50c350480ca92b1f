import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { alertStateStoreContract } from '../storage/postgres/contract/alert-state-store.ts';
import { openPostgres } from '../storage/postgres/open.ts';
import type { AlertStateStore, Postgres } from '../storage/postgres/stores.ts';
import { TEMPLATES } from '../storage/postgres/testing/engines.ts';
import { createMemoryAlertStateStore } from './memory-alert-states.ts';
import { AlertTimeline } from './testing/timeline.ts';

const SURGE = `
groups:
  - name: crowd
    rules:
      - alert: CrowdSurge
        expr: venue_forecast_density > 3
        for: 2m
        keep_firing_for: 1m
        labels: { severity: page, safety: "true" }
        annotations: { runbook: crowd-surge }
`;
const HARBOUR = 'venue_forecast_density{venue_id="harbour"}';

describe('memory store', () => alertStateStoreContract(async () => createMemoryAlertStateStore()));

/** The stories hold for every store. */
function stories(store: () => Promise<AlertStateStore>): void {
  const begin = async (rules = SURGE) => new AlertTimeline(rules, { store: await store() });

  test('a wait goes on where it was; the time away does not count', async () => {
    const story = await begin();
    story.set(HARBOUR, 4);
    await story.pass('1m15s');
    expect(story.story()).toEqual(['15s pending CrowdSurge@harbour']);
    await story.restart({ away: '5m' });
    await story.pass('45s');
    expect(story.story()).toEqual([]);
    await story.pass('1m');
    expect(story.story()).toEqual(['7m30s firing CrowdSurge@harbour']);
  });

  test('a wait that was interrupted for more than an hour begins anew', async () => {
    const story = await begin();
    story.set(HARBOUR, 4);
    await story.pass('1m30s');
    story.story();
    await story.restart({ away: '61m' });
    await story.pass('2m30s');
    expect(story.story()).toEqual(['62m45s pending CrowdSurge@harbour', '64m45s firing CrowdSurge@harbour']);
  });

  test.each([false, true])('what fires, fires on; it does not wait again (killed: %s)', async (killed) => {
    const story = await begin();
    story.set(HARBOUR, 4);
    await story.pass('3m');
    const [before] = story.alerting.active();
    story.story();
    await story.restart({ away: '3h', killed });
    await story.pass('15s');
    expect(story.story()).toEqual(['183m15s restored CrowdSurge@harbour']);
    const [after] = story.alerting.active();
    expect([after?.fingerprint, after?.activeAtMs, after?.firedAtMs]).toEqual([
      before?.fingerprint,
      before?.activeAtMs,
      before?.firedAtMs,
    ]);
  });

  test('what was over while nobody looked resolves on the first answer, and stays over', async () => {
    const story = await begin(SURGE.replace('keep_firing_for: 1m', ''));
    story.set(HARBOUR, 4);
    await story.pass('3m');
    story.story();
    story.set(HARBOUR, 1);
    await story.restart();
    await story.pass('1m');
    expect(story.story()).toEqual(['3m15s restored CrowdSurge@harbour', '3m15s resolved CrowdSurge@harbour']);
    await story.restart();
    await story.pass('1m');
    expect(story.story()).toEqual([]);
  });

  test('keep_firing_for goes on where it was', async () => {
    const story = await begin();
    story.set(HARBOUR, 4);
    await story.pass('3m');
    story.set(HARBOUR, 1);
    await story.pass('45s');
    story.story();
    await story.restart({ away: '5m' });
    await story.pass('1m');
    expect(story.story()).toEqual(['9m restored CrowdSurge@harbour', '9m30s resolved CrowdSurge@harbour']);
  });

  test.each(['3h', '-3h'])(
    'a wall clock that was set by %s meanwhile loses nothing that fires',
    async (jump) => {
      const story = await begin();
      story.set(HARBOUR, 4);
      await story.pass('3m');
      story.story();
      story.jump(jump);
      await story.restart();
      story.jump(jump.startsWith('-') ? jump.slice(1) : `-${jump}`);
      await story.pass('1m');
      expect(story.story()).toEqual(['3m15s restored CrowdSurge@harbour']);
      expect(story.alerting.active()).toMatchObject([{ state: 'firing' }]);
    },
  );

  test('a rule that is gone ends its alerts', async () => {
    const story = await begin();
    story.set(HARBOUR, 4);
    await story.pass('3m');
    story.story();
    await story.restart({ rules: 'groups: []' });
    await story.pass('15s');
    expect(story.story()).toEqual(['3m15s resolved CrowdSurge@harbour']);
    expect(story.heard.at(-1)).toMatchObject({ reason: 'its rule was removed' });
    await story.restart();
    await story.pass('15s');
    expect(story.story()).toEqual(['3m45s pending CrowdSurge@harbour']);
  });
}

describe('a restart, states in memory', () => stories(async () => createMemoryAlertStateStore()));

describe('a restart, states in Postgres', () => {
  const directory = mkdtempSync(join(tmpdir(), 'tidewarden-restart-'));
  let postgres: Postgres;
  beforeAll(async () => {
    postgres = await openPostgres({ dataDirectory: directory, templates: TEMPLATES });
  });
  afterAll(async () => {
    await postgres.close();
    rmSync(directory, { recursive: true, force: true });
  });
  stories(async () => {
    const kept = await postgres.alertStates.load();
    await postgres.alertStates.save({ upserts: [], removals: kept });
    return postgres.alertStates;
  });
});
