import { MINUTE_MS } from '../model/units.ts';

/** When each word was due and given; null: no word yet since the incident was opened (again). */
export interface UpdateHistory {
  readonly openedAtMs: number;
  readonly published: number;
  readonly last: { readonly atMs: number; readonly nextAtMs: number | null } | null;
}

const FIRST_MS = 5 * MINUTE_MS;
const SCOPE_MS = 5 * MINUTE_MS;
const APART_MS = 20 * MINUTE_MS;
const CLOSELY_FOR_MS = 120 * MINUTE_MS;

/**
 * When the next word is due: the first within 5 minutes, the scope within 5 more, then at most 20 minutes apart for two
 * hours, earlier where the last word named a time; after that when the last word said (PagerDuty's and Google's guides).
 * null: nothing is due.
 */
export function nextUpdateDue({ openedAtMs, published, last }: UpdateHistory): number | null {
  if (last === null) return openedAtMs + FIRST_MS;
  const named = last.nextAtMs;
  if (published > 1 && last.atMs >= openedAtMs + CLOSELY_FOR_MS) return named;
  const latest = last.atMs + (published === 1 ? SCOPE_MS : APART_MS);
  return named === null ? latest : Math.min(named, latest);
}
