import { useNavigate, useSearch } from '@tanstack/react-router';
import { createContext, useCallback, useContext, useMemo } from 'react';
import { useNow } from '../live/clock.tsx';
import { useLive } from '../live/live-provider.tsx';
import type { FrameSearch } from './search.ts';
import {
  DEFAULT_FROM,
  DEFAULT_REFRESH,
  DEFAULT_TO,
  isMoving,
  refreshToMs,
  resolveTime,
} from './time-range.ts';

export interface TimeRange {
  /** As in the URL. */
  readonly from: string;
  readonly to: string;
  readonly refresh: string;
  /** As resolved now, epoch milliseconds. It moves on every refresh unless paused. */
  readonly fromMs: number;
  readonly toMs: number;
  /** Null: not refreshed by itself. */
  readonly refreshMs: number | null;
  readonly moving: boolean;
}

/** The range of a part of a page while the URL names none: an incident shows its own time, not the last hour. */
export const DefaultRangeContext = createContext({ from: DEFAULT_FROM as string, to: DEFAULT_TO as string });

/** The page's time range, out of the URL. */
export function useTimeRange(): TimeRange {
  const search: FrameSearch = useSearch({ strict: false });
  const { paused } = useLive();
  const usual = useContext(DefaultRangeContext);
  const from = search.from ?? usual.from;
  const to = search.to ?? (search.from === undefined ? usual.to : DEFAULT_TO);
  const refresh = search.refresh ?? DEFAULT_REFRESH;
  const moving = isMoving(to);
  const refreshMs = paused || !moving ? null : refreshToMs(refresh);
  const now = useNow(refreshMs ?? 2_000_000_000);
  return useMemo(() => {
    const toMs = resolveTime(to, now) ?? now;
    const fromMs = resolveTime(from, now) ?? toMs - 3_600_000;
    const ordered = fromMs < toMs ? { fromMs, toMs } : { fromMs: toMs - 3_600_000, toMs };
    return { from, to, refresh, ...ordered, refreshMs, moving };
  }, [from, to, refresh, refreshMs, moving, now]);
}

/** Writes parts of the frame's state into the URL; `undefined` takes a part out. */
export function useSetFrame(): (
  part: { [Name in keyof FrameSearch]: FrameSearch[Name] | undefined },
) => void {
  const navigate = useNavigate();
  return useCallback(
    (part) => {
      void navigate({
        to: '.',
        search: (old: Record<string, unknown>) => ({ ...old, ...part }),
        resetScroll: false,
      } as never);
    },
    [navigate],
  );
}
