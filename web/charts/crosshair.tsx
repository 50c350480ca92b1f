import { createContext, type ReactNode, useContext, useMemo, useState, useSyncExternalStore } from 'react';

/** Where the reader points, shared by every chart inside one provider. */
export interface CrosshairStore {
  get(): number | null;
  /** Epoch ms, or null when the pointer has left. */
  set(timeMs: number | null): void;
  subscribe(listener: () => void): () => void;
}

function createCrosshairStore(): CrosshairStore {
  let current: number | null = null;
  const listeners = new Set<() => void>();
  return {
    get: () => current,
    set(timeMs) {
      if (timeMs === current) return;
      current = timeMs;
      for (const listener of listeners) listener();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

const CrosshairContext = createContext<CrosshairStore | null>(null);

/** Charts inside show one crosshair at one time. */
export function CrosshairProvider({ children }: { readonly children: ReactNode }) {
  const store = useMemo(createCrosshairStore, []);
  return <CrosshairContext.Provider value={store}>{children}</CrosshairContext.Provider>;
}

/** The page's store, or one of the chart's own where there is no provider. */
export function useCrosshairStore(): CrosshairStore {
  const shared = useContext(CrosshairContext);
  const [own] = useState(createCrosshairStore);
  return shared ?? own;
}

/** The crosshair's time, epoch ms; only what calls this is drawn anew when it moves. */
export function useCrosshairTime(store: CrosshairStore): number | null {
  return useSyncExternalStore(store.subscribe, store.get, () => null);
}
