import { describe, expect, test } from 'vitest';
import { alertStateStoreContract } from './contract/alert-state-store.ts';
import { incidentEventStoreContract } from './contract/incident-event-store.ts';
import { tracePinStoreContract } from './contract/trace-pin-store.ts';
import { onBothEngines } from './testing/engines.ts';

onBothEngines((open) => {
  describe('alert states', () => alertStateStoreContract(async () => (await open()).alertStates));
  describe('trace pins', () => tracePinStoreContract(async () => (await open()).tracePins));
  describe('incident events', () => {
    incidentEventStoreContract(async () => (await open()).incidentEvents);

    test('the log is append-only, whoever asks', async () => {
      const { database, incidentEvents } = await open();
      await incidentEvents.append(
        [
          {
            incidentId: 'i1',
            sequence: 1,
            atMs: 1,
            actor: { kind: 'system', name: 'tidewarden' },
            body: {
              type: 'opened',
              title: 't',
              severity: 'SEV3',
              safety: false,
              campaignId: null,
              reason: 'r',
            },
          },
        ],
        {
          ...{ id: 'i1', title: 't', state: 'open', severity: 'SEV3', safety: false, campaignId: null },
          ...{ openedAtMs: 1, acknowledgedAtMs: null, resolvedAtMs: null, commander: null },
          ...{ nextUpdateDueMs: null, alertsFiring: 0, lastEventMs: 1 },
        },
      );
      for (const statement of ['DELETE FROM incident_events', `UPDATE incident_events SET at_ms = 0`]) {
        const refused = await Promise.resolve(database.execute(statement)).catch((error: unknown) => error);
        expect(String((refused as Error).cause)).toContain('append-only');
      }
    });
  });

  describe('annotations', () => {
    test('are found by any part of their time, oldest first', async () => {
      const { annotations } = await open();
      const sale = await annotations.create('a1', {
        time: 1_000,
        end: 5_000,
        kind: 'sale',
        text: 'night sale',
      });
      const deploy = await annotations.create('a2', {
        ...{ time: 3_000, kind: 'deploy', text: "order-service 2.4 'rc'" },
        ...{ campaign: 'one-cent-tickets', link: 'https://ci.example/42' },
      });
      expect(deploy).toMatchObject({ id: 'a2', time: 3_000, campaign: 'one-cent-tickets' });
      expect(await annotations.between({ fromMs: 4_000, toMs: 9_000 })).toEqual([sale]);
      expect(await annotations.between({ fromMs: 0, toMs: 3_000 })).toEqual([sale, deploy]);
      expect(await annotations.between({ fromMs: 0, toMs: 9_000, campaign: 'one-cent-tickets' })).toEqual([
        deploy,
      ]);
      expect(await annotations.between({ fromMs: 0, toMs: 9_000, limit: 1 })).toEqual([deploy]);
      expect(await annotations.between({ fromMs: 5_001, toMs: 9_000 })).toEqual([]);
    });
  });

  describe('campaign states', () => {
    test('the last state put is the one got', async () => {
      const { campaignStates } = await open();
      expect(await campaignStates.get('one-cent-tickets')).toBeNull();
      await campaignStates.put('one-cent-tickets', { sold: 12 }, 1);
      await campaignStates.put('one-cent-tickets', { sold: 13, text: ['nul\u0000', NaN] }, 2.5);
      expect(await campaignStates.get('one-cent-tickets')).toEqual({ sold: 13, text: ['nul\uFFFD', null] });
      expect([...(await campaignStates.all()).keys()]).toEqual(['one-cent-tickets']);
    });
  });

  test('answers a ping', async () => {
    const postgres = await open();
    await expect(postgres.ping()).resolves.toBeUndefined();
  });
});
