import type { OutlinedSpan, TraceOutline } from '../../../model/api/trace-outline.ts';
import { type ClockOffset, clockOffsets } from './clock-skew.ts';

/** What is wrong with a span's place or time. */
export type Trouble = 'parent-missing' | 'cycle' | 'same-id' | 'negative-duration';

/** A span in its place. Times in nanoseconds from the trace's first moment, with clocks adjusted where that was asked for. */
export interface TraceNode {
  /** The span's id; with `~2`, `~3` for further spans that carry the same id. */
  readonly key: string;
  readonly span: OutlinedSpan;
  readonly parent: TraceNode | null;
  /** In the order of their starts. */
  readonly children: readonly TraceNode[];
  readonly depth: number;
  /** Its index in `tree.nodes`, and the index after its last descendant's. */
  readonly index: number;
  readonly endIndex: number;
  readonly startNano: number;
  /** Never negative. */
  readonly durationNano: number;
  readonly troubles: readonly Trouble[];
  /** Whether it or a span below it failed. */
  readonly failed: boolean;
}

export interface TraceTree {
  /** All nodes, each before its children. */
  readonly nodes: readonly TraceNode[];
  readonly roots: readonly TraceNode[];
  /** Where the request began: the first root without a parent, else the longest of those whose parents are missing. */
  readonly main: TraceNode | null;
  /** Epoch milliseconds. */
  readonly startMs: number;
  /** At least 1. */
  readonly durationNano: number;
  readonly services: readonly string[];
  readonly errors: readonly TraceNode[];
  /** Spans that came more than once, the same in everything; each is shown once. */
  readonly copies: number;
  readonly troubles: Readonly<Record<Trouble, number>>;
  /** How far clocks are off, whether they were adjusted or not. */
  readonly clocks: readonly ClockOffset[];
}

/** While the tree is built. */
interface Draft {
  key: string;
  span: OutlinedSpan;
  parent: Draft | null;
  children: Draft[];
  depth: number;
  index: number;
  endIndex: number;
  startNano: number;
  durationNano: number;
  troubles: Trouble[];
  failed: boolean;
}

/** Shared by all that have none: most of 100,000 lists would be empty. A list with something in it is always a new one. */
const NO_TROUBLE: Trouble[] = [];
const NO_CHILDREN: Draft[] = [];

/**
 * Puts spans under their parents. Every span is shown: one whose parent did not arrive is a root, a circle of parents is
 * opened at its earliest span, a second span of the same id stands beside the first. No recursion: a trace may be
 * 100,000 deep.
 */
export function buildTree(
  { startUnixNano, spans }: Pick<TraceOutline, 'startUnixNano' | 'spans'>,
  { adjustClocks = true } = {},
): TraceTree {
  const { drafts, byId } = draft(spans);
  const roots = link(drafts, byId);
  const clocks = clockOffsets(roots);
  if (adjustClocks && clocks.length > 0) adjust(drafts, clocks);
  // Not Math.min(...drafts): a call takes only so many arguments.
  let earliest = drafts.length === 0 ? 0 : Number.POSITIVE_INFINITY;
  let latest = 0;
  for (const node of drafts) earliest = Math.min(earliest, node.startNano);
  for (const node of drafts) {
    node.startNano -= earliest;
    latest = Math.max(latest, node.startNano + node.durationNano);
  }
  const nodes = number(roots);
  const troubles = { 'parent-missing': 0, cycle: 0, 'same-id': 0, 'negative-duration': 0 };
  for (const node of nodes) for (const trouble of node.troubles) troubles[trouble]++;
  return {
    nodes,
    roots,
    main: mainRoot(roots),
    startMs: Number((BigInt(startUnixNano) + BigInt(earliest)) / 1_000n) / 1_000,
    durationNano: Math.max(1, latest),
    services: [...new Set(nodes.map(({ span }) => span.service))].sort(),
    errors: nodes.filter(({ span }) => span.status === 'error'),
    copies: spans.length - drafts.length,
    troubles,
    clocks,
  };
}

/** Spans not in their places yet, without copies, and the first of each id. */
function draft(spans: readonly OutlinedSpan[]): { drafts: Draft[]; byId: ReadonlyMap<string, Draft> } {
  const byId = new Map<string, Draft>();
  const others = new Map<string, Draft[]>();
  const drafts: Draft[] = [];
  for (const span of spans) {
    const first = byId.get(span.spanId);
    const same = first === undefined ? [] : [first, ...(others.get(span.spanId) ?? [])];
    if (same.some((other) => isCopy(other.span, span))) continue;
    const node: Draft = {
      key: first === undefined ? span.spanId : `${span.spanId}~${same.length + 1}`,
      span,
      parent: null,
      children: NO_CHILDREN,
      depth: -1,
      index: 0,
      endIndex: 0,
      startNano: span.startNano,
      durationNano: Math.max(0, span.durationNano),
      troubles: NO_TROUBLE,
      failed: span.status === 'error',
    };
    if (span.durationNano < 0) node.troubles = [...node.troubles, 'negative-duration'];
    if (first === undefined) byId.set(span.spanId, node);
    else {
      node.troubles = [...node.troubles, 'same-id'];
      others.set(span.spanId, [...same.slice(1), node]);
    }
    drafts.push(node);
  }
  return { drafts, byId };
}

const isCopy = (one: OutlinedSpan, other: OutlinedSpan): boolean =>
  one.startNano === other.startNano &&
  one.durationNano === other.durationNano &&
  one.name === other.name &&
  one.service === other.service &&
  one.parentSpanId === other.parentSpanId;

/** Joins children with their parents; the roots. */
function link(drafts: readonly Draft[], byId: ReadonlyMap<string, Draft>): Draft[] {
  const roots: Draft[] = [];
  for (const node of drafts) {
    const parentId = node.span.parentSpanId;
    node.parent = parentId === null ? null : (byId.get(parentId) ?? null);
    if (node.parent !== null) {
      if (node.parent.children === NO_CHILDREN) node.parent.children = [node];
      else node.parent.children.push(node);
      continue;
    }
    if (parentId !== null) node.troubles = [...node.troubles, 'parent-missing'];
    roots.push(node);
  }
  if (reach(roots) < drafts.length) openCircles(drafts, roots);
  return roots;
}

/** Gives all that hangs below some nodes a depth; how many there are. */
function reach(tops: readonly Draft[]): number {
  const reached = [...tops];
  for (let index = 0; index < reached.length; index++) {
    const node = reached[index]!;
    node.depth = node.parent === null ? 0 : node.parent.depth + 1;
    for (const child of node.children) reached.push(child);
  }
  return reached.length;
}

/** Makes the earliest span of each circle of parents a root. */
function openCircles(drafts: readonly Draft[], roots: Draft[]): void {
  for (const start of drafts) {
    if (start.depth !== -1) continue;
    // Nothing above it is reached either, so the way up ends in a circle.
    const met = new Set<Draft>();
    let node = start;
    for (; !met.has(node); node = node.parent!) met.add(node);
    let earliest = node;
    for (let other = node.parent!; other !== node; other = other.parent!)
      if (other.startNano < earliest.startNano) earliest = other;
    earliest.parent!.children = earliest.parent!.children.filter((child) => child !== earliest);
    earliest.parent = null;
    earliest.troubles = [...earliest.troubles, 'cycle'];
    roots.push(earliest);
    reach([earliest]);
  }
}

function adjust(drafts: readonly Draft[], clocks: readonly ClockOffset[]): void {
  const offsets = new Map(clocks.map(({ clock, offsetNano }) => [clock, offsetNano]));
  for (const node of drafts) node.startNano += offsets.get(node.span.clock) ?? 0;
}

const byStart = (a: Draft, b: Draft): number => a.startNano - b.startNano || b.durationNano - a.durationNano;

/** All nodes from top to bottom, with their indexes. */
function number(roots: Draft[]): Draft[] {
  const nodes: Draft[] = [];
  const open: Draft[] = [];
  const stack = roots.sort(byStart).toReversed();
  const closeTo = (depth: number): void => {
    while (open.length > depth) open.pop()!.endIndex = nodes.length;
  };
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    closeTo(node.depth);
    node.index = nodes.length;
    nodes.push(node);
    open.push(node);
    if (node.children.length > 1) node.children.sort(byStart);
    for (let index = node.children.length - 1; index >= 0; index--) stack.push(node.children[index]!);
  }
  closeTo(0);
  for (const node of nodes.toReversed()) if (node.failed && node.parent !== null) node.parent.failed = true;
  return nodes;
}

function mainRoot(roots: readonly Draft[]): Draft | null {
  const whole = roots.find(({ span }) => span.parentSpanId === null);
  return (
    whole ??
    roots.reduce<Draft | null>(
      (best, node) => (best === null || node.durationNano > best.durationNano ? node : best),
      null,
    )
  );
}

/** From the trace's first moment. */
export const endNano = (node: TraceNode): number => node.startNano + node.durationNano;

/** The nodes above one, the nearest first. */
export function ancestors(node: TraceNode): readonly TraceNode[] {
  const above: TraceNode[] = [];
  for (let parent = node.parent; parent !== null; parent = parent.parent) above.push(parent);
  return above;
}
