import { useRef } from 'react';
import type { TimeRange } from './types.ts';

interface ZoomableProps {
  readonly range: TimeRange;
  readonly onZoom?: ((range: TimeRange) => void) | undefined;
  readonly onZoomBack?: (() => void) | undefined;
}

/** Zooming with a memory of the ranges before, for charts whose page keeps none. */
export function useOwnZoomBack({ range, onZoom, onZoomBack }: ZoomableProps): {
  zoom: (next: TimeRange) => void;
  back: (() => void) | undefined;
} {
  const before = useRef<TimeRange[]>([]);
  return {
    zoom: (next) => {
      before.current.push(range);
      onZoom?.(next);
    },
    back:
      onZoomBack ??
      (onZoom === undefined
        ? undefined
        : () => {
            const previous = before.current.pop();
            if (previous !== undefined) onZoom(previous);
          }),
  };
}
