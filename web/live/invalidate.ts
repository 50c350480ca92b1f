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

/** Marks what a change made stale; what is on screen is fetched again at once. */
export function invalidate(client: QueryClient, change: ChangeEvent): void {
  for (const queryKey of STALE[change.subject]()) void client.invalidateQueries({ queryKey });
}
