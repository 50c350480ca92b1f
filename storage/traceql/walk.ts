import type { Field } from '../../traceql/ast.ts';
import type { Trace } from '../../traceql/trace.ts';
import { isTooMuch } from '../clickhouse/errors.ts';
import {
  type Candidate,
  type ReadContext,
  readCandidates,
  TRACE_REACH_MS,
  type Window,
} from './candidate-reads.ts';
import type { CandidatePlan } from './candidates.ts';
import { IDS_TOGETHER, readTraces, SPANS_OF_A_TRACE } from './trace-reads.ts';

/** Whole traces that may match. `partial` says why what follows may lack some. */
export interface WalkedTraces {
  readonly traces: readonly Trace[];
  readonly partial: string | null;
  /** Where the walk ended before the range's start: epoch milliseconds since when no trace is missing. */
  readonly sinceMs?: number;
}

export interface Walk {
  readonly plan: CandidatePlan;
  readonly range: Window;
  /** What an evaluation looks at; everything unless told. */
  readonly fields?: readonly Field[] | undefined;
  /** How many more traces are wanted; 0 ends the walk. */
  readonly wanted: () => number;
  /** Whether the time for it is over. */
  readonly late: () => boolean;
}

/** Traces that are read in one go where not every candidate matches. */
const CANDIDATES = 500;

/**
 * Walks backwards through a range, window by window, as wide as `ScanPace` says; each trace comes once. Where every candidate matches, they are
 * read when there are enough of them.
 */
export async function* walkTraces(context: ReadContext, walk: Walk): AsyncGenerator<WalkedTraces> {
  const { plan, range } = walk;
  const seen = new Set<string>();
  let found: readonly Candidate[] = [];
  const wanted = (): number => walk.wanted() - (plan.exact ? found.length : 0);
  let endMs = range.endMs;
  let size = plan.trace === null ? await context.pace.firstMs(endMs) : TRACE_REACH_MS;
  let stopped = false;
  // All traces since then were read; between it and `endMs` some may not have been yet.
  let readMs = endMs;
  while (endMs > range.startMs && wanted() > 0) {
    stopped = walk.late();
    if (stopped) break;
    const window = { startMs: Math.max(range.startMs, endMs - size), endMs };
    const before = wanted();
    const most = plan.exact ? Math.min(CANDIDATES, before) : CANDIDATES;
    try {
      const candidates = await readCandidates(context, plan, window, most);
      found = [...found, ...candidates.filter(({ id }) => !seen.has(id))];
      for (const { id } of candidates) seen.add(id);
      let whole = false;
      if (!plan.exact || found.length >= IDS_TOGETHER) {
        const some = found;
        found = [];
        whole = yield* wholeTraces(context, walk, some);
      }
      const oldest = candidates.length < most ? undefined : candidates.at(-1)?.newest;
      // A window that had more goes on where its oldest candidate lies; one that was all looked at, at its start.
      endMs =
        oldest === undefined ? window.startMs : Math.max(window.startMs, Math.min(oldest + 1, endMs - 1));
      if (whole) readMs = endMs;
      if (oldest === undefined)
        size = context.pace.nextMs(window.endMs - window.startMs, before - wanted(), wanted(), endMs);
    } catch (error) {
      if (!isTooMuch(error)) throw error;
      stopped = window.endMs - window.startMs <= NARROWEST_MS;
      if (stopped) break;
      size = Math.max(NARROWEST_MS, (window.endMs - window.startMs) / 8);
    }
  }
  if (yield* wholeTraces(context, walk, found)) readMs = endMs;
  if (readMs <= range.startMs) return;
  const enough = !stopped && walk.wanted() <= 0;
  yield { traces: [], partial: enough ? null : tooWide(readMs), sinceMs: readMs };
}

/** A window this narrow is not tried again narrower when it was too much for the store. */
const NARROWEST_MS = 60_000;

/** Reads traces, in halves where all of them are too much for the store. Returns whether it came to the last one. */
async function* wholeTraces(
  context: ReadContext,
  walk: Walk,
  candidates: readonly Candidate[],
): AsyncGenerator<WalkedTraces, boolean> {
  const read = new Set<string>();
  try {
    for await (const { traces, cut } of readTraces(context, candidates, walk.fields)) {
      for (const { traceId } of traces) read.add(traceId);
      yield { traces, partial: cut ? CUT : null };
      if (walk.wanted() <= 0 || walk.late()) return read.size >= candidates.length;
    }
    return true;
  } catch (error) {
    const left = candidates.filter(({ id }) => !read.has(id));
    if (!isTooMuch(error)) throw error;
    if (left.length <= 1) {
      yield { traces: [], partial: 'A trace is too large to be looked at' };
      return true;
    }
    const half = left.length >> 1;
    const whole = yield* wholeTraces(context, walk, left.slice(0, half));
    if (walk.wanted() <= 0 || walk.late()) return false;
    return (yield* wholeTraces(context, walk, left.slice(half))) && whole;
  }
}

const CUT = `A trace has more than ${SPANS_OF_A_TRACE} spans; only its first ones were looked at`;

const tooWide = (sinceMs: number): string =>
  `Only what began since ${new Date(sinceMs).toISOString()} was looked at: shorten the range or ask for something rarer`;
