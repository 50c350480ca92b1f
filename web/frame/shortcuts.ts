import { useNavigate } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { useLive } from '../live/live-provider.tsx';
import { ALL_DESTINATIONS } from './destinations.ts';
import type { PageKey } from './page-keys.ts';

export interface ShortcutActions {
  readonly onSearch: () => void;
  readonly onKeyList: () => void;
  /** What the page under the frame adds. */
  readonly pageKeys: readonly PageKey[];
}

/** After `g`, the next key must come within this many milliseconds. */
const SEQUENCE_MS = 1_500;

/** The keys of every page: `/`, Ctrl-K, `?`, `p`, and `g` followed by a page's key; and those that the page has of its own, before these. */
export function useShortcuts({ onSearch, onKeyList, pageKeys }: ShortcutActions): void {
  const navigate = useNavigate();
  const { paused, setPaused } = useLive();
  const goUntil = useRef(0);
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      if (event.key.toLowerCase() === 'k' && (event.ctrlKey || event.metaKey)) {
        event.preventDefault();
        onSearch();
        return;
      }
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      if (event.timeStamp < goUntil.current) {
        goUntil.current = 0;
        const destination = ALL_DESTINATIONS.find(({ key }) => key === event.key);
        if (destination === undefined) return;
        event.preventDefault();
        void navigate({ to: destination.path });
        return;
      }
      const actions: Record<string, () => void> = {
        '/': onSearch,
        '?': onKeyList,
        p: () => setPaused(!paused),
        g: () => {
          goUntil.current = event.timeStamp + SEQUENCE_MS;
        },
      };
      const own = pageKeys.find(({ shown }) => shown.length === 1 && shown[0] === event.key);
      const action = own?.press ?? actions[event.key];
      if (action === undefined) return;
      event.preventDefault();
      action();
    };
    window.addEventListener('keydown', press);
    return () => window.removeEventListener('keydown', press);
  }, [navigate, onSearch, onKeyList, pageKeys, paused, setPaused]);
}

/** A key in a field is text, and one in an open dialog belongs to it. */
function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return (
    target.isContentEditable ||
    ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName) ||
    target.closest('[role="dialog"]') !== null
  );
}
