import { useQuery } from '@tanstack/react-query';
import { useLocation, useSearch } from '@tanstack/react-router';
import { campaignsQuery } from '../api/queries.ts';
import type { FrameSearch } from './search.ts';

export interface Launch {
  /** The start of the campaign that the page is narrowed to; null: none is, or it is not known yet. */
  readonly startsAtMs: number | null;
  /** Whether times are to be told as T±. */
  readonly shown: boolean;
}

/** The launch from which T± counts, and whether the reader wants that. */
export function useLaunch(): Launch {
  const search: FrameSearch = useSearch({ strict: false });
  const { pathname } = useLocation();
  const { data } = useQuery(campaignsQuery);
  const id = pathname.startsWith('/campaigns/')
    ? decodeURIComponent(pathname.split('/')[2] ?? '')
    : search.campaign;
  const startsAtMs = data?.find((campaign) => campaign.id === id)?.startsAtMs ?? null;
  return { startsAtMs, shown: search.times === 'launch' && startsAtMs !== null };
}
