import { answerJaegerSearch, answerJaegerTrace, answerJaegerTraces } from '../http/jaeger/answers.ts';
import { answerMetrics } from '../http/tempo/metrics-answer.ts';
import { answerSearch } from '../http/tempo/search-answer.ts';
import { answerTagNames, answerTagValues } from '../http/tempo/tags-answer.ts';
import { answerTrace } from '../http/tempo/trace-answer.ts';
import { answerPageFind, answerPageOutline, answerPageSpans } from '../views/trace-outline.ts';
import { answerPageSearch, answerPageTrace } from '../views/traces.ts';
import type { TraceSources } from './trace-sources.ts';

/** Everything that is asked about traces, each answered with the bytes of a body; with none where there is no such trace. */
const ANSWERS = {
  pageSearch: answerPageSearch,
  pageTrace: answerPageTrace,
  pageOutline: answerPageOutline,
  pageSpans: answerPageSpans,
  pageFind: answerPageFind,
  tempoSearch: answerSearch,
  tempoMetrics: answerMetrics,
  tempoTagNames: answerTagNames,
  tempoTagValues: answerTagValues,
  tempoTrace: answerTrace,
  jaegerSearch: answerJaegerSearch,
  jaegerTraces: answerJaegerTraces,
  jaegerTrace: answerJaegerTrace,
};

export type TraceOp = keyof typeof ANSWERS;
/** Plain data: it goes between threads. */
export type TraceAsk<Op extends TraceOp> = Parameters<(typeof ANSWERS)[Op]>[1];

/** Asks about traces, wherever that is worked out. Throws `StoreError`, StoreUnavailableError, QueryTimeoutError. */
export type AskTraces = <Op extends TraceOp>(
  op: Op,
  ask: TraceAsk<Op>,
  abort: AbortSignal,
) => AsyncGenerator<Uint8Array>;

/** Works the answers out right here. */
export function answerTraces(sources: TraceSources): AskTraces {
  return async function* (op, ask, abort) {
    const answer = ANSWERS[op] as (
      sources: TraceSources,
      ask: unknown,
      abort: AbortSignal,
    ) => AsyncIterable<Uint8Array>;
    yield* answer(sources, ask, abort);
  };
}
