import { createAlertStateStore } from './alert-states.ts';
import { createAnnotationStore } from './annotations.ts';
import { createCampaignStateStore } from './campaign-states.ts';
import { databaseWork } from './database-error.ts';
import { sql } from './drizzle.ts';
import { openEmbedded } from './embedded.ts';
import { createIncidentEventStore } from './incident-events.ts';
import { migrate } from './migrate.ts';
import { openServer } from './server.ts';
import type { Postgres } from './stores.ts';
import { createTracePinStore } from './trace-pins.ts';

/**
 * Opens Postgres and brings it to the newest migration: the server at `url`, or where there is none the embedded
 * engine in `dataDirectory`, a directory of its own. `onIdleError` hears of connections that died while nobody used them.
 * @throws DatabaseError
 */
export async function openPostgres(options: {
  readonly url?: string | undefined;
  readonly dataDirectory: string;
  /** A folder that keeps a fresh embedded cluster to copy; it is made there where it is missing. */
  readonly templates?: string | undefined;
  readonly onIdleError?: (error: unknown) => void;
}): Promise<Postgres> {
  const connection =
    options.url === undefined
      ? await openEmbedded(options.dataDirectory, options.templates)
      : await openServer(options.url, options.onIdleError ?? (() => {}));
  try {
    await migrate(connection);
  } catch (error) {
    await connection.close();
    throw error;
  }
  const { database, kind } = connection;
  return {
    kind,
    database,
    incidentEvents: createIncidentEventStore(database),
    alertStates: createAlertStateStore(database),
    annotations: createAnnotationStore(database),
    campaignStates: createCampaignStateStore(database),
    tracePins: createTracePinStore(database),
    ping: () =>
      databaseWork('asking the database', async () => {
        await database.execute(sql`SELECT 1`);
      }),
    close: () => connection.close(),
  };
}
