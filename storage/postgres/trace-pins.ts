import { tracePin } from '../../model/api/trace-pin.ts';
import type { Database } from './connection.ts';
import { databaseWork } from './database-error.ts';
import { and, desc, eq } from './drizzle.ts';
import { tracePins } from './schema.ts';
import { storableJson } from './storable-json.ts';
import type { TracePinStore } from './stores.ts';

const LISTED = 1_000;
const NO_INCIDENT = '';

/** Pinned traces in Postgres. */
export function createTracePinStore(database: Database): TracePinStore {
  return {
    add: (pin) =>
      databaseWork('pinning a trace', async () => {
        const { traceId, incidentId, by, atMs, note } = tracePin.parse(storableJson(pin));
        const added = await database
          .insert(tracePins)
          .values({ traceId, incidentId: incidentId ?? NO_INCIDENT, pinnedBy: by, atMs, note })
          .onConflictDoNothing()
          .returning({ traceId: tracePins.traceId });
        return added.length > 0;
      }),

    remove: ({ traceId, incidentId }) =>
      databaseWork('unpinning a trace', async () => {
        const removed = await database
          .delete(tracePins)
          .where(and(eq(tracePins.traceId, traceId), eq(tracePins.incidentId, incidentId ?? NO_INCIDENT)))
          .returning({ traceId: tracePins.traceId });
        return removed.length > 0;
      }),

    list: ({ incidentId } = {}) =>
      databaseWork('listing pinned traces', async () => {
        const rows = await database
          .select()
          .from(tracePins)
          .where(incidentId === undefined ? undefined : eq(tracePins.incidentId, incidentId))
          .orderBy(desc(tracePins.atMs), desc(tracePins.traceId))
          .limit(LISTED);
        return rows.map(({ pinnedBy, incidentId: incident, ...row }) =>
          tracePin.parse({ ...row, by: pinnedBy, incidentId: incident === NO_INCIDENT ? null : incident }),
        );
      }),

    traceIds: () =>
      databaseWork('reading pinned traces', async () => {
        const rows = await database.selectDistinct({ traceId: tracePins.traceId }).from(tracePins);
        return rows.map(({ traceId }) => traceId);
      }),
  };
}
