/** Riders: ask for work, fetch the pass, bring it. Travel is shortened: a demo's minute is a city's half hour. */
import { z } from 'zod';
import type { Crowd } from './client.ts';

const RIDERS_PER_CITY = 10;
const job = z.object({ orderId: z.string() }).nullable();

/** Keeps all riders riding until the signal ends it. */
export async function runRiders(crowd: Crowd): Promise<void> {
  const { cities } = crowd.running.settings.campaign;
  await Promise.all(
    cities.flatMap((cityCode) =>
      Array.from({ length: RIDERS_PER_CITY }, (_, index) =>
        ride(crowd, cityCode, `rider-${cityCode}-${index + 1}`),
      ),
    ),
  );
}

async function ride(crowd: Crowd, cityCode: string, rider: string): Promise<void> {
  const { random } = crowd.running;
  const ask = (what: string, body: unknown = {}) =>
    crowd.client.look('dispatch', `/riders/${rider}/${what}`, body);
  await crowd.pause(random.integer(0, 3_000));
  while (!crowd.signal.aborted) {
    const assigned = job.safeParse((await ask('next', { cityCode }))?.body);
    if (!assigned.success || assigned.data === null) {
      await crowd.pause(random.integer(3_000, 6_000));
      continue;
    }
    await crowd.pause(random.logNormal(12_000, 0.4));
    await ask('pickup');
    await crowd.pause(random.logNormal(24_000, 0.5));
    await ask('deliver');
  }
}
