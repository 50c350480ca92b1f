import { type RefObject, useCallback, useLayoutEffect, useRef, useState } from 'react';

/** Rows above and below the edge that are there already when they come into sight. */
const SPARE_ROWS = 6;

export interface VirtualRows {
  readonly scroller: RefObject<HTMLDivElement | null>;
  /** The rows to draw: `first` and those before `end`. */
  readonly first: number;
  readonly end: number;
  /** The key of the element that shows the row with this index. */
  readonly elementOf: (index: number) => number;
  readonly onScroll: () => void;
  /** Brings a row into sight; it moves no further than it must. */
  readonly show: (index: number) => void;
}

interface Seen {
  readonly first: number;
  readonly end: number;
  readonly origin: number;
}

/** Where no row stays in sight, those that leave are drawn anew as those that come: a third of what new elements cost. */
function seenFrom(old: Seen, first: number, end: number): Seen {
  if (old.first === first && old.end === end) return old;
  const isJump = first >= old.end || end <= old.first;
  return { first, end, origin: isJump ? old.origin + first - old.first : old.origin };
}

/** Which of many rows of one height can be seen in an element that scrolls. Changes only when another row is needed. */
export function useVirtualRows(count: number, rowHeight: number): VirtualRows {
  const scroller = useRef<HTMLDivElement | null>(null);
  const [seen, setSeen] = useState<Seen>({ first: 0, end: 40, origin: 0 });
  const look = useCallback(() => {
    const element = scroller.current;
    if (element === null) return;
    // In steps of half of the spare rows, so that not every pixel is a render.
    const step = SPARE_ROWS / 2;
    const top = Math.floor(element.scrollTop / rowHeight / step) * step;
    const first = Math.max(0, top - SPARE_ROWS);
    const end = top + Math.ceil(element.clientHeight / rowHeight) + step + SPARE_ROWS;
    setSeen((old) => seenFrom(old, first, end));
  }, [rowHeight]);
  useLayoutEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    look();
    const observer = new ResizeObserver(look);
    observer.observe(element);
    return () => observer.disconnect();
  }, [look]);
  const show = useCallback(
    (index: number) => {
      const element = scroller.current;
      if (element === null) return;
      const top = index * rowHeight;
      const room = element.clientHeight - rowHeight;
      if (top < element.scrollTop || top > element.scrollTop + room)
        element.scrollTop =
          top < element.scrollTop - room || top > element.scrollTop + 2 * room
            ? top - room / 2
            : top < element.scrollTop
              ? top
              : top - room;
    },
    [rowHeight],
  );
  const first = Math.min(seen.first, Math.max(0, count - 1));
  return {
    scroller,
    first,
    end: Math.min(count, seen.end),
    elementOf: (index) => index - seen.origin,
    onScroll: look,
    show,
  };
}
