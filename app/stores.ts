import { resolve } from 'node:path';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { Clock } from '../model/units.ts';
import { type ClickHouse, createClickHouse } from '../storage/clickhouse/clickhouse.ts';
import { applyRetention, migrate } from '../storage/clickhouse/migrate.ts';
import { startEngine } from '../storage/engine/supervisor.ts';
import { openPostgres } from '../storage/postgres/open.ts';
import type { Postgres } from '../storage/postgres/stores.ts';
import type { Config } from './config/schema.ts';
import { DATABASE_TEMPLATES } from './database-templates.ts';

/** Both stores, open and at their newest schema. */
export interface Stores {
  readonly clickhouse: ClickHouse;
  /** Where it is, for threads that need a client of their own. */
  readonly address: ClickHouseAddress;
  /** Whether ClickHouse is our own child process. */
  readonly embedded: boolean;
  readonly postgres: Postgres;
  close(): Promise<void>;
}

export interface ClickHouseAddress {
  readonly url: string;
  readonly username: string;
  readonly password: string;
  readonly database?: string;
}

export interface StoresOptions {
  readonly config: Config;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly registry: Registry;
}

/** Opens ClickHouse and Postgres, each embedded or at the configured address, side by side. */
export async function openStores(options: StoresOptions): Promise<Stores> {
  const opening = [openTelemetryStore(options), openRecords(options)] as const;
  try {
    const [telemetry, postgres] = await Promise.all(opening);
    return {
      clickhouse: telemetry.clickhouse,
      address: telemetry.address,
      embedded: telemetry.embedded,
      postgres,
      close: async () => {
        await telemetry.close();
        await postgres.close();
      },
    };
  } catch (error) {
    // The one that did open must not outlive the one that did not.
    for (const opened of await Promise.allSettled(opening)) {
      if (opened.status === 'fulfilled') await opened.value.close();
    }
    throw error;
  }
}

async function openTelemetryStore({ config, clock, logger, registry }: StoresOptions) {
  const server = config.clickhouse.url === undefined ? null : serverAddress(config.clickhouse.url);
  const engine =
    server === null
      ? await startEngine({
          dataDirectory: resolve(config.data, 'clickhouse'),
          clock,
          logger,
          registry,
          sessions: config.clickhouse.sessions,
        })
      : null;
  const address = server ?? { url: engine!.url, username: engine!.username, password: engine!.password };
  const clickhouse = createClickHouse({ ...address, registry });
  const close = async () => {
    await clickhouse.close();
    await engine?.stop();
  };
  try {
    const applied = await migrate(clickhouse, clock);
    if (applied.length > 0) logger.info({ versions: applied }, 'telemetry store: migrated');
    await applyRetention(clickhouse, config.retention);
  } catch (error) {
    await close();
    throw error;
  }
  return { clickhouse, address, embedded: engine !== null, close };
}

function openRecords({ config, logger }: StoresOptions): Promise<Postgres> {
  return openPostgres({
    url: config.postgres.url,
    dataDirectory: resolve(config.data, 'postgres'),
    templates: DATABASE_TEMPLATES,
    onIdleError: (error) =>
      logger.warn({ err: error }, 'a connection to Postgres died; a new one is made when it is needed'),
  });
}

/** Takes `http://user:password@host:8123/database` apart. */
function serverAddress(text: string): ClickHouseAddress {
  const url = new URL(text);
  const database = decodeURIComponent(url.pathname.slice(1));
  return {
    url: url.origin,
    username: url.username === '' ? 'default' : decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    ...(database !== '' && { database }),
  };
}
