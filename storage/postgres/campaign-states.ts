import type { Database } from './connection.ts';
import { databaseWork } from './database-error.ts';
import { eq } from './drizzle.ts';
import { campaignStates } from './schema.ts';
import { storableJson } from './storable-json.ts';
import type { CampaignStateStore } from './stores.ts';

/** Campaigns' runtime state in Postgres. */
export function createCampaignStateStore(database: Database): CampaignStateStore {
  return {
    get: (campaignId) =>
      databaseWork(`reading the state of campaign ${campaignId}`, async () => {
        const rows = await database
          .select({ state: campaignStates.state })
          .from(campaignStates)
          .where(eq(campaignStates.campaignId, campaignId));
        return rows[0]?.state ?? null;
      }),

    put: (campaignId, state, nowMs) =>
      databaseWork(`writing the state of campaign ${campaignId}`, async () => {
        const row = { state: storableJson(state), updatedAtMs: Math.round(nowMs) };
        await database
          .insert(campaignStates)
          .values({ campaignId, ...row })
          .onConflictDoUpdate({ target: campaignStates.campaignId, set: row });
      }),

    all: () =>
      databaseWork('reading the states of campaigns', async () => {
        const rows = await database.select().from(campaignStates);
        return new Map(rows.map((row) => [row.campaignId, row.state]));
      }),
  };
}
