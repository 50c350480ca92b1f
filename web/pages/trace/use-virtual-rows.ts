import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';

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

/** After a jump, before the rows beyond the edges are drawn as well. */
const SPARE_AFTER_MS = 100;

interface Seen {
  readonly first: number;
  readonly end: number;
  readonly origin: number;
  /** Without spare rows. */
  readonly isBare: boolean;
}

/**
 * Where no row stays in sight, those that leave are drawn anew as those that come, a third of what new elements cost; and only those in
 * sight, so that one can jump about as fast as one likes.
 */
function seenFrom(old: Seen, first: number, end: number): Seen {
  if (first >= old.end || end <= old.first)
    return { first, end, origin: old.origin + first - old.first, isBare: true };
  const seen = { first: Math.max(0, first - SPARE_ROWS), end: end + SPARE_ROWS };
  const isSame = seen.first === old.first && seen.end === old.end;
  return isSame ? old : { ...seen, origin: old.origin, isBare: false };
}

/** Which of many rows of one height can be seen in an element that scrolls. Changes only when another row is needed. */
export function useVirtualRows(count: number, rowHeight: number): VirtualRows {
  const scroller = useRef<HTMLDivElement | null>(null);
  const [seen, setSeen] = useState<Seen>({ first: 0, end: 40, origin: 0, isBare: false });
  const look = useCallback(() => {
    const element = scroller.current;
    if (element === null) return;
    // In steps of half of the spare rows, so that not every pixel is a render.
    const step = SPARE_ROWS / 2;
    const top = Math.floor(element.scrollTop / rowHeight / step) * step;
    const end = top + Math.ceil(element.clientHeight / rowHeight) + step;
    setSeen((old) => seenFrom(old, top, end));
  }, [rowHeight]);
  useLayoutEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    look();
    const observer = new ResizeObserver(look);
    observer.observe(element);
    return () => observer.disconnect();
  }, [look]);
  useEffect(() => {
    if (!seen.isBare) return;
    const timer = setTimeout(look, SPARE_AFTER_MS);
    return () => clearTimeout(timer);
  }, [seen, look]);
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
