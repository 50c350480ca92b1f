import { type CallRoute, NODE, type Place, routeOf } from './route.ts';

/** A call's two ends; a node may call itself, and calls may go in circles. */
export interface Call {
  readonly from: string;
  readonly to: string;
}

export interface MapLayout {
  readonly places: ReadonlyMap<string, Place>;
  /** By `callKey`. */
  readonly routes: ReadonlyMap<string, CallRoute>;
  readonly width: number;
  readonly height: number;
}

export const callKey = ({ from, to }: Call): string => JSON.stringify([from, to]);

const COLUMN_GAP = 140;
const ROW_GAP = 26;
/** What a call takes of a column that it passes through. */
const LANE_HEIGHT = 10;
const MARGIN = 24;
const SWEEPS = 6;

/**
 * Callers left of what they call, in layers (Sugiyama): circles are broken where a walk in the order of names meets itself, a
 * layer is the longest way to it, calls over several layers have a lane in those between, and the order within a layer follows
 * the mean place of the neighbours. It depends on the names and on who calls whom alone, not on how often: a refresh moves nothing.
 */
export function layOut(ids: readonly string[], calls: readonly Call[]): MapLayout {
  const names = [...new Set(ids)].sort();
  const known = new Set(names);
  const inMap = calls
    .filter(({ from, to }) => known.has(from) && known.has(to))
    .toSorted((a, b) => (callKey(a) < callKey(b) ? -1 : 1));
  const links = inMap.filter(({ from, to }) => from !== to);
  const forward = neighboursOf(names, links, 'from', 'to');
  const order = walk(names, forward, neighboursOf(names, links, 'to', 'from'));
  const layers = layersOf(order, forward);
  const chains = addLanes(layers, links);
  orderLayers(
    layers,
    [...chains.values()].flatMap((chain) => chain.slice(1).map((to, index) => ({ from: chain[index]!, to }))),
  );
  const { slots, ...size } = placeLayers(layers, known);
  const places = new Map([...slots].filter(([id]) => known.has(id)));
  const routes = new Map(
    inMap.map((call) => [
      callKey(call),
      routeOf((chains.get(callKey(call)) ?? [call.from]).map((id) => slots.get(id)!)),
    ]),
  );
  return { places, routes, ...size };
}

/** Gives each call a lane in every layer between its ends; its chain are the places it goes through, ends included. */
function addLanes(layers: string[][], links: readonly Call[]): Map<string, readonly string[]> {
  const layerOf = new Map(layers.flatMap((layer, index) => layer.map((id) => [id, index] as const)));
  const chains = new Map<string, readonly string[]>();
  for (const link of links) {
    const from = layerOf.get(link.from) ?? 0;
    const to = layerOf.get(link.to) ?? 0;
    const step = Math.sign(to - from);
    const lanes: string[] = [];
    for (let layer = from + step; step !== 0 && layer !== to; layer += step) {
      // No name of a service begins so.
      const lane = `\u0000${layer} ${callKey(link)}`;
      layers[layer]?.push(lane);
      lanes.push(lane);
    }
    chains.set(callKey(link), [link.from, ...lanes, link.to]);
  }
  return chains;
}

function placeLayers(layers: readonly (readonly string[])[], known: ReadonlySet<string>) {
  const heightOf = (id: string): number => (known.has(id) ? NODE.height : LANE_HEIGHT);
  const total = (layer: readonly string[]): number =>
    layer.reduce((sum, id) => sum + heightOf(id), 0) + Math.max(0, layer.length - 1) * ROW_GAP;
  const tallest = Math.max(NODE.height, ...layers.map(total));
  const slots = new Map<string, Place>();
  layers.forEach((layer, column) => {
    let y = MARGIN + (tallest - total(layer)) / 2;
    for (const id of layer) {
      // A lane's place is such that its middle is where a node's would be.
      slots.set(id, {
        x: MARGIN + column * (NODE.width + COLUMN_GAP),
        y: y - (NODE.height - heightOf(id)) / 2,
      });
      y += heightOf(id) + ROW_GAP;
    }
  });
  const columns = Math.max(1, layers.length);
  return {
    slots,
    width: 2 * MARGIN + columns * NODE.width + (columns - 1) * COLUMN_GAP,
    height: 2 * MARGIN + tallest,
  };
}

type Neighbours = ReadonlyMap<string, readonly string[]>;

function neighboursOf(
  names: readonly string[],
  links: readonly Call[],
  here: 'from' | 'to',
  there: 'from' | 'to',
): Neighbours {
  const sets = new Map(names.map((name) => [name, new Set<string>()]));
  for (const link of links) sets.get(link[here])?.add(link[there]);
  return new Map([...sets].map(([name, set]) => [name, [...set].sort()]));
}

/** Names so that callers come before what they call, but for the calls that close a circle. Those nobody calls begin. */
function walk(names: readonly string[], calls: Neighbours, callers: Neighbours): readonly string[] {
  const seen = new Set<string>();
  const finished: string[] = [];
  const roots = names.filter((name) => callers.get(name)?.length === 0);
  for (const root of [...roots, ...names]) {
    if (seen.has(root)) continue;
    seen.add(root);
    const path = [{ name: root, next: 0 }];
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const called = calls.get(top.name)?.[top.next];
      top.next += 1;
      if (called === undefined) {
        finished.push(top.name);
        path.pop();
      } else if (!seen.has(called)) {
        seen.add(called);
        path.push({ name: called, next: 0 });
      }
    }
  }
  return finished.toReversed();
}

/** The layers in the order of the longest way to a name. */
function layersOf(order: readonly string[], calls: Neighbours): string[][] {
  const place = new Map(order.map((name, index) => [name, index]));
  const depth = new Map<string, number>();
  for (const name of order) {
    const own = depth.get(name) ?? 0;
    depth.set(name, own);
    for (const called of calls.get(name) ?? []) {
      const closesCircle = (place.get(called) ?? 0) <= (place.get(name) ?? 0);
      if (!closesCircle) depth.set(called, Math.max(depth.get(called) ?? 0, own + 1));
    }
  }
  const layers: string[][] = [];
  for (const name of [...order].sort()) {
    const layer = depth.get(name) ?? 0;
    while (layers.length <= layer) layers.push([]);
    layers[layer]?.push(name);
  }
  return layers;
}

/** Puts each layer in the order of the mean place of its neighbours, forth and back; what has none keeps its place. */
function orderLayers(layers: string[][], links: readonly Call[]): void {
  const near = new Map<string, string[]>();
  for (const { from, to } of links) {
    near.set(from, [...(near.get(from) ?? []), to]);
    near.set(to, [...(near.get(to) ?? []), from]);
  }
  const place = new Map<string, number>();
  const remember = (layer: readonly string[]): void =>
    layer.forEach((name, row) => {
      place.set(name, row - (layer.length - 1) / 2);
    });
  layers.forEach(remember);
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
    const inOrder = sweep % 2 === 0 ? layers : layers.toReversed();
    for (const layer of inOrder) {
      const means = new Map(
        layer.map((name) => {
          const around = near.get(name) ?? [];
          const sum = around.reduce((total, one) => total + (place.get(one) ?? 0), 0);
          return [name, around.length === 0 ? (place.get(name) ?? 0) : sum / around.length];
        }),
      );
      layer.sort((a, b) => (means.get(a) ?? 0) - (means.get(b) ?? 0) || (a < b ? -1 : 1));
      remember(layer);
    }
  }
}
