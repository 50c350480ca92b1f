import { isDrawable } from './domain.ts';
import type { PlotLine } from './lines.tsx';
import type { PlotFrame } from './plot-frame.ts';
import { valueAt } from './readings.tsx';

/** More dots than this say nothing. */
const MOST = 40;

/** A dot on each line at the crosshair's time. */
export function CrosshairDots({
  frame,
  timeMs,
  lines,
  stepMs,
}: {
  readonly frame: PlotFrame;
  readonly timeMs: number;
  readonly lines: readonly PlotLine[];
  readonly stepMs: number | undefined;
}) {
  return lines.slice(0, MOST).map((one) => {
    const value = valueAt(one.points, timeMs, stepMs);
    if (!isDrawable(value)) return null;
    const y = frame.y(value);
    if (y < frame.top - 3 || y > frame.bottom + 3) return null;
    return (
      <circle
        key={one.key}
        cx={frame.x(timeMs)}
        cy={y}
        r={3.5}
        fill={one.style.colour}
        stroke="var(--twc-surface)"
        strokeWidth={1.5}
      />
    );
  });
}
