/** What shows or hides: a document. */
export interface Seen extends Pick<EventTarget, 'addEventListener' | 'removeEventListener'> {
  readonly visibilityState: DocumentVisibilityState;
}

/** Whoever looks into another tab for a moment loses nothing. */
const LET_GO_MS = 5_000;

/**
 * Starts something when somebody can see the page and stops it when nobody could for a while. `schedule` runs something later and
 * gives what calls it off. Returns what ends it all.
 */
export function whileSeen(
  page: Seen,
  schedule: (run: () => void, afterMs: number) => () => void,
  { start, stop }: { readonly start: () => void; readonly stop: () => void },
): () => void {
  let isRunning = false;
  let callOff: () => void = () => {};
  const end = (): void => {
    if (isRunning) stop();
    isRunning = false;
  };
  const look = (): void => {
    callOff();
    callOff = () => {};
    if (page.visibilityState === 'hidden') callOff = schedule(end, LET_GO_MS);
    else if (!isRunning) {
      isRunning = true;
      start();
    }
  };
  page.addEventListener('visibilitychange', look);
  look();
  return () => {
    page.removeEventListener('visibilitychange', look);
    callOff();
    end();
  };
}
