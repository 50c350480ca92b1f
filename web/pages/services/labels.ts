import type { Place } from './route.ts';

/** What a call's words take, in the map's own pixels: `0.12/min · 1.2 s · 3.4%`. */
export const LABEL = { width: 116, height: 15 } as const;

/**
 * The middles of labels so that none covers another: from top to bottom, each as far down as those above it need. Labels that are
 * far apart stay where they are.
 */
export function apart(wanted: readonly Place[]): readonly Place[] {
  const placed: Place[] = [];
  const order = [...wanted.keys()].sort((a, b) => wanted[a]!.y - wanted[b]!.y || wanted[a]!.x - wanted[b]!.x);
  const found = [...wanted];
  for (const index of order) {
    const { x } = wanted[index]!;
    let { y } = wanted[index]!;
    // Placed from top to bottom, so that moving down past one can only meet later ones.
    for (const other of placed.toSorted((a, b) => a.y - b.y))
      if (Math.abs(other.x - x) < LABEL.width && Math.abs(other.y - y) < LABEL.height)
        y = other.y + LABEL.height;
    found[index] = { x, y };
    placed.push(found[index]);
  }
  return found;
}
