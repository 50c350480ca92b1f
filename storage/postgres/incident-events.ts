import { incidentEvent, incidentSummary } from '../../model/api/incident.ts';
import type { Database } from './connection.ts';
import { databaseWork, errorCode } from './database-error.ts';
import { asc, desc, eq, ne, sql } from './drizzle.ts';
import { incidentEvents, incidents } from './schema.ts';
import { storableJson } from './storable-json.ts';
import type { IncidentEventStore } from './stores.ts';

const UNIQUE_VIOLATION = '23505';

/** Incidents in Postgres: the append-only log, and beside it each incident's summary as of its last event. */
export function createIncidentEventStore(database: Database): IncidentEventStore {
  return {
    append: (events, summary) =>
      databaseWork('writing incident events', async () => {
        const last = events.at(-1);
        if (last === undefined) return { kind: 'appended' };
        const projection = {
          state: summary.state,
          sequence: last.sequence,
          campaignId: summary.campaignId,
          openedAtMs: summary.openedAtMs,
          summary: storableJson(summary),
        };
        try {
          await database.transaction(async (transaction) => {
            await transaction.insert(incidentEvents).values(
              events.map((event) => ({
                incidentId: event.incidentId,
                sequence: event.sequence,
                atMs: event.atMs,
                actor: storableJson(event.actor),
                body: storableJson(event.body),
              })),
            );
            await transaction
              .insert(incidents)
              .values({ id: summary.id, ...projection })
              .onConflictDoUpdate({ target: incidents.id, set: projection });
          });
          return { kind: 'appended' };
        } catch (error) {
          if (errorCode(error) === UNIQUE_VIOLATION) return { kind: 'conflict' };
          throw error;
        }
      }),

    events: (incidentId) =>
      databaseWork(`reading incident ${incidentId}`, async () => {
        const rows = await database
          .select()
          .from(incidentEvents)
          .where(eq(incidentEvents.incidentId, incidentId))
          .orderBy(asc(incidentEvents.sequence));
        return rows.map((row) => incidentEvent.parse(row));
      }),

    summaries: (limit) =>
      databaseWork('listing incidents', async () => {
        const newest = database
          .select({ id: incidents.id })
          .from(incidents)
          .orderBy(desc(incidents.openedAtMs))
          .limit(limit);
        const rows = await database
          .select({ summary: incidents.summary })
          .from(incidents)
          .where(sql`${ne(incidents.state, 'resolved')} OR ${incidents.id} IN ${newest}`)
          .orderBy(desc(incidents.openedAtMs), desc(incidents.id));
        return rows.map((row) => incidentSummary.parse(row.summary));
      }),
  };
}
