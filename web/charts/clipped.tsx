import type { ReactNode } from 'react';
import type { PlotFrame } from './plot-frame.ts';

/** Keeps lines inside the plot, with room for half a line's width. */
export function Clipped({
  frame,
  id,
  children,
}: {
  readonly frame: PlotFrame;
  readonly id: string;
  readonly children: ReactNode;
}) {
  return (
    <>
      <clipPath id={id}>
        <rect
          x={frame.left}
          y={frame.top - 2}
          width={frame.right - frame.left}
          height={frame.bottom - frame.top + 3}
        />
      </clipPath>
      <g clipPath={`url(#${id})`}>{children}</g>
    </>
  );
}
