/** How long work may keep the thread before others get their turn. */
const TURN_MS = 20;

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** For a loop to call in each round: where it is to wait for its next turn, once it has had the thread for a while. */
export function pacing(
  monotonic: () => number,
  rest: () => Promise<void> = nextTurn,
): () => Promise<void> | undefined {
  let sinceMs = monotonic();
  return () => {
    if (monotonic() - sinceMs < TURN_MS) return undefined;
    return rest().then(() => {
      sinceMs = monotonic();
    });
  };
}
