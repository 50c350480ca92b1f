import type { GridSeries, GroupRequest } from '../../../promql/queryable.ts';
import type { Pushed } from '../grid-query.ts';
import type { IndexedSeries } from '../series-index.ts';
import type { LoadHistory } from './load-history.ts';

export interface GroupHistoryOptions {
  /** Bytes that it may take; 0 keeps nothing. */
  readonly maxBytes: number;
  readonly loads: LoadHistory;
}

/** Has the groups of some series worked out from one step of the request on. */
export type WorkGroups = (series: readonly IndexedSeries[], startMs: number) => Promise<Pushed>;

/** Groups at steps of one request and those before it. */
interface Known {
  readonly firstMs: number;
  readonly steps: number;
  readonly groups: readonly GridSeries[];
  /** Series that went into none of them: the evaluator does those. */
  readonly left: ReadonlySet<bigint>;
  /** Loads up to this one are in it. */
  readonly load: number;
}

/** Less than this share of a request is worked out anew with the rest. */
const WORTHWHILE = 0.5;
/** Steps before those that are asked for are dropped when there are so many times as many in all: a live view moves on for ever. */
const MAX_GROWTH = 1.5;

/**
 * Groups of more series than memory has room for the samples of, as they were worked out before. A live view asks for the same again and
 * for a few steps more: only these are worked out.
 */
export class GroupHistory {
  readonly #options: GroupHistoryOptions;
  /** In order of use. */
  readonly #known = new Map<string, Known>();
  #bytes = 0;

  constructor(options: GroupHistoryOptions) {
    this.#options = options;
  }

  /** The groups of the series at all steps of the request. @throws what `work` throws */
  async of(
    request: GroupRequest,
    steps: number,
    series: readonly IndexedSeries[],
    work: WorkGroups,
  ): Promise<Pushed> {
    if (this.#options.maxBytes === 0) return work(series, request.startMs);
    const key = keyOf(request);
    // Loads from now on may be seen or not.
    const load = this.#options.loads.newest;
    const known = this.#usable(key, request, steps);
    const longer = known && (await continued(known, request, steps, series, work));
    if (longer !== undefined) {
      // A shorter view of what is known leaves it as it is.
      if (longer === known) this.#keep(key, this.#known.get(key) ?? known);
      else this.#keep(key, { ...trimmed(longer, request, steps), load });
      return answer(longer, request, steps, series);
    }
    const whole = await work(series, request.startMs);
    const left = new Set(whole.left.map(({ id }) => id));
    this.#keep(key, { firstMs: request.startMs, steps, groups: whole.series, left, load });
    return whole;
  }

  /** What is known of a request and still true, if it is worth going on from. */
  #usable(key: string, { startMs, stepMs }: GroupRequest, steps: number): Known | undefined {
    const known = this.#known.get(key);
    if (known === undefined) return undefined;
    const unchangedToMs = this.#options.loads.oldestSince(known.load) - 1;
    const unchanged = Math.floor((unchangedToMs - known.firstMs) / stepMs) + 1;
    const before = Math.round((startMs - known.firstMs) / stepMs);
    const there = Math.min(known.steps, unchanged, before + steps);
    return before >= 0 && there - before >= WORTHWHILE * steps ? part(known, 0, there, stepMs) : undefined;
  }

  #keep(key: string, known: Known): void {
    this.#bytes += bytesOf(known) - bytesOf(this.#known.get(key));
    this.#known.delete(key);
    this.#known.set(key, known);
    for (const [oldest, one] of this.#known) {
      if (this.#bytes <= this.#options.maxBytes) return;
      this.#bytes -= bytesOf(one);
      this.#known.delete(oldest);
    }
  }
}

/** Requests with the same key have steps at the same times, some of them. */
function keyOf({
  matchers,
  func,
  windowMs,
  stepMs,
  startMs,
  operator,
  grouping,
  without,
}: GroupRequest): string {
  return JSON.stringify([matchers, func, windowMs, stepMs, startMs % stepMs, operator, grouping, without]);
}

/** What is known and the steps up to the request's last one; undefined if new series must be left out of all of them. */
async function continued(
  known: Known,
  { startMs, stepMs }: GroupRequest,
  steps: number,
  series: readonly IndexedSeries[],
  work: WorkGroups,
): Promise<Known | undefined> {
  const total = Math.round((startMs - known.firstMs) / stepMs) + steps;
  if (known.steps === total) return known;
  const others = known.left.size === 0 ? series : series.filter(({ id }) => !known.left.has(id));
  const later = await work(others, known.firstMs + known.steps * stepMs);
  if (later.left.length > 0) return undefined;
  return { ...known, steps: total, groups: joined(known, later.series, total) };
}

/** Groups at the steps that are known, then at later ones. */
function joined(known: Known, later: readonly GridSeries[], steps: number): GridSeries[] {
  const groups = new Map<string, GridSeries>();
  const put = ({ labels, values, present }: GridSeries, from: number): void => {
    let group = groups.get(labels.key);
    if (group === undefined) {
      group = { labels, values: new Float64Array(steps), present: new Uint8Array(steps) };
      groups.set(labels.key, group);
    }
    group.values.set(values, from);
    group.present.set(present, from);
  };
  for (const group of known.groups) put(group, 0);
  for (const group of later) put(group, known.steps);
  return [...groups.values()];
}

/** Without the steps before the request if they are many. */
function trimmed(known: Known, { startMs, stepMs }: GroupRequest, steps: number): Known {
  return known.steps <= MAX_GROWTH * steps
    ? known
    : part(known, Math.round((startMs - known.firstMs) / stepMs), known.steps, stepMs);
}

function answer(
  known: Known,
  { startMs, stepMs }: GroupRequest,
  steps: number,
  series: readonly IndexedSeries[],
): Pushed {
  const before = Math.round((startMs - known.firstMs) / stepMs);
  return {
    series: part(known, before, before + steps, stepMs).groups,
    left: known.left.size === 0 ? [] : series.filter(({ id }) => known.left.has(id)),
  };
}

/** Some of the steps, and the groups that have a value there. */
function part(known: Known, from: number, to: number, stepMs: number): Known {
  if (from === 0 && to === known.steps) return known;
  const groups = known.groups.map(({ labels, values, present }) => ({
    labels,
    values: values.slice(from, to),
    present: present.slice(from, to),
  }));
  return {
    ...known,
    firstMs: known.firstMs + from * stepMs,
    steps: to - from,
    groups: groups.filter(({ present }) => present.includes(1)),
  };
}

/** What a group takes beside its numbers, about. */
const GROUP_BYTES = 300;

const bytesOf = (known: Known | undefined): number =>
  known === undefined ? 0 : known.groups.length * (GROUP_BYTES + 9 * known.steps) + 32 * known.left.size;
