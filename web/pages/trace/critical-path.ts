import { endNano, type TraceNode, type TraceTree } from './tree.ts';

/** A stretch of time in which the request waited for one span and for none of its children. */
export interface Segment {
  readonly node: TraceNode;
  readonly startNano: number;
  readonly endNano: number;
}

export interface CriticalPath {
  /** From the first moment to the last, without gaps or overlaps: together as long as the main root. */
  readonly segments: readonly Segment[];
  readonly byNode: ReadonlyMap<TraceNode, readonly Segment[]>;
  /** How long the request waited for each service itself, the longest first. */
  readonly services: readonly {
    readonly service: string;
    readonly selfNano: number;
    readonly share: number;
  }[];
  readonly totalNano: number;
}

/** A span whose part of the path is being worked out, from its end backwards. */
interface Frame {
  readonly node: TraceNode;
  /** Nothing before this counts: a child cannot have been waited for before its parent began. */
  readonly floorNano: number;
  /** The path behind this moment is known. */
  cursorNano: number;
  /** By their ends, the last one at the end of the list. */
  readonly waitedFor: { readonly child: TraceNode; readonly endNano: number }[];
}

/**
 * What would have to be faster for the main root to be answered sooner.
 *
 * From a span's end backwards: its time belongs to the child that ended last, from that child's end back to its start (and so on
 * within the child); what lies between such children is the span's own. Then on from that child's start, with the
 * child that ended last before it; children that overlap it ran beside it and were not what was waited for. The method is that of
 * Uber's CRISP ("Critical Path Analysis of Large-Scale Microservice Architectures", USENIX ATC 2022) and of Jaeger.
 *
 * Asynchronous work is not on the path: consumers, what a producer set off, and children that go on when their parent has
 * ended, except a server whose client gave up: the client did wait, until its own end.
 */
export function criticalPath(tree: TraceTree): CriticalPath {
  const segments: Segment[] = [];
  const stack: Frame[] =
    tree.main === null ? [] : [frameOf(tree.main, tree.main.startNano, endNano(tree.main))];
  for (let frame = stack.at(-1); frame !== undefined; frame = stack.at(-1)) {
    const next = frame.waitedFor.pop();
    if (next === undefined) {
      add(segments, frame.node, frame.floorNano, frame.cursorNano);
      stack.pop();
      const above = stack.at(-1);
      if (above !== undefined) above.cursorNano = frame.floorNano;
    } else if (next.endNano <= frame.cursorNano && next.endNano > frame.floorNano) {
      add(segments, frame.node, next.endNano, frame.cursorNano);
      stack.push(frameOf(next.child, Math.max(frame.floorNano, next.child.startNano), next.endNano));
    }
  }
  segments.reverse();
  return { segments, byNode: byNode(segments), ...byService(segments) };
}

function frameOf(node: TraceNode, floorNano: number, cursorNano: number): Frame {
  const waitedFor = node.children
    .filter((child) => child.durationNano > 0 && isWaitedFor(child, node))
    .map((child) => ({ child, endNano: Math.min(endNano(child), endNano(node)) }))
    .sort((a, b) => a.endNano - b.endNano || b.child.startNano - a.child.startNano);
  return { node, floorNano, cursorNano, waitedFor };
}

function isWaitedFor(child: TraceNode, parent: TraceNode): boolean {
  if (child.span.kind === 'consumer' || parent.span.kind === 'producer') return false;
  if (child.startNano >= endNano(parent)) return false;
  return endNano(child) <= endNano(parent) || (parent.span.kind === 'client' && child.span.kind === 'server');
}

function add(segments: Segment[], node: TraceNode, startNano: number, end: number): void {
  if (end > startNano) segments.push({ node, startNano, endNano: end });
}

function byNode(segments: readonly Segment[]): ReadonlyMap<TraceNode, readonly Segment[]> {
  const found = new Map<TraceNode, Segment[]>();
  for (const segment of segments) {
    const own = found.get(segment.node);
    if (own === undefined) found.set(segment.node, [segment]);
    else own.push(segment);
  }
  return found;
}

function byService(segments: readonly Segment[]): Pick<CriticalPath, 'services' | 'totalNano'> {
  const own = new Map<string, number>();
  let totalNano = 0;
  for (const { node, startNano, endNano } of segments) {
    own.set(node.span.service, (own.get(node.span.service) ?? 0) + endNano - startNano);
    totalNano += endNano - startNano;
  }
  const services = [...own]
    .map(([service, selfNano]) => ({ service, selfNano, share: selfNano / totalNano }))
    .sort((a, b) => b.selfNano - a.selfNano);
  return { services, totalNano };
}
