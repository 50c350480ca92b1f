import { useNavigate } from '@tanstack/react-router';
import { useCallback } from 'react';
import type { LogsSearch } from './search.ts';

/** Writes parts of the page's state into the URL; `undefined` takes a part out. */
export function useSetSearch(): (part: LogsSearch) => void {
  const navigate = useNavigate();
  return useCallback(
    (part) =>
      void navigate({
        to: '/logs',
        search: (old: Record<string, unknown>) => ({ ...old, ...part }),
        resetScroll: false,
      } as never),
    [navigate],
  );
}
