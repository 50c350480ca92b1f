/** Who is whose parent among spans that are known by their place in a list. */
export interface Parentage {
  /** Eight bytes each: the ids of the spans, then those of parents that are not among them. */
  readonly spanIds: Uint8Array;
  /** Of each span the index of its parent's id; of several spans with that id the first's. -1 for a root. */
  readonly parents: Int32Array;
  /** Spans with the id of an earlier one (a client and a server may share theirs), and which is the first with it. */
  readonly namesakes: Uint32Array;
  readonly namesakesOf: Uint32Array;
}

/**
 * Finds parents by their ids, in time that grows with their number alone, whatever the ids are. `spanIds` and `parentIds` are eight
 * bytes a span; a parent's id of zeros is none.
 */
export function parentage(spanIds: Uint8Array, parentIds: Uint8Array): Parentage {
  const spans = spanIds.length / 8;
  // First the spans' ids, then those they name.
  const ids = new Uint16Array(spans * 8);
  const bytes = new Uint8Array(ids.buffer);
  bytes.set(spanIds);
  bytes.set(parentIds, spanIds.length);
  const parents = new Int32Array(spans).fill(-1);
  const lost: number[] = [];
  const namesakes: number[] = [];
  const namesakesOf: number[] = [];
  const order = byId(ids);
  let first = -1;
  for (let place = 0; place < order.length; place++) {
    const at = order[place]!;
    if (place === 0 || !isSame(ids, at, order[place - 1]!)) first = -1;
    if (at < spans) {
      if (first === -1) first = at;
      else {
        namesakes.push(at);
        namesakesOf.push(first);
      }
    } else if (!isZero(ids, at)) {
      if (first === -1) first = spans + lost.push(at) - 1;
      parents[at - spans] = first;
    }
  }
  const all = new Uint8Array((spans + lost.length) * 8);
  all.set(spanIds);
  for (const [index, at] of lost.entries()) all.set(bytes.subarray(at * 8, at * 8 + 8), (spans + index) * 8);
  return {
    spanIds: all,
    parents,
    namesakes: Uint32Array.from(namesakes),
    namesakesOf: Uint32Array.from(namesakesOf),
  };
}

const QUARTERS = 4;

const isSame = (ids: Uint16Array, one: number, other: number): boolean => {
  for (let quarter = 0; quarter < QUARTERS; quarter++)
    if (ids[one * QUARTERS + quarter] !== ids[other * QUARTERS + quarter]) return false;
  return true;
};

const isZero = (ids: Uint16Array, at: number): boolean => {
  for (let quarter = 0; quarter < QUARTERS; quarter++) if (ids[at * QUARTERS + quarter] !== 0) return false;
  return true;
};

/** Indexes so that equal ids stand together, those of one id in their order: a radix sort by a quarter of the id at a time. */
function byId(ids: Uint16Array): Uint32Array {
  const count = ids.length / QUARTERS;
  let from = new Uint32Array(count);
  for (let at = 0; at < count; at++) from[at] = at;
  let to = new Uint32Array(count);
  for (let quarter = 0; quarter < QUARTERS; quarter++) {
    const starts = new Uint32Array(0x1_0001);
    for (let at = quarter; at < ids.length; at += QUARTERS) starts[ids[at]! + 1]!++;
    for (let value = 1; value < starts.length; value++) starts[value]! += starts[value - 1]!;
    for (const at of from) to[starts[ids[at * QUARTERS + quarter]!]!++] = at;
    [from, to] = [to, from];
  }
  return from;
}
