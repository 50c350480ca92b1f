import type { SpanKind, SpanStatus } from './ast.ts';

/** An attribute's value as it was sent; lists and maps as JSON has them. */
export type AttributeValue = string | number | boolean | null | readonly unknown[] | object;
export type Attributes = Readonly<Record<string, AttributeValue>>;

/** The resource's attribute that names the service: a text that is not empty, anything else is none. */
export const SERVICE_NAME = 'service.name';

/** A span as queries see it. Ids are lower-case hex. */
export interface TraceSpan {
  readonly spanId: string;
  /** Null for a root. */
  readonly parentSpanId: string | null;
  readonly service: string;
  readonly name: string;
  readonly kind: SpanKind;
  readonly status: SpanStatus;
  readonly statusMessage: string;
  /** Its own attribute `campaign.id`, else its resource's; '' if neither has one. */
  readonly campaignId: string;
  /** Since the epoch. */
  readonly startNanos: bigint;
  readonly durationNanos: number;
  readonly attributes: Attributes;
  readonly resource: Attributes;
  readonly scope: { readonly name: string; readonly version: string; readonly attributes: Attributes };
  readonly events: readonly {
    readonly atNanos: bigint;
    readonly name: string;
    readonly attributes: Attributes;
  }[];
  readonly links: readonly {
    readonly traceId: string;
    readonly spanId: string;
    readonly attributes: Attributes;
  }[];
}

/** A trace with what follows from how its spans hang together. All arrays go by the span's index. */
export interface Trace {
  readonly traceId: string;
  /** By start; a span that came twice is there once. */
  readonly spans: readonly TraceSpan[];
  /** Index of the parent; -1 for roots, for spans whose parent is not here, and where the parents go round in a circle. */
  readonly parents: Int32Array;
  readonly childCounts: Int32Array;
  /**
   * Nested sets over what hangs on a root: a span's left and right numbers enclose those of its descendants. 0 for what hangs on no
   * root. The parent's left number; -1 for a root.
   */
  readonly nestedLeft: Int32Array;
  readonly nestedRight: Int32Array;
  readonly nestedParent: Int32Array;
  /** The first root; undefined if none has come yet. */
  readonly root: TraceSpan | undefined;
  readonly startNanos: bigint;
  /** From the first start to the last end. */
  readonly durationNanos: number;
}

/** Puts the spans of one trace together, in whatever order, with whatever missing. At least one. */
export function assembleTrace(traceId: string, received: readonly TraceSpan[]): Trace {
  const spans = withoutRepeats(received);
  const parents = parentIndexes(spans);
  const childCounts = new Int32Array(spans.length);
  for (const parent of parents) if (parent >= 0) childCounts[parent]!++;
  const { left, right, parent } = nestedSets(spans, parents);
  const startNanos = spans[0]!.startNanos;
  const end = spans.reduce((latest, span) => {
    const ends = span.startNanos + BigInt(Math.round(span.durationNanos));
    return ends > latest ? ends : latest;
  }, startNanos);
  return {
    traceId,
    spans,
    parents,
    childCounts,
    nestedLeft: left,
    nestedRight: right,
    nestedParent: parent,
    root: spans.find((span) => span.parentSpanId === null),
    startNanos,
    durationNanos: Number(end - startNanos),
  };
}

/** A client and a server may share a span's id, as Zipkin's do; the same span sent again is dropped. */
function withoutRepeats(received: readonly TraceSpan[]): readonly TraceSpan[] {
  const seen = new Set<string>();
  const once = received.filter((span) => {
    const key = `${span.spanId} ${span.kind}`;
    return !seen.has(key) && seen.add(key);
  });
  return once.sort((a, b) =>
    a.startNanos === b.startNanos ? compareText(a.spanId, b.spanId) : a.startNanos < b.startNanos ? -1 : 1,
  );
}

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function parentIndexes(spans: readonly TraceSpan[]): Int32Array {
  const indexOf = new Map<string, number>();
  // Of two spans with one id the first one, the client's, is the other's parent.
  spans.forEach((span, i) => {
    if (!indexOf.has(span.spanId)) indexOf.set(span.spanId, i);
  });
  const parents = Int32Array.from(spans, (span, i) => {
    const parent = span.parentSpanId === null ? undefined : indexOf.get(span.parentSpanId);
    return parent === undefined || parent === i ? -1 : parent;
  });
  cutCircles(parents);
  return parents;
}

/** Takes one link out of every circle, so that walking up ends. */
function cutCircles(parents: Int32Array): void {
  const done = new Uint8Array(parents.length);
  for (let from = 0; from < parents.length; from++) {
    const path = new Set<number>();
    for (let at = from; at >= 0 && done[at] === 0; at = parents[at]!) {
      path.add(at);
      if (path.has(parents[at]!)) parents[at] = -1;
    }
    for (const at of path) done[at] = 1;
  }
}

function nestedSets(spans: readonly TraceSpan[], parents: Int32Array) {
  const [left, right, parent] = [0, 0, 0].map(() => new Int32Array(spans.length)) as [
    Int32Array,
    Int32Array,
    Int32Array,
  ];
  const children = childLists(parents);
  let number = 0;
  spans.forEach((span, root) => {
    if (span.parentSpanId !== null) return;
    parent[root] = -1;
    // Without recursion: a trace may be a hundred thousand spans deep.
    const open: { at: number; next: number }[] = [{ at: root, next: 0 }];
    left[root] = ++number;
    for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
      const child = children[top.at]?.[top.next++];
      if (child === undefined) {
        right[top.at] = ++number;
        open.pop();
        continue;
      }
      left[child] = ++number;
      parent[child] = left[top.at]!;
      open.push({ at: child, next: 0 });
    }
  });
  return { left, right, parent };
}

function childLists(parents: Int32Array): readonly (number[] | undefined)[] {
  const lists = new Array<number[] | undefined>(parents.length);
  parents.forEach((parent, i) => {
    if (parent < 0) return;
    const list = lists[parent];
    if (list === undefined) lists[parent] = [i];
    else list.push(i);
  });
  return lists;
}
