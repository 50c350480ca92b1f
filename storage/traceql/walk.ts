import type { Field } from '../../traceql/ast.ts';
import type { Trace } from '../../traceql/trace.ts';
import { isTooMuch } from '../clickhouse/errors.ts';
import type { CandidatePlan } from './candidates.ts';
import {
  type Candidate,
  type ReadContext,
  readCandidates,
  readTraces,
  SPANS_OF_A_TRACE,
  TRACE_REACH_MS,
  type Window,
} from './trace-reads.ts';

/** Whole traces that may match. `partial` says why what follows may lack some. */
export interface WalkedTraces {
  readonly traces: readonly Trace[];
  readonly partial: string | null;
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

/** Walks backwards through a range, window by window, as wide as `ScanPace` says; each trace comes once. */
export async function* walkTraces(context: ReadContext, walk: Walk): AsyncGenerator<WalkedTraces> {
  const { plan, range } = walk;
  const seen = new Set<string>();
  let endMs = range.endMs;
  let size = plan.trace === null ? await context.pace.firstMs(endMs) : TRACE_REACH_MS;
  while (endMs > range.startMs && walk.wanted() > 0) {
    if (walk.late()) return yield tooWide(endMs);
    const window = { startMs: Math.max(range.startMs, endMs - size), endMs };
    const most = plan.exact ? Math.min(CANDIDATES, walk.wanted()) : CANDIDATES;
    const wanted = walk.wanted();
    try {
      const candidates = await readCandidates(context, plan, window, most);
      const fresh = candidates.filter(({ id }) => !seen.has(id));
      for await (const walked of wholeTraces(context, walk, fresh)) {
        for (const { traceId } of walked.traces) seen.add(traceId);
        yield walked;
      }
      const oldest = candidates.length < most ? undefined : candidates.at(-1)?.newest;
      // A window that had more goes on where its oldest candidate lies; one that was all looked at, at its start.
      endMs =
        oldest === undefined ? window.startMs : Math.max(window.startMs, Math.min(oldest + 1, endMs - 1));
      if (oldest === undefined)
        size = context.pace.nextMs(
          window.endMs - window.startMs,
          wanted - walk.wanted(),
          walk.wanted(),
          endMs,
        );
    } catch (error) {
      if (!isTooMuch(error)) throw error;
      if (window.endMs - window.startMs <= NARROWEST_MS) return yield tooWide(endMs);
      size = Math.max(NARROWEST_MS, (window.endMs - window.startMs) / 8);
    }
  }
}

/** A window this narrow is not tried again narrower when it was too much for the store. */
const NARROWEST_MS = 60_000;

async function* wholeTraces(
  context: ReadContext,
  { fields, wanted, late }: Walk,
  candidates: readonly Candidate[],
): AsyncGenerator<WalkedTraces> {
  for await (const { traces, cut } of readTraces(context, candidates, fields)) {
    const partial = cut
      ? `A trace has more than ${SPANS_OF_A_TRACE} spans; only its first ones were looked at`
      : null;
    yield { traces, partial };
    if (wanted() <= 0 || late()) return;
  }
}

const tooWide = (sinceMs: number): WalkedTraces => ({
  traces: [],
  partial: `Only what began since ${new Date(sinceMs).toISOString()} was looked at: shorten the range or ask for something rarer`,
});
