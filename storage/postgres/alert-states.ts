import { z } from 'zod';
import type { Database } from './connection.ts';
import { databaseWork } from './database-error.ts';
import { and, eq, sql } from './drizzle.ts';
import { alertStates } from './schema.ts';
import { storableJson, storableText } from './storable-json.ts';
import type { AlertStateStore } from './stores.ts';

/** Not `z.record`, which drops a label that is named `__proto__`. */
const texts = z.custom<Readonly<Record<string, string>>>(
  (value) =>
    typeof value === 'object' &&
    value !== null &&
    Object.values(value).every((text) => typeof text === 'string'),
);
const storedRow = z.object({
  ruleKey: z.string(),
  fingerprint: z.string(),
  state: z.enum(['pending', 'firing']),
  labels: texts,
  annotations: texts,
  value: z.number().nullable(),
  activeAtMs: z.number(),
  firedAtMs: z.number().nullable(),
  heldMs: z.number(),
  absentMs: z.number().nullable(),
  savedAtMs: z.number(),
});

/** Rows a statement: Postgres takes 65,535 parameters, a row has 11. */
const ROWS_MAX = 1_000;

/** Alert states in Postgres. */
export function createAlertStateStore(database: Database): AlertStateStore {
  return {
    load: () =>
      databaseWork('reading alert states', async () =>
        (await database.select().from(alertStates)).map((row) => storedRow.parse(row)),
      ),

    save: ({ upserts, removals }) =>
      databaseWork('writing alert states', async () => {
        if (upserts.length === 0 && removals.length === 0) return;
        await database.transaction(async (transaction) => {
          for (const { ruleKey, fingerprint } of removals) {
            await transaction
              .delete(alertStates)
              .where(
                and(eq(alertStates.ruleKey, storableText(ruleKey)), eq(alertStates.fingerprint, fingerprint)),
              );
          }
          for (let start = 0; start < upserts.length; start += ROWS_MAX) {
            const rows = upserts.slice(start, start + ROWS_MAX).map((state) => ({
              ...state,
              ruleKey: storableText(state.ruleKey),
              labels: storableJson(state.labels),
              annotations: storableJson(state.annotations),
            }));
            await transaction
              .insert(alertStates)
              .values(rows)
              .onConflictDoUpdate({
                target: [alertStates.ruleKey, alertStates.fingerprint],
                set: {
                  state: sql`excluded.state`,
                  labels: sql`excluded.labels`,
                  annotations: sql`excluded.annotations`,
                  value: sql`excluded.value`,
                  activeAtMs: sql`excluded.active_at_ms`,
                  firedAtMs: sql`excluded.fired_at_ms`,
                  heldMs: sql`excluded.held_ms`,
                  absentMs: sql`excluded.absent_ms`,
                  savedAtMs: sql`excluded.saved_at_ms`,
                },
              });
          }
        });
      }),
  };
}
