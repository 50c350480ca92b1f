/** Where a node or token stands in the query: code unit offsets, `end` exclusive. */
export interface PositionRange {
  readonly start: number;
  readonly end: number;
}

/** `line:column`, both from 1; the column counts UTF-8 bytes as Prometheus does. */
export function lineAndColumn(query: string, offset: number): string {
  const at = Math.max(0, Math.min(offset, query.length));
  const lineStart = query.lastIndexOf('\n', at - 1) + 1;
  let line = 1;
  for (let i = 0; i < lineStart; i++) if (query.charCodeAt(i) === 10) line++;
  return `${line}:${Buffer.byteLength(query.slice(lineStart, at)) + 1}`;
}

/** The smallest range that covers both. */
export function spanning(a: PositionRange, b: PositionRange): PositionRange {
  return { start: Math.min(a.start, b.start), end: Math.max(a.end, b.end) };
}

/** Only the place of something that has one. */
export const positionOf = ({ start, end }: PositionRange): PositionRange => ({ start, end });
