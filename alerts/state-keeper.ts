import type { AlertStateStore, StoredAlertState } from '../storage/postgres/stores.ts';
import type { RuleChanges } from './rule-state.ts';

/** Collects what is to be stored and writes it; what could not be written is written the next time. */
export interface StateKeeper {
  add(changes: Pick<RuleChanges, 'upserts' | 'removals'>): void;
  /**
   * Writes what was collected. Removals wait unless `withRemovals`: while a listener has not heard that an alert is
   * resolved, a restart must find it still there, so that it is resolved and told again.
   */
  save(withRemovals: boolean): Promise<void>;
}

export function createStateKeeper(store: AlertStateStore): StateKeeper {
  const upserts = new Map<string, StoredAlertState>();
  const removals = new Map<string, Pick<StoredAlertState, 'ruleKey' | 'fingerprint'>>();
  const key = (of: { ruleKey: string; fingerprint: string }) => `${of.fingerprint}\u0000${of.ruleKey}`;
  let saving: Promise<void> = Promise.resolve();

  async function write(withRemovals: boolean): Promise<void> {
    const written = [...upserts];
    const removed = withRemovals ? [...removals] : [];
    if (written.length + removed.length === 0) return;
    await store.save({
      upserts: written.map(([, state]) => state),
      removals: removed.map(([, state]) => state),
    });
    // What was added while this was written stays for the next time.
    for (const [at, state] of written) if (upserts.get(at) === state) upserts.delete(at);
    for (const [at, state] of removed) if (removals.get(at) === state) removals.delete(at);
  }

  return {
    add: (changes) => {
      for (const state of changes.upserts) {
        upserts.set(key(state), state);
        removals.delete(key(state));
      }
      for (const state of changes.removals) {
        removals.set(key(state), state);
        upserts.delete(key(state));
      }
    },
    save: (withRemovals) => {
      saving = saving.catch(() => {}).then(() => write(withRemovals));
      return saving;
    },
  };
}
