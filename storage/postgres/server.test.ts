import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openPostgres } from './open.ts';
import { serverPrograms, startTemporaryServer, type TemporaryServer } from './testing/temporary-server.ts';

const programs = serverPrograms();

describe('a server that cannot be reached', () => {
  test('is a retryable error that does not tell the password', async () => {
    const opened = openPostgres({ url: 'postgres://me:s3cret@127.0.0.1:1/x', dataDirectory: '/nonexistent' });
    const error = await opened.catch((reason: unknown) => reason);
    expect(error).toMatchObject({ name: 'DatabaseError', retryable: true });
    expect(String(error)).toContain('127.0.0.1');
    expect(String(error)).not.toContain('s3cret');
  });
});

describe.skipIf(programs === null && process.env.CI !== 'true')('a server that goes away', () => {
  let server: TemporaryServer;
  beforeAll(() => {
    if (programs === null) throw new Error('no Postgres in /usr/lib/postgresql');
    server = startTemporaryServer(programs);
  });
  afterAll(() => server.remove());

  test('is retryable while it is away and is used again when it is back', async () => {
    const idle: unknown[] = [];
    const postgres = await openPostgres({
      ...{ url: server.url, dataDirectory: '/nonexistent' },
      onIdleError: (error) => idle.push(error),
    });
    await postgres.campaignStates.put('c', { sold: 1 }, 1);
    server.stop();
    await expect(postgres.campaignStates.get('c')).rejects.toMatchObject({ retryable: true });
    server.start();
    expect(await postgres.campaignStates.get('c')).toEqual({ sold: 1 });
    await postgres.close();
  });

  test('is migrated once by processes that start together', async () => {
    const opened = await Promise.all(
      [1, 2, 3, 4].map(() => openPostgres({ url: server.url, dataDirectory: '/nonexistent' })),
    );
    for (const postgres of opened) {
      await postgres.ping();
      await postgres.close();
    }
    expect(opened).toHaveLength(4);
  });
});
