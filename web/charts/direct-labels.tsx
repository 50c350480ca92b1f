import { isDrawable } from './domain.ts';
import type { PlotFrame } from './plot-frame.ts';
import type { ChartPoint } from './types.ts';

export interface LabelledLine {
  readonly name: string;
  readonly colour: string;
  readonly points: readonly ChartPoint[];
}

const LINE_HEIGHT = 12;

/** Moves labels apart downwards, then back up when the last would leave the plot; order by position is kept. */
export function spread(wanted: readonly number[], top: number, bottom: number): readonly number[] {
  const order = wanted.map((_, index) => index).sort((a, b) => wanted[a]! - wanted[b]!);
  const placed = [...wanted];
  let floor = top;
  for (const index of order) {
    placed[index] = Math.max(floor, wanted[index]!);
    floor = placed[index]! + LINE_HEIGHT;
  }
  let ceiling = bottom;
  for (const index of order.reverse()) {
    placed[index] = Math.min(ceiling, placed[index]!);
    ceiling = placed[index]! - LINE_HEIGHT;
  }
  return placed;
}

/** Names at the ends of the lines, set apart so that none covers another; in text colour, which has the contrast. */
export function DirectLabels({
  frame,
  lines,
}: {
  readonly frame: PlotFrame;
  readonly lines: readonly LabelledLine[];
}) {
  const ended = lines.flatMap((one) => {
    const last = one.points.findLast(
      ([timeMs, value]) => isDrawable(value) && timeMs >= frame.range.fromMs && timeMs <= frame.range.toMs,
    );
    return last === undefined ? [] : [{ ...one, y: frame.y(last[1] ?? 0) }];
  });
  const places = spread(
    ended.map((one) => one.y),
    frame.top + 4,
    frame.bottom - 2,
  );
  return (
    <g>
      {ended.map((one, index) => (
        <g key={one.name} transform={`translate(${frame.right + 5},${places[index]})`}>
          <line x2={8} strokeWidth={3} style={{ stroke: one.colour }} />
          <text x={12} dy="0.32em">
            {shorten(one.name)}
          </text>
        </g>
      ))}
    </g>
  );
}

const LABEL_CHARACTERS = 14;

const shorten = (name: string): string =>
  name.length > LABEL_CHARACTERS ? `${name.slice(0, LABEL_CHARACTERS - 1)}…` : name;

/** The room direct labels need at the right, px; wide characters count twice. */
export function labelRoom(names: readonly string[]): number {
  const widths = names.map((name) => {
    let width = 0;
    for (const character of shorten(name)) width += character.charCodeAt(0) > 0x2e7f ? 11.5 : 6.3;
    return width;
  });
  return Math.ceil(Math.max(0, ...widths)) + 16;
}
