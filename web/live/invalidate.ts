import type { QueryClient, QueryKey } from '@tanstack/react-query';
import type { ChangeEvent } from '../../model/api/stream.ts';
import { KEYS } from '../api/keys.ts';

/** What to fetch again on a change, by its subject. Before a `hello` anything may have been missed. */
const STALE = {
  hello: () => [[]],
  // A list's key is the beginning of its details' keys, so the open incident is among them.
  incident: () => [KEYS.now, KEYS.campaigns, KEYS.incidents],
  alerts: () => [KEYS.now, KEYS.alerts, KEYS.campaigns],
  campaigns: () => [KEYS.now, KEYS.campaigns],
  annotations: () => [KEYS.annotations],
} as const satisfies Record<ChangeEvent['subject'], () => readonly QueryKey[]>;

/** What the stream tells of. */
const SUBJECTS: readonly QueryKey[] = [KEYS.now, KEYS.campaigns, KEYS.incidents, KEYS.alerts];

/** Marks what a change made stale; what is on screen is fetched again at once. */
export function invalidate(client: QueryClient, change: ChangeEvent, first = false): void {
  // The page's first questions are under way when the stream opens; only what was answered before is asked again.
  const keys = first ? SUBJECTS : STALE[change.subject]();
  for (const queryKey of keys) void client.invalidateQueries({ queryKey }, { cancelRefetch: !first });
}
