import { textOf } from './find.ts';
import type { TraceNode, TraceTree } from './tree.ts';

/** Spans of both traces that are reached by the same services and names from the root. */
export interface PairedPath {
  readonly key: string;
  readonly service: string;
  readonly name: string;
  readonly depth: number;
  /** Of the trace on the page, and of the one it is compared with. */
  readonly here: readonly TraceNode[];
  readonly there: readonly TraceNode[];
  readonly state: 'both' | 'added' | 'missing';
  /** Nanoseconds of all its spans together; here less there. */
  readonly hereNano: number;
  readonly thereNano: number;
  readonly changeNano: number;
  readonly hereErrors: number;
  readonly thereErrors: number;
}

/** An attribute whose values differ between like spans. */
export interface AttributeDifference {
  readonly key: string;
  readonly here: readonly string[];
  readonly there: readonly string[];
  /** Paths on which no value is the same. */
  readonly paths: number;
  /** Whether one of them is a span that failed in one of the traces. */
  readonly onError: boolean;
  readonly score: number;
}

export interface Comparison {
  /** In the order of the trace on the page; what is only in the other comes after its siblings. */
  readonly paths: readonly PairedPath[];
  readonly attributes: readonly AttributeDifference[];
}

/** Siblings of one service and name, in both traces, and what is below them. */
interface Group {
  readonly key: string;
  readonly depth: number;
  readonly here: TraceNode[];
  readonly there: TraceNode[];
}

/**
 * Pairs two traces by structure: roots with roots, and below each pair the children of the same service and name. How
 * often and in which order they came does not matter: ten retries stand beside one call.
 */
export function compareTraces(here: TraceTree, there: TraceTree): Comparison {
  const paths: PairedPath[] = [];
  const stack = group(here.roots, there.roots, '', 0).toReversed();
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    paths.push(pair(next));
    const below = group(
      next.here.flatMap(({ children }) => children),
      next.there.flatMap(({ children }) => children),
      next.key,
      next.depth + 1,
    );
    stack.push(...below.toReversed());
  }
  return { paths, attributes: differences(paths) };
}

function group(
  here: readonly TraceNode[],
  there: readonly TraceNode[],
  above: string,
  depth: number,
): readonly Group[] {
  const groups = new Map<string, Group>();
  const put = (node: TraceNode, side: 'here' | 'there'): void => {
    const key = `${above}/${node.span.service}\t${node.span.name}`;
    let found = groups.get(key);
    if (found === undefined) {
      found = { key, depth, here: [], there: [] };
      groups.set(key, found);
    }
    found[side].push(node);
  };
  for (const node of here) put(node, 'here');
  for (const node of there) put(node, 'there');
  return [...groups.values()];
}

function pair({ key, depth, here, there }: Group): PairedPath {
  const { service, name } = (here[0] ?? there[0]!).span;
  const total = (nodes: readonly TraceNode[]): number =>
    nodes.reduce((sum, { durationNano }) => sum + durationNano, 0);
  const errors = (nodes: readonly TraceNode[]): number =>
    nodes.filter(({ span }) => span.status === 'error').length;
  const [hereNano, thereNano] = [total(here), total(there)];
  return {
    key,
    service,
    name,
    depth,
    here,
    there,
    state: there.length === 0 ? 'added' : here.length === 0 ? 'missing' : 'both',
    hereNano,
    thereNano,
    changeNano: hereNano - thereNano,
    hereErrors: errors(here),
    thereErrors: errors(there),
  };
}

/** Values of one attribute that are remembered; beyond them it is as good as an id. */
const MOST_VALUES = 20;

interface Tally {
  readonly here: Set<string>;
  readonly there: Set<string>;
  paths: number;
  onError: boolean;
}

/**
 * Attributes that have no value in common on a path, ranked: what changes one value into one other on many spans (a
 * version, a region, a flag) is first, what is new on every span (ids, addresses, times) last; a span that failed counts
 * double.
 */
function differences(paths: readonly PairedPath[]): readonly AttributeDifference[] {
  const tallies = new Map<string, Tally>();
  for (const path of paths) {
    if (path.state !== 'both') continue;
    const [here, there] = [valuesByKey(path.here), valuesByKey(path.there)];
    for (const key of new Set([...here.keys(), ...there.keys()])) {
      const [ours, theirs] = [here.get(key) ?? new Set<string>(), there.get(key) ?? new Set<string>()];
      if ([...ours].some((value) => theirs.has(value))) continue;
      const tally = tallies.get(key) ?? { here: new Set(), there: new Set(), paths: 0, onError: false };
      for (const value of ours) if (tally.here.size < MOST_VALUES) tally.here.add(value);
      for (const value of theirs) if (tally.there.size < MOST_VALUES) tally.there.add(value);
      tally.paths++;
      tally.onError ||= path.hereErrors > 0 || path.thereErrors > 0;
      tallies.set(key, tally);
    }
  }
  return [...tallies]
    .map(([key, { here, there, paths, onError }]) => {
      const values = [...here, ...there];
      const likeId = values.every(isLikeId) ? 0.1 : 1;
      const score = (paths / Math.max(1, values.length / 2)) * likeId * (onError ? 2 : 1);
      return { key, here: [...here], there: [...there], paths, onError, score };
    })
    .sort((a, b) => b.score - a.score || a.key.localeCompare(b.key));
}

/** Long values count by their beginnings. */
const MOST_CHARACTERS = 200;

function valuesByKey(nodes: readonly TraceNode[]): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  for (const { span } of nodes) {
    for (const attributes of [span.attributes, span.resource]) {
      for (const [key, value] of Object.entries(attributes)) {
        const values = found.get(key) ?? new Set<string>();
        if (values.size < MOST_VALUES) values.add(textOf(value).slice(0, MOST_CHARACTERS));
        found.set(key, values);
      }
    }
  }
  return found;
}

/** Hexadecimal or decimal numbers of eight figures and more, UUIDs, and words that end in such. */
const isLikeId = (value: string): boolean =>
  /(^|[-_:/.])(?=[0-9a-f-]*\d)[0-9a-f]{8,}$|[0-9a-f]{8}-[0-9a-f]{4}-|\d{8,}/i.test(value);
