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
  /** Those in which one span was waited for. */
  readonly ofNode: (node: TraceNode) => readonly Segment[];
  /** The spans that were waited for. */
  readonly nodes: Iterable<TraceNode>;
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
  /** The children that the span can have waited for by their ends, the last one at the end of the list. */
  readonly waitedFor: TraceNode[];
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
  const path = new Path();
  const stack: Frame[] =
    tree.main === null ? [] : [frameOf(tree.main, tree.main.startNano, endNano(tree.main))];
  for (let frame = stack.at(-1); frame !== undefined; frame = stack.at(-1)) {
    const child = frame.waitedFor.pop();
    if (child === undefined) {
      path.addBefore(frame.node, frame.floorNano, frame.cursorNano);
      stack.pop();
      const above = stack.at(-1);
      if (above !== undefined) above.cursorNano = frame.floorNano;
      continue;
    }
    const end = endWithin(child, frame.node);
    if (end > frame.cursorNano || end <= frame.floorNano) continue;
    path.addBefore(frame.node, end, frame.cursorNano);
    stack.push(frameOf(child, Math.max(frame.floorNano, child.startNano), end));
  }
  return {
    get segments() {
      return path.segments();
    },
    ofNode: path.byNode(tree.nodes.length),
    nodes: path.nodes,
    ...path.byService(),
  };
}

const endWithin = (child: TraceNode, parent: TraceNode): number => Math.min(endNano(child), endNano(parent));

/** Shared by the many spans without children; never added to. */
const NOBODY: TraceNode[] = [];

function frameOf(node: TraceNode, floorNano: number, cursorNano: number): Frame {
  if (node.children.length === 0) return { node, floorNano, cursorNano, waitedFor: NOBODY };
  const waitedFor = node.children.filter((child) => child.durationNano > 0 && isWaitedFor(child, node));
  waitedFor.sort((a, b) => endWithin(a, node) - endWithin(b, node) || b.startNano - a.startNano);
  return { node, floorNano, cursorNano, waitedFor };
}

function isWaitedFor(child: TraceNode, parent: TraceNode): boolean {
  if (child.span.kind === 'consumer' || parent.span.kind === 'producer') return false;
  if (child.startNano >= endNano(parent)) return false;
  return endNano(child) <= endNano(parent) || (parent.span.kind === 'client' && child.span.kind === 'server');
}

const NONE: readonly Segment[] = [];

/** A path while and after it is found, from its end to its beginning, in lists of numbers: there may be 200,000 segments. */
class Path {
  readonly nodes: TraceNode[] = [];
  readonly #startNanos: number[] = [];
  readonly #endNanos: number[] = [];

  addBefore(node: TraceNode, startNano: number, end: number): void {
    if (end <= startNano) return;
    this.nodes.push(node);
    this.#startNanos.push(startNano);
    this.#endNanos.push(end);
  }

  segments(): readonly Segment[] {
    return this.nodes.map((_, at) => this.#at(at)).reverse();
  }

  #at(at: number): Segment {
    return { node: this.nodes[at]!, startNano: this.#startNanos[at]!, endNano: this.#endNanos[at]! };
  }

  /** Looks up where a node's segments are in a list by nodes: a map with 100,000 lists takes longer to make than the path. */
  byNode(nodes: number): CriticalPath['ofNode'] {
    const ends = new Uint32Array(nodes + 1);
    for (const { index } of this.nodes) ends[index + 1]!++;
    for (let index = 1; index <= nodes; index++) ends[index]! += ends[index - 1]!;
    const next = ends.slice();
    const places = new Uint32Array(this.nodes.length);
    for (let at = 0; at < places.length; at++) places[next[this.nodes[at]!.index]!++] = at;
    return ({ index }) => {
      const own = places.subarray(ends[index], ends[index + 1]);
      return own.length === 0 ? NONE : Array.from(own, (at) => this.#at(at)).reverse();
    };
  }

  byService(): Pick<CriticalPath, 'services' | 'totalNano'> {
    const own = new Map<string, number>();
    let totalNano = 0;
    for (let at = 0; at < this.nodes.length; at++) {
      const { service } = this.nodes[at]!.span;
      const nano = this.#endNanos[at]! - this.#startNanos[at]!;
      own.set(service, (own.get(service) ?? 0) + nano);
      totalNano += nano;
    }
    const services = [...own]
      .map(([service, selfNano]) => ({ service, selfNano, share: selfNano / totalNano }))
      .sort((a, b) => b.selfNano - a.selfNano);
    return { services, totalNano };
  }
}
