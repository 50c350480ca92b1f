import { describe, expect, test } from 'vitest';
import { incidentEventStoreContract } from '../storage/postgres/contract/incident-event-store.ts';
import type { IncidentEventStore } from '../storage/postgres/stores.ts';
import { createMemoryIncidentEventStore } from './memory-incident-events.ts';
import { alertOf, IncidentStory } from './testing/incident-story.ts';

const PRICE = alertOf('UnitsUnderPriceFloor');
const QUOTA = alertOf('UnitsBeyondQuota', { runbookId: 'oversell' });
const SURGE = alertOf('CrowdSurgeForecast', {
  value: 4.4,
  runbookId: 'crowd-surge',
  labels: { venue_id: 'harbour' },
});

describe('memory store', () => incidentEventStoreContract(async () => createMemoryIncidentEventStore()));

describe('alerts', () => {
  test('of one campaign make one incident, which takes the severity of the worst', async () => {
    const story = new IncidentStory();
    await story.tell('pending', PRICE);
    await story.tell('firing', PRICE);
    await story.pass(1).tell('firing', QUOTA);
    await story.pass(1).tell('firing', SURGE);
    expect(story.story()).toEqual([
      'i1 opened SEV2',
      'i1 alert_joined UnitsUnderPriceFloor',
      'i1 alert_joined UnitsBeyondQuota',
      'i1 alert_joined CrowdSurgeForecast',
      'i1 severity_changed SEV1',
    ]);
    expect(await story.incidents.get('i1')).toMatchObject({
      title: 'CrowdSurgeForecast fires, and 2 more alerts',
      state: 'open',
      severity: 'SEV1',
      safety: true,
      campaignId: 'one-cent-tickets',
      alertsFiring: 3,
      alerts: [
        { name: 'CrowdSurgeForecast' },
        { name: 'UnitsUnderPriceFloor' },
        { name: 'UnitsBeyondQuota' },
      ],
      runbooks: [{ id: 'crowd-surge' }, { id: 'price-floor-breach' }, { id: 'oversell' }],
    });
    expect(story.incidents.incidentOf(SURGE.fingerprint)).toBe('i1');
  });

  test('of another campaign open another incident; tickets and information only join', async () => {
    const story = new IncidentStory();
    const ticket = alertOf('PickupMismatches', { severity: 'ticket' });
    await story.tell('firing', ticket);
    expect(story.story()).toEqual([]);
    await story.tell('firing', PRICE);
    await story.tell('firing', ticket);
    await story.tell('firing', alertOf('UnitsUnderPriceFloor', { campaignId: 'ten-million-teas' }));
    expect(story.story()).toEqual([
      'i1 opened SEV2',
      'i1 alert_joined UnitsUnderPriceFloor',
      'i1 alert_joined PickupMismatches',
      'i2 opened SEV2',
      'i2 alert_joined UnitsUnderPriceFloor',
    ]);
  });

  test('without a campaign join by alert and service', async () => {
    const story = new IncidentStory();
    const of = (job: string, instance: string) =>
      alertOf('ServiceErrors', { campaignId: null, labels: { job, instance } });
    await story.tell('firing', of('orders', 'a'));
    await story.tell('firing', of('orders', 'b'));
    await story.tell('firing', of('dispatch', 'a'));
    expect(story.story()).toEqual([
      'i1 opened SEV2',
      'i1 alert_joined ServiceErrors',
      'i1 alert_joined ServiceErrors',
      'i2 opened SEV2',
      'i2 alert_joined ServiceErrors',
    ]);
  });

  test('that resolve are noted; the incident stays open and says so', async () => {
    const story = new IncidentStory();
    await story.tell('firing', PRICE);
    await story.tell('firing', QUOTA);
    story.story();
    await story.tell('resolved', PRICE);
    await story.tell('resolved', QUOTA);
    expect(story.story()).toEqual([
      'i1 alert_resolved UnitsUnderPriceFloor',
      'i1 alert_resolved UnitsBeyondQuota',
      'i1 commented',
    ]);
    const incident = await story.incidents.get('i1');
    expect(incident).toMatchObject({ state: 'open', alertsFiring: 0 });
    expect(incident.events.at(-1)).toMatchObject({
      actor: { kind: 'system' },
      body: { text: expect.stringContaining('stays open until somebody resolves it') },
    });
    expect(story.incidents.incidentOf(PRICE.fingerprint)).toBeNull();
  });

  test('that are told twice, or again after a restart, are taken once', async () => {
    const story = new IncidentStory();
    await story.tell('firing', PRICE);
    await story.tell('firing', PRICE);
    story.restart();
    await story.tell('restored', PRICE);
    await story.tell('resolved', PRICE);
    await story.tell('resolved', PRICE);
    story.restart();
    await story.tell('firing', PRICE);
    expect(story.story()).toEqual([
      'i1 opened SEV2',
      'i1 alert_joined UnitsUnderPriceFloor',
      'i1 alert_resolved UnitsUnderPriceFloor',
      'i1 commented',
    ]);
  });

  test('that fire on in an incident that people resolved do not open it again', async () => {
    const story = new IncidentStory();
    await story.tell('firing', SURGE);
    await story.incidents.resolve('i1', 'Li Lei', 'the park is empty');
    story.restart();
    await story.tell('restored', SURGE);
    await story.tell('updated', { ...SURGE, value: 9 });
    expect(await story.incidents.get('i1')).toMatchObject({ state: 'resolved' });
    expect(await story.incidents.list()).toHaveLength(1);
    await story.tell('resolved', SURGE);
    expect(await story.incidents.get('i1')).toMatchObject({ state: 'resolved', alertsFiring: 0 });
  });

  test.each([
    {
      minutes: 30,
      what: 'opens it again',
      expected: ['i1 reopened', 'i1 alert_joined UnitsUnderPriceFloor'],
    },
    {
      minutes: 31,
      what: 'opens another',
      expected: ['i2 opened SEV2', 'i2 alert_joined UnitsUnderPriceFloor'],
    },
  ])(
    'one that fires again $minutes min after the incident was resolved $what',
    async ({ minutes, expected }) => {
      const story = new IncidentStory();
      await story.tell('firing', PRICE);
      await story.tell('resolved', PRICE);
      await story.incidents.resolve('i1', 'Li Lei', 'price corrected');
      story.story();
      story.pass(minutes);
      await story.tell('firing', { ...PRICE, activeAtMs: PRICE.activeAtMs + minutes * 60_000 });
      expect(story.story()).toEqual(expected);
    },
  );

  test('that get worse raise the severity once; what people lowered stays until another danger joins', async () => {
    const story = new IncidentStory();
    const surge = { ...SURGE, value: 3.2 };
    await story.tell('firing', surge);
    await story.tell('updated', { ...surge, value: 3.9 });
    await story.tell('updated', { ...surge, value: 4 });
    await story.tell('updated', { ...surge, value: 11 });
    await story.incidents.setSeverity('i1', 'Li Lei', 'SEV3', 'the venue is closed that day');
    await story.tell('updated', { ...surge, value: 12 });
    await story.tell('updated', { ...surge, value: 3 });
    expect(story.story()).toEqual([
      'i1 opened SEV2',
      'i1 alert_joined CrowdSurgeForecast',
      'i1 severity_changed SEV1',
      'i1 severity_changed SEV3',
    ]);
    await story.tell('firing', alertOf('CrowdSurgeForecast', { value: 5, labels: { venue_id: 'lagoon' } }));
    expect(story.story()).toEqual(['i1 alert_joined CrowdSurgeForecast', 'i1 severity_changed SEV1']);
  });

  test('whose value is not a density say when life is at risk', async () => {
    const story = new IncidentStory();
    const annotations = { summary: 'soon', sev1: '< 1200' };
    const soon = alertOf('CrowdSurgeWithinTheHour', { value: 3_000, annotations });
    await story.tell('firing', soon);
    await story.tell('updated', { ...soon, value: 1_100 });
    expect(story.story()).toEqual([
      'i1 opened SEV2',
      'i1 alert_joined CrowdSurgeWithinTheHour',
      'i1 severity_changed SEV1',
    ]);
  });
});

describe('people', () => {
  const declared = {
    by: 'Han Mei',
    title: 'People fell at the gate',
    severity: 'SEV1',
    safety: true,
  } as const;

  test('declare, acknowledge, lead, tell and resolve', async () => {
    const story = new IncidentStory();
    const { id } = await story.incidents.declare({
      ...declared,
      campaignId: null,
      reason: 'seen on the cameras',
    });
    await story.pass(1).incidents.acknowledge(id, 'Li Lei');
    await story.incidents.assignRole(id, 'Li Lei', 'commander', 'Li Lei');
    await story.incidents.assignRole(id, 'Li Lei', 'commander', 'Han Mei');
    await story.incidents.comment(id, 'Han Mei', 'the venue is on the phone');
    const incident = await story.incidents.resolve(id, 'Han Mei', 'nobody is hurt, the queue is gone');
    expect(incident).toMatchObject({
      title: 'People fell at the gate',
      state: 'resolved',
      commander: 'Han Mei',
      roles: [{ role: 'commander', person: 'Han Mei' }],
      nextUpdateDueMs: null,
    });
    expect(incident.events.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(incident.events.map(({ actor }) => actor.name)).toEqual([
      'Han Mei',
      'Li Lei',
      'Li Lei',
      'Li Lei',
      'Han Mei',
      'Han Mei',
    ]);
  });

  test('are refused what the state does not allow, and told why', async () => {
    const story = new IncidentStory();
    const { incidents } = story;
    const { id } = await incidents.declare({ ...declared, campaignId: null, reason: 'r' });
    const refused = async (work: Promise<unknown>) =>
      work.then(
        () => 'done',
        (error: { code: string }) => error.code,
      );
    const step = { by: 'Li Lei', runbookId: 'crowd-surge', stepId: 'stop-the-sale', note: '' };
    expect(await refused(incidents.acknowledge('i9', 'Li Lei'))).toBe('incident_not_found');
    expect(await refused(incidents.get('i9'))).toBe('incident_not_found');
    expect(await refused(incidents.reopen(id, 'Li Lei', 'r'))).toBe('incident_not_resolved');
    expect(await refused(incidents.setSeverity(id, 'Li Lei', 'SEV1', 'r'))).toBe('severity_unchanged');
    expect(await refused(incidents.setStep(id, { ...step, done: false }))).toBe('step_not_done');
    await incidents.acknowledge(id, 'Li Lei');
    expect(await refused(incidents.acknowledge(id, 'Han Mei'))).toBe('incident_already_acknowledged');
    await incidents.assignRole(id, 'Li Lei', 'scribe', 'Han Mei');
    expect(await refused(incidents.assignRole(id, 'Li Lei', 'scribe', 'Han Mei'))).toBe('role_unchanged');
    await incidents.setStep(id, { ...step, done: true });
    expect(await refused(incidents.setStep(id, { ...step, done: true }))).toBe('step_already_done');
    await incidents.resolve(id, 'Li Lei', 'over');
    for (const work of [
      incidents.acknowledge(id, 'Li Lei'),
      incidents.resolve(id, 'Li Lei', 'again'),
      incidents.setSeverity(id, 'Li Lei', 'SEV4', 'r'),
      incidents.assignRole(id, 'Li Lei', 'deputy', 'Li Lei'),
      incidents.setStep(id, { ...step, done: false }),
    ]) {
      expect(await refused(work)).toBe('incident_resolved');
    }
    const before = (await incidents.get(id)).events.length;
    expect(await refused(incidents.comment(id, 'Li Lei', 'afterwards'))).toBe('done');
    expect((await incidents.get(id)).events).toHaveLength(before + 1);
  });

  test('do steps, whose evidence stays with the event', async () => {
    const story = new IncidentStory();
    await story.tell('firing', SURGE);
    const evidence = [{ query: 'venue_forecast_people', atMs: 5, result: [{ value: 5_821 }] }];
    const step = {
      by: 'Li Lei',
      runbookId: 'crowd-surge',
      stepId: 'call-the-venue',
      done: true,
      note: 'reached',
    };
    const done = await story.incidents.setStep('i1', step, evidence);
    expect(done.runbooks).toEqual([
      {
        id: 'crowd-surge',
        stepsDone: [{ stepId: 'call-the-venue', by: 'Li Lei', note: 'reached', atMs: expect.any(Number) }],
      },
    ]);
    expect(done.events.at(-1)?.body).toMatchObject({ type: 'step_done', evidence });
    const undone = await story.incidents.setStep('i1', { ...step, done: false, note: 'wrong number' });
    expect(undone.runbooks).toEqual([{ id: 'crowd-surge', stepsDone: [] }]);
  });

  test('are told when the next word is due: 5 min, 5 more, then at most 20 apart for two hours', async () => {
    const story = new IncidentStory();
    await story.tell('firing', PRICE);
    const due = async () => story.minutesFromStart((await story.incidents.get('i1')).nextUpdateDueMs);
    const publish = (minutes: number | null) =>
      story.incidents.publishUpdate('i1', {
        ...{ by: 'Han Mei', audience: 'users', text: 'we are on it', nextUpdateInMinutes: minutes },
      });
    expect(await due()).toBe(5);
    story.pass(4);
    await publish(20);
    expect(await due()).toBe(9);
    story.pass(5);
    await publish(60);
    expect(await due()).toBe(29);
    story.pass(10);
    await publish(10);
    expect(await due()).toBe(29);
    story.pass(110);
    await publish(60);
    expect(await due()).toBe(189);
    await publish(null);
    expect(await due()).toBeNull();
    await story.incidents.resolve('i1', 'Han Mei', 'over');
    story.pass(1);
    await story.incidents.reopen('i1', 'Han Mei', 'it is back');
    expect(await due()).toBe(135);
  });

  test('see unresolved incidents first, the worst of them first', async () => {
    const story = new IncidentStory();
    for (const severity of ['SEV3', 'SEV1', 'SEV2'] as const) {
      await story.pass(1).incidents.declare({ ...declared, severity, campaignId: null, reason: 'r' });
    }
    await story.incidents.resolve('i2', 'Li Lei', 'over');
    expect((await story.incidents.list()).map(({ id }) => id)).toEqual(['i3', 'i1', 'i2']);
  });
});

describe('the wall clock', () => {
  test.each([60, -60])(
    'jumping by %d min and back stands in no log and reopens nothing it should not',
    async (minutes) => {
      const story = new IncidentStory();
      await story.tell('firing', PRICE);
      story.jump(minutes).pass(1);
      await story.incidents.comment('i1', 'Li Lei', 'while it was off');
      expect((await story.incidents.get('i1')).nextUpdateDueMs).toBe(PRICE.activeAtMs + 5 * 60_000);
      await story.tell('resolved', PRICE);
      await story.incidents.resolve('i1', 'Li Lei', 'over');
      story.jump(-minutes).pass(10);
      await story.tell('firing', { ...PRICE, activeAtMs: PRICE.activeAtMs + 11 * 60_000 });
      const { events, state } = await story.incidents.get('i1');
      expect(state).toBe('open');
      expect(events.map(({ atMs }) => story.minutesFromStart(atMs))).toEqual([0, 0, 1, 1, 1, 1, 11, 11]);
    },
  );
});

describe('writers of two processes', () => {
  test('both get their word in, in some order, with no gap', async () => {
    const story = new IncidentStory();
    await story.tell('firing', PRICE);
    const other = story.open();
    await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        [story.incidents, other].map((incidents) => incidents.comment('i1', 'Li Lei', `${index}`)),
      ).flat(),
    );
    const { events } = await story.incidents.get('i1');
    expect(events.map(({ sequence }) => sequence)).toEqual(
      Array.from({ length: 22 }, (_, index) => index + 1),
    );
  });

  test('a command is decided anew on what the other one wrote', async () => {
    const story = new IncidentStory();
    await story.tell('firing', PRICE);
    const other = story.open();
    await other.start();
    await story.incidents.resolve('i1', 'Li Lei', 'over');
    await expect(other.acknowledge('i1', 'Han Mei')).rejects.toMatchObject({ code: 'incident_resolved' });
    expect((await story.incidents.get('i1')).state).toBe('resolved');
  });
});

describe('a store that fails', () => {
  test('leaves the transition to be told again, and nothing half done', async () => {
    const memory = createMemoryIncidentEventStore();
    let failing = true;
    const store: IncidentEventStore = {
      ...memory,
      append: async (...parameters) => {
        if (failing) throw new Error('connection lost');
        return memory.append(...parameters);
      },
    };
    const story = new IncidentStory(store);
    await expect(story.tell('firing', PRICE)).rejects.toThrow('connection lost');
    failing = false;
    await story.tell('firing', PRICE);
    expect(story.story()).toEqual(['i2 opened SEV2', 'i2 alert_joined UnitsUnderPriceFloor']);
    expect(await story.incidents.list()).toHaveLength(1);
  });
});
