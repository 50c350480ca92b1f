import type { Row } from './rows.ts';
import { endNano, type TraceNode } from './tree.ts';

/** What a dot of the map shows: nothing, a failed span, or the service `value - FIRST_SERVICE`. */
export const NOTHING = 0;
export const FAILED = 1;
export const FIRST_SERVICE = 2;

/**
 * All rows at once, one dot a place: rows share a line where there are more rows than lines; what failed covers what did not.
 *
 * @param durationNano the time that `width` stands for
 * @returns `width * height` values, line by line
 */
export function minimapPixels(
  rows: readonly Row[],
  durationNano: number,
  width: number,
  height: number,
  serviceIndex: ReadonlyMap<string, number>,
): Uint8Array {
  const pixels = new Uint8Array(width * height);
  const lineHeight = Math.max(1, Math.min(3, Math.floor(height / Math.max(1, rows.length))));
  const draw = (node: TraceNode, top: number): void => {
    const from = Math.min(width - 1, Math.floor((node.startNano / durationNano) * width));
    const to = Math.max(from + 1, Math.min(width, Math.ceil((endNano(node) / durationNano) * width)));
    const value =
      node.span.status === 'error'
        ? FAILED
        : FIRST_SERVICE + ((serviceIndex.get(node.span.service) ?? 0) % (256 - FIRST_SERVICE));
    for (let line = top; line < Math.min(height, top + lineHeight); line++) {
      for (let dot = line * width + from; dot < line * width + to; dot++)
        if (pixels[dot] !== FAILED) pixels[dot] = value;
    }
  };
  const step = Math.min(lineHeight + 1, height / Math.max(1, rows.length));
  rows.forEach((row, index) => {
    const top = Math.floor(index * step);
    if (row.kind === 'span') draw(row.node, top);
    else for (const node of row.repeats.nodes) draw(node, top);
  });
  return pixels;
}
