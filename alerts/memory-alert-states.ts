import type { AlertStateStore, StoredAlertState } from '../storage/postgres/stores.ts';

/** An `AlertStateStore` that forgets with the process: for tests, backtests and drills. */
export function createMemoryAlertStateStore(): AlertStateStore {
  const states = new Map<string, StoredAlertState>();
  const key = (of: { ruleKey: string; fingerprint: string }) => `${of.fingerprint}\u0000${of.ruleKey}`;
  return {
    load: async () => [...states.values()],
    save: async ({ upserts, removals }) => {
      for (const removal of removals) states.delete(key(removal));
      for (const state of upserts) states.set(key(state), structuredClone(state));
    },
  };
}
