import type { OutlinedSpan } from '../../../model/api/trace-outline.ts';

/** How far the clock of one instance of a service is off, against the clock of the trace's root. */
export interface ClockOffset {
  readonly clock: string;
  readonly service: string;
  /** To be added to the times of its spans, so that they lie within their parents. */
  readonly offsetNano: number;
}

/** What is needed of a span in its tree. */
interface Timed {
  readonly span: OutlinedSpan;
  readonly startNano: number;
  readonly durationNano: number;
  readonly children: readonly Timed[];
}

/**
 * The offsets that calls from one clock to another allow: each at least, and at most where the caller waited for its end. Two lists
 * of numbers, for there may be 100,000 calls.
 */
interface Bounds {
  readonly leastNanos: number[];
  readonly mostNanos: number[];
}

/**
 * Offsets of clocks out of the containment of calls: a child on another clock cannot begin before its parent, and one
 * that is shorter than its parent, and not asynchronous, ends within it. Jaeger's clock skew adjuster concludes so from each call alone and
 * moves the child to the middle of its parent; here all calls between two clocks count together, so that a clock has one offset.
 * The offset is 0 where 0 is possible, the middle of what is possible where it is not, and the median of the calls'
 * middles where they contradict each other. Clocks are taken in the order of calls from the root's.
 *
 * @returns the clocks whose offset is not 0.
 */
export function clockOffsets(roots: readonly Timed[]): readonly ClockOffset[] {
  const calls = new Map<string, Map<string, Bounds>>();
  const services = new Map<string, string>();
  const stack = [...roots];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    const { clock, service } = node.span;
    if (!services.has(clock)) services.set(clock, service);
    const callees = calls.get(clock) ?? new Map<string, Bounds>();
    if (callees.size === 0) calls.set(clock, callees);
    for (const child of node.children) {
      stack.push(child);
      const callee = child.span.clock;
      if (callee === clock) continue;
      const bounds = callees.get(callee) ?? { leastNanos: [], mostNanos: [] };
      if (bounds.leastNanos.length === 0) callees.set(callee, bounds);
      addBounds(bounds, node, child);
    }
  }
  const offsets = new Map<string, number>();
  for (const root of roots) followCalls(root.span.clock, calls, offsets);
  return [...offsets]
    .filter(([, offsetNano]) => offsetNano !== 0)
    .map(([clock, offsetNano]) => ({ clock, service: services.get(clock) ?? clock, offsetNano }))
    .sort((a, b) => a.service.localeCompare(b.service) || a.clock.localeCompare(b.clock));
}

function addBounds({ leastNanos, mostNanos }: Bounds, parent: Timed, child: Timed): void {
  const leastNano = parent.startNano - child.startNano;
  const asynchronous = child.span.kind === 'consumer' || parent.span.kind === 'producer';
  const room = parent.durationNano - child.durationNano;
  leastNanos.push(leastNano);
  mostNanos.push(asynchronous || room < 0 ? Number.POSITIVE_INFINITY : leastNano + room);
}

function followCalls(
  from: string,
  calls: ReadonlyMap<string, ReadonlyMap<string, Bounds>>,
  offsets: Map<string, number>,
): void {
  if (offsets.has(from)) return;
  offsets.set(from, 0);
  const queue = [from];
  for (let caller = queue.shift(); caller !== undefined; caller = queue.shift()) {
    for (const [callee, bounds] of calls.get(caller) ?? []) {
      if (offsets.has(callee)) continue;
      offsets.set(callee, offsetWithin(bounds, offsets.get(caller) ?? 0));
      queue.push(callee);
    }
  }
}

function offsetWithin({ leastNanos, mostNanos }: Bounds, callerNano: number): number {
  let least = Number.NEGATIVE_INFINITY;
  let most = Number.POSITIVE_INFINITY;
  for (const nano of leastNanos) least = Math.max(least, nano + callerNano);
  for (const nano of mostNanos) most = Math.min(most, nano + callerNano);
  if (least <= 0 && most >= 0) return 0;
  if (least <= most) return middle(least, most);
  const middles = leastNanos
    .map((nano, call) => middle(nano + callerNano, mostNanos[call]! + callerNano))
    .sort((a, b) => a - b);
  return middles[Math.floor(middles.length / 2)]!;
}

const middle = (least: number, most: number): number =>
  most === Number.POSITIVE_INFINITY ? least : Math.round((least + most) / 2);
