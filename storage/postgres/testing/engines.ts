import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { openPostgres } from '../open.ts';
import type { Postgres } from '../stores.ts';
import { serverPrograms, startTemporaryServer } from './temporary-server.ts';

/** Tests share one fresh cluster, copied by each. */
export const TEMPLATES = fileURLToPath(new URL('../../../node_modules/.cache/tidewarden', import.meta.url));

/** Empties every table. The append-only log refuses DELETE, not TRUNCATE, which only an owner may do. */
async function empty(postgres: Postgres): Promise<void> {
  await postgres.database.execute(
    'TRUNCATE incident_events, incidents, alert_states, annotations, campaign_states, trace_pins',
  );
}

/**
 * Declares the same tests on the embedded engine and on a real server. Without a server's programs the latter are
 * skipped, saying so, except under CI, where they fail.
 */
export function onBothEngines(declare: (open: () => Promise<Postgres>) => void): void {
  describe('embedded engine', () => {
    const directory = mkdtempSync(join(tmpdir(), 'tidewarden-pglite-'));
    let postgres: Postgres;
    beforeAll(async () => {
      postgres = await openPostgres({ dataDirectory: directory, templates: TEMPLATES });
    });
    afterAll(async () => {
      await postgres.close();
      rmSync(directory, { recursive: true, force: true });
    });
    declare(async () => {
      await empty(postgres);
      return postgres;
    });
  });

  const programs = serverPrograms();
  if (programs === null) {
    const title = 'Postgres server: no programs in /usr/lib/postgresql (install the package postgresql)';
    if (process.env.CI === 'true') {
      test(title, () => {
        throw new Error(title);
      });
    } else {
      test.skip(title);
    }
    return;
  }
  describe('Postgres server', () => {
    let postgres: Postgres;
    let remove = () => {};
    beforeAll(async () => {
      const server = startTemporaryServer(programs);
      remove = server.remove;
      postgres = await openPostgres({ url: server.url, dataDirectory: '/nonexistent' });
    });
    afterAll(async () => {
      await postgres.close();
      remove();
    });
    declare(async () => {
      await empty(postgres);
      return postgres;
    });
  });
}
