import type { OutlinedSpan, TraceOutline } from '../../../model/api/trace-outline.ts';
import { type ClockOffset, clockOffsets } from './clock-skew.ts';

/** What is wrong with a span's place or time. */
export type Trouble = 'parent-missing' | 'cycle' | 'same-id' | 'negative-duration';

/** A span in its place. Times in nanoseconds from the trace's first moment, with clocks adjusted where that was asked for. */
export interface TraceNode {
  /** The span's id; with `~2`, `~3` for further spans that carry the same id. Made when it is asked for. */
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
  readonly byKey: (key: string) => TraceNode | null;
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

/** Shared by all that have none: most of 100,000 lists would be empty. A list with something in it is always a new one. */
const NO_TROUBLE: Trouble[] = [];
const NO_CHILDREN: Draft[] = [];

/** What the times of all nodes are: numbers of this size would be an object each. By the outline's indexes. */
interface Times {
  readonly startNanos: Float64Array;
  readonly durationNanos: Float64Array;
}

type Source = Pick<TraceOutline, 'startUnixNano' | 'size' | 'spanAt' | 'parents' | 'namesakes'>;

/** A node while the tree is built. */
class Draft implements TraceNode {
  readonly #outline: Source;
  readonly #times: Times;
  /** In the outline. */
  readonly #place: number;
  /** How many spans have its id so far. */
  readonly #ofItsId: number;
  parent: Draft | null = null;
  children: Draft[] = NO_CHILDREN;
  depth = -1;
  index = 0;
  endIndex = 0;
  troubles: Trouble[] = NO_TROUBLE;
  failed: boolean;

  constructor(outline: Source, times: Times, place: number, ofItsId: number) {
    this.#outline = outline;
    this.#times = times;
    this.#place = place;
    this.#ofItsId = ofItsId;
    this.failed = this.span.status === 'error';
    if (this.span.durationNano < 0) this.troubled('negative-duration');
    if (ofItsId > 1) this.troubled('same-id');
  }

  get span(): OutlinedSpan {
    return this.#outline.spanAt(this.#place);
  }

  get key(): string {
    return this.#ofItsId === 1 ? this.span.spanId : `${this.span.spanId}~${this.#ofItsId}`;
  }

  get startNano(): number {
    return this.#times.startNanos[this.#place]!;
  }

  get durationNano(): number {
    return this.#times.durationNanos[this.#place]!;
  }

  troubled(trouble: Trouble): void {
    this.troubles = [...this.troubles, trouble];
  }
}

/**
 * Puts spans under their parents. Every span is shown: one whose parent did not arrive is a root, a circle of parents is
 * opened at its earliest span, a second span of the same id stands beside the first. No recursion: a trace may be
 * 100,000 deep.
 */
export function buildTree(outline: Source, { adjustClocks = true } = {}): TraceTree {
  const times = timesOf(outline);
  const places = draft(outline, times);
  const drafts = places.filter((node) => node !== null);
  const roots = link(drafts, places, outline.parents);
  const clocks = clockOffsets(roots);
  if (adjustClocks && clocks.length > 0) adjust(times, outline, clocks);
  const { earliest, durationNano } = fromFirstMoment(drafts, times);
  const nodes = number(roots);
  return {
    nodes,
    byKey: lookUp(nodes),
    roots,
    main: mainRoot(roots),
    startMs: Number((BigInt(outline.startUnixNano) + BigInt(earliest)) / 1_000n) / 1_000,
    durationNano,
    ...sumUp(nodes),
    copies: outline.size - drafts.length,
    clocks,
  };
}

function timesOf({ size, spanAt }: Source): Times {
  const times = { startNanos: new Float64Array(size), durationNanos: new Float64Array(size) };
  for (let place = 0; place < size; place++) {
    const { startNano, durationNano } = spanAt(place);
    times.startNanos[place] = startNano;
    times.durationNanos[place] = Math.max(0, durationNano);
  }
  return times;
}

/** Makes the earliest start 0; what it was, and how long the whole takes. */
function fromFirstMoment(
  drafts: readonly Draft[],
  { startNanos }: Times,
): { readonly earliest: number; readonly durationNano: number } {
  // Not Math.min(...drafts): a call takes only so many arguments.
  let earliest = drafts.length === 0 ? 0 : Number.POSITIVE_INFINITY;
  let latest = 1;
  for (const { startNano } of drafts) earliest = Math.min(earliest, startNano);
  for (let place = 0; place < startNanos.length; place++) startNanos[place]! -= earliest;
  for (const { startNano, durationNano } of drafts) latest = Math.max(latest, startNano + durationNano);
  return { earliest, durationNano: latest };
}

/** Keys are made when one is first asked for. */
function lookUp(nodes: readonly TraceNode[]): TraceTree['byKey'] {
  let byKey: ReadonlyMap<string, TraceNode> | null = null;
  return (key) => {
    byKey ??= new Map(nodes.map((node) => [node.key, node]));
    return byKey.get(key) ?? null;
  };
}

function sumUp(nodes: readonly Draft[]): Pick<TraceTree, 'services' | 'errors' | 'troubles'> {
  const services = new Set<string>();
  const errors: Draft[] = [];
  const troubles = { 'parent-missing': 0, cycle: 0, 'same-id': 0, 'negative-duration': 0 };
  for (const node of nodes) {
    services.add(node.span.service);
    if (node.span.status === 'error') errors.push(node);
    for (const trouble of node.troubles) troubles[trouble]++;
  }
  return { services: [...services].sort(), errors, troubles };
}

/** Spans not in their places yet, in the outline's order; null for one that is a copy of another. */
function draft(outline: Source, times: Times): (Draft | null)[] {
  const { size, spanAt, namesakes } = outline;
  const ofIds = new Map<number, OutlinedSpan[]>();
  const drafts: (Draft | null)[] = [];
  for (let place = 0; place < size; place++) {
    const first = namesakes.size === 0 ? undefined : namesakes.get(place);
    if (first === undefined) {
      drafts.push(new Draft(outline, times, place, 1));
      continue;
    }
    const span = spanAt(place);
    const same = ofIds.get(first) ?? [spanAt(first)];
    ofIds.set(first, same);
    const isNew = !same.some((other) => isCopy(other, span));
    drafts.push(isNew ? new Draft(outline, times, place, same.push(span)) : null);
  }
  return drafts;
}

const isCopy = (one: OutlinedSpan, other: OutlinedSpan): boolean =>
  one.startNano === other.startNano &&
  one.durationNano === other.durationNano &&
  one.name === other.name &&
  one.service === other.service &&
  one.parentSpanId === other.parentSpanId;

/** Joins children with their parents, whose places are given; the roots. */
function link(
  drafts: readonly Draft[],
  places: readonly (Draft | null)[],
  parents: ArrayLike<number>,
): Draft[] {
  const roots: Draft[] = [];
  for (let place = 0; place < places.length; place++) {
    const node = places[place]!;
    if (node === null) continue;
    const parent = parents[place]!;
    node.parent = places[parent] ?? null;
    if (node.parent !== null) {
      if (node.parent.children === NO_CHILDREN) node.parent.children = [node];
      else node.parent.children.push(node);
      continue;
    }
    if (parent !== -1) node.troubled('parent-missing');
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
    earliest.troubled('cycle');
    roots.push(earliest);
    reach([earliest]);
  }
}

function adjust({ startNanos }: Times, { spanAt }: Source, clocks: readonly ClockOffset[]): void {
  const offsets = new Map(clocks.map(({ clock, offsetNano }) => [clock, offsetNano]));
  for (let place = 0; place < startNanos.length; place++)
    startNanos[place]! += offsets.get(spanAt(place).clock) ?? 0;
}

const byStart = (a: Draft, b: Draft): number => a.startNano - b.startNano || b.durationNano - a.durationNano;

/** Most are: spans come by their starts. */
function isInOrder(siblings: readonly Draft[]): boolean {
  for (let at = 1; at < siblings.length; at++)
    if (byStart(siblings[at - 1]!, siblings[at]!) > 0) return false;
  return true;
}

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
    if (!isInOrder(node.children)) node.children.sort(byStart);
    for (let index = node.children.length - 1; index >= 0; index--) stack.push(node.children[index]!);
  }
  closeTo(0);
  for (let index = nodes.length - 1; index >= 0; index--) {
    const { failed, parent } = nodes[index]!;
    if (failed && parent !== null) parent.failed = true;
  }
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
