import type { ServiceGraph } from '../../../model/api/service.ts';
import type { Mark } from '../../parts/states.ts';

interface Counted {
  readonly requests: number;
  readonly errors: number;
}

/** The part of requests that failed; null where there were none. */
export const errorShare = ({ requests, errors }: Counted): number | null =>
  requests === 0 ? null : errors / requests;

const WARNING_SHARE = 0.01;
const PAGE_SHARE = 0.05;

/** The state that a share of errors means: from 1 % on something to look at, from 5 % on bad. Null: nothing to say. */
export function errorMark(counted: Counted): Extract<Mark, 'warning' | 'page'> | null {
  const share = errorShare(counted) ?? 0;
  return share >= PAGE_SHARE ? 'page' : share >= WARNING_SHARE ? 'warning' : null;
}

/** Requests a second over the graph's range. */
export const ratePerS = ({ requests }: Counted, { startMs, endMs }: ServiceGraph): number =>
  endMs > startMs ? requests / ((endMs - startMs) / 1_000) : 0;
