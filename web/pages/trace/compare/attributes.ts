import type { Span } from '../../../../model/api/trace.ts';
import { textOf } from '../attribute-text.ts';
import { identityOf } from '../identity.ts';
import type { TraceNode } from '../tree.ts';
import type { PairedPath } from './paths.ts';

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
export function compareAttributes(
  paths: readonly PairedPath[],
  said: { readonly here: readonly Span[]; readonly there: readonly Span[] },
): readonly AttributeDifference[] {
  const [ours, theirs] = [byIdentity(said.here), byIdentity(said.there)];
  const tallies = new Map<string, Tally>();
  for (const path of paths) {
    if (path.state !== 'both') continue;
    const [here, there] = [valuesByKey(path.here, ours), valuesByKey(path.there, theirs)];
    for (const key of new Set([...here.keys(), ...there.keys()])) {
      const [mine, other] = [here.get(key) ?? new Set<string>(), there.get(key) ?? new Set<string>()];
      if ([...mine].some((value) => other.has(value))) continue;
      const tally = tallies.get(key) ?? { here: new Set(), there: new Set(), paths: 0, onError: false };
      for (const value of mine) if (tally.here.size < MOST_VALUES) tally.here.add(value);
      for (const value of other) if (tally.there.size < MOST_VALUES) tally.there.add(value);
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

const byIdentity = (spans: readonly Span[]): ReadonlyMap<string, Span> =>
  new Map(spans.map((span) => [identityOf(span), span]));

/** Long values count by their beginnings. */
const MOST_CHARACTERS = 200;

function valuesByKey(nodes: readonly TraceNode[], said: ReadonlyMap<string, Span>): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  for (const { span } of nodes) {
    const detail = said.get(identityOf(span));
    for (const attributes of detail === undefined ? [] : [detail.attributes, detail.resource]) {
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
