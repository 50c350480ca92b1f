import type { Span } from '../../../model/api/trace.ts';

/** A span in its place: how deep, where it lies in the trace, and what hangs below it. Times in nanoseconds. */
export interface SpanNode {
  readonly span: Span;
  readonly depth: number;
  /** From the trace's first moment. */
  readonly offsetNano: number;
  readonly durationNano: number;
  readonly children: readonly SpanNode[];
  /** Its parent was never received, so its place in the tree is not known. */
  readonly orphan: boolean;
}

export interface TraceTree {
  readonly roots: readonly SpanNode[];
  /** Epoch milliseconds. */
  readonly startMs: number;
  readonly durationNano: number;
  readonly services: readonly string[];
  readonly errors: number;
}

/** Puts spans under their parents, in the order of their starts. A cycle of parents counts as orphans. */
export function buildTree(spans: readonly Span[]): TraceTree {
  const starts = spans.map(({ startUnixNano }) => BigInt(startUnixNano));
  const first = starts.reduce((least, start) => (start < least ? start : least), starts[0] ?? 0n);
  const byParent = new Map<string, Span[]>();
  const ids = new Set(spans.map(({ spanId }) => spanId));
  const tops: Span[] = [];
  for (const span of spans) {
    const parent = span.parentSpanId;
    if (parent === null || !ids.has(parent)) tops.push(span);
    else byParent.set(parent, [...(byParent.get(parent) ?? []), span]);
  }
  const placed = new Set<string>();
  const place = (span: Span, depth: number, orphan: boolean): SpanNode => {
    placed.add(span.spanId);
    const below = (byParent.get(span.spanId) ?? []).filter(({ spanId }) => !placed.has(spanId));
    return {
      span,
      depth,
      offsetNano: Number(BigInt(span.startUnixNano) - first),
      durationNano: Number(span.durationNano),
      children: below.toSorted(byStart).map((child) => place(child, depth + 1, false)),
      orphan,
    };
  };
  const roots = tops.toSorted(byStart).map((span) => place(span, 0, span.parentSpanId !== null));
  for (const span of spans) if (!placed.has(span.spanId)) roots.push(place(span, 0, true));
  const ends = spans.map(({ startUnixNano, durationNano }) =>
    Number(BigInt(startUnixNano) + BigInt(durationNano) - first),
  );
  return {
    roots,
    startMs: Number(first / 1_000_000n),
    durationNano: Math.max(1, ...ends),
    services: [...new Set(spans.map(({ service }) => service))].sort(),
    errors: spans.filter(({ status }) => status === 'error').length,
  };
}

function byStart(a: Span, b: Span): number {
  const distance = BigInt(a.startUnixNano) - BigInt(b.startUnixNano);
  return distance < 0n ? -1 : distance > 0n ? 1 : 0;
}

/** The spans as rows from top to bottom; what is below a folded span is left out. */
export function visibleRows(roots: readonly SpanNode[], folded: ReadonlySet<string>): readonly SpanNode[] {
  const rows: SpanNode[] = [];
  const walk = (node: SpanNode): void => {
    rows.push(node);
    if (!folded.has(node.span.spanId)) node.children.forEach(walk);
  };
  roots.forEach(walk);
  return rows;
}
