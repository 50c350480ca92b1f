import { focusManager, useQueryClient } from '@tanstack/react-query';
import {
  createContext,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
} from 'react';
import type { ChangeEvent } from '../../model/api/stream.ts';
import { useClock } from './clock.tsx';
import { invalidate } from './invalidate.ts';
import { ChangeStream, type Connection } from './stream.ts';
import { whileSeen } from './while-seen.ts';

export interface Live {
  readonly connection: Connection;
  /** Paused: the screen stays as it is, whatever happens; the stream stays open. */
  readonly paused: boolean;
  setPaused(paused: boolean): void;
}

function schedule(run: () => void, afterMs: number): () => void {
  const timer = setTimeout(run, afterMs);
  return () => clearTimeout(timer);
}

const LiveContext = createContext<Live | null>(null);

/** Keeps what is on screen fresh while the page is open. */
export function LiveProvider({ children }: { readonly children: ReactNode }) {
  const client = useQueryClient();
  const now = useClock();
  const [paused, setPausedState] = useState(false);
  const pausedRef = useRef(false);
  const missed = useRef(false);
  const greeted = useRef(false);

  const receive = useCallback(
    (change: ChangeEvent): void => {
      const first = change.subject === 'hello' && !greeted.current;
      if (change.subject === 'hello') greeted.current = true;
      if (pausedRef.current) missed.current = true;
      else invalidate(client, change, first);
    },
    [client],
  );
  const stream = useMemo(
    () =>
      new ChangeStream(
        {
          open: (url) => new EventSource(url),
          now,
          schedule,
        },
        receive,
      ),
    [now, receive],
  );
  // A browser keeps six connections to a product: with a stream in each of six tabs a seventh would not even load.
  useEffect(
    () => whileSeen(document, schedule, { start: () => stream.start(), stop: () => stream.stop() }),
    [stream],
  );

  const setPaused = useCallback(
    (value: boolean): void => {
      pausedRef.current = value;
      // A page that nobody looks at is not asked for again at intervals; a paused one is treated as such.
      focusManager.setFocused(value ? false : undefined);
      setPausedState(value);
      if (!value && missed.current) {
        missed.current = false;
        void client.invalidateQueries();
      }
    },
    [client],
  );
  const connection = useSyncExternalStore(stream.subscribe, stream.current);
  const value = useMemo(() => ({ connection, paused, setPaused }), [connection, paused, setPaused]);
  return <LiveContext.Provider value={value}>{children}</LiveContext.Provider>;
}

export function useLive(): Live {
  const live = useContext(LiveContext);
  if (live === null) throw new Error('useLive needs a LiveProvider above it');
  return live;
}
