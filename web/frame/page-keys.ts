import { createContext, useContext, useEffect } from 'react';

/** A key that one page has of its own. */
export interface PageKey {
  /** As in the list of keys: `['e']`, `['Shift', '↵']`. */
  readonly shown: readonly string[];
  /** What it does. */
  readonly words: string;
  /** For a single letter that counts outside of fields; without it the key is told and handled elsewhere, as in an editor. */
  readonly press?: () => void;
}

export const PageKeysContext = createContext<(keys: readonly PageKey[]) => void>(() => {});

/** Adds a page's own keys to the frame's while the page is there; `keys` must be the same array while it means the same. */
export function usePageKeys(keys: readonly PageKey[]): void {
  const setKeys = useContext(PageKeysContext);
  useEffect(() => {
    setKeys(keys);
    return () => setKeys([]);
  }, [keys, setKeys]);
}
