import { endNano, type TraceNode } from './tree.ts';
import type { TimeWindow } from './view-state.ts';

/** Percent of the track. */
export interface Place {
  readonly left: number;
  readonly width: number;
}

/** The narrowest that can be seen. */
const LEAST_WIDTH = 0.2;

const share = (nano: number, { fromNano, toNano }: TimeWindow): number =>
  ((nano - fromNano) / (toNano - fromNano)) * 100;

/** Where a stretch of time lies in the window; what sticks out is cut off. */
export function placeOf(startNano: number, end: number, window: TimeWindow): Place {
  const left = Math.max(0, Math.min(100 - LEAST_WIDTH, share(startNano, window)));
  return { left, width: Math.max(LEAST_WIDTH, Math.min(100, share(end, window)) - left) };
}

/** Where a span lies in the window. */
export const barOf = (node: TraceNode, window: TimeWindow): Place =>
  placeOf(node.startNano, endNano(node), window);

/** Whether any of a span or segment can be seen. */
export function isInside(
  one:
    | { readonly startNano: number; readonly durationNano: number }
    | { readonly startNano: number; readonly endNano: number },
  window: TimeWindow,
): boolean {
  const end = 'endNano' in one ? one.endNano : one.startNano + one.durationNano;
  return end >= window.fromNano && one.startNano <= window.toNano;
}

/** As many ticks as tell anything; events at one place share a tick. */
const PLACES_PER_PERCENT = 4;

const NONE: readonly never[] = [];

/** Where a span's events lie in the window, with their names; ticks that would cover each other are one. */
export function eventPlaces(
  node: TraceNode,
  window: TimeWindow,
): readonly { readonly left: number; readonly name: string }[] {
  if (node.span.events.length === 0) return NONE;
  const names = new Map<number, Set<string>>();
  for (const event of node.span.events) {
    const atNano = node.startNano + event.atNano - node.span.startNano;
    if (atNano < window.fromNano || atNano > window.toNano) continue;
    const left = Math.round(share(atNano, window) * PLACES_PER_PERCENT) / PLACES_PER_PERCENT;
    const there = names.get(left) ?? new Set<string>();
    if (there.size < 5) there.add(event.name);
    names.set(left, there);
  }
  return [...names].map(([left, there]) => ({ left, name: [...there].join(', ') }));
}

const DOTS = 1_000;

/** A stretch of time. */
interface Stretch {
  readonly startNano: number;
  readonly endNano: number;
}

/** What of the window's thousandths some stretches cover, joined where they touch: at most a few hundred pieces for any number. */
function* piecesOf(stretches: Iterable<Stretch>, window: TimeWindow): Generator<readonly [number, number]> {
  const dots = new Uint8Array(DOTS);
  for (const stretch of stretches) {
    if (!isInside(stretch, window)) continue;
    const { left, width } = placeOf(stretch.startNano, stretch.endNano, window);
    const from = Math.floor(left * (DOTS / 100));
    dots.fill(1, from, Math.max(from + 1, Math.ceil((left + width) * (DOTS / 100))));
  }
  for (let dot = 0; dot < DOTS; dot++) {
    if (dots[dot] === 0) continue;
    const from = dot;
    while (dot < DOTS && dots[dot] === 1) dot++;
    yield [from, dot];
  }
}

/** The outline of many bars, 1,000 wide and 1 high. */
export function shapeOf(nodes: readonly TraceNode[], window: TimeWindow): string {
  const stretches = nodes.map((node) => ({ startNano: node.startNano, endNano: endNano(node) }));
  let shape = '';
  for (const [from, to] of piecesOf(stretches, window)) shape += `M${from} 0H${to}V1H${from}Z`;
  return shape;
}

/**
 * Stretches as one element, however many they are: where it lies, and for several the background that draws them. Null where none is in
 * the window.
 */
export function stripesOf(
  stretches: readonly Stretch[],
  window: TimeWindow,
): { readonly place: Place; readonly background: string | null } | null {
  const [first, second] = stretches;
  if (first === undefined) return null;
  // Most have one, and a background is worked out again for each row that comes into sight.
  if (second === undefined)
    return isInside(first, window)
      ? { place: placeOf(first.startNano, first.endNano, window), background: null }
      : null;
  let stops = '';
  for (const [from, to] of piecesOf(stretches, window))
    stops += `,transparent ${from / 10}%,currentcolor ${from / 10}% ${to / 10}%,transparent ${to / 10}%`;
  return stops === ''
    ? null
    : { place: { left: 0, width: 100 }, background: `linear-gradient(90deg${stops})` };
}
