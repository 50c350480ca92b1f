import type { StoredTrace } from '../../../storage/traces.ts';
import type { TraceSearchRequest } from '../../../traceql/trace-store.ts';
import type { TraceSources } from '../../trace-queries/trace-sources.ts';
import { envelope } from './envelope.ts';
import { traceJson } from './trace-json.ts';

/** Spans in one answer; the traces after them are left out, and the answer says so. */
const SPANS_MAX = 300_000;

/** One trace; nothing where there is none. Unless `raw`, clocks that are off are put right. */
export async function* answerJaegerTrace(
  { byId }: Pick<TraceSources, 'byId'>,
  { traceId, raw }: { readonly traceId: string; readonly raw: boolean },
  abort: AbortSignal,
): AsyncIterable<Uint8Array> {
  const trace = await byId(traceId, abort);
  if (trace !== null) yield* answerJson([trace], raw, []);
}

/** Traces by their ids. */
export async function* answerJaegerTraces(
  { byId }: Pick<TraceSources, 'byId'>,
  { traceIds }: { readonly traceIds: readonly string[] },
  abort: AbortSignal,
): AsyncIterable<Uint8Array> {
  const problems: object[] = [];
  yield* answerJson(readEach(traceIds, byId, abort, problems), false, problems);
}

/** The traces that a search finds, whole. */
export async function* answerJaegerSearch(
  { store, byId }: Pick<TraceSources, 'store' | 'byId'>,
  search: Omit<TraceSearchRequest, 'abort' | 'spansPerSpanset'>,
  abort: AbortSignal,
): AsyncIterable<Uint8Array> {
  const { traces, partial } = await store.search({ ...search, spansPerSpanset: 1, abort });
  const problems: object[] = partial === null ? [] : [{ msg: partial }];
  const ids = traces.map(({ traceId }) => traceId);
  yield* answerJson(readEach(ids, byId, abort, problems), false, problems);
}

/** The traces one after the other; what is missing or too much becomes a problem. */
async function* readEach(
  ids: readonly string[],
  byId: TraceSources['byId'],
  abort: AbortSignal,
  problems: object[],
): AsyncGenerator<StoredTrace> {
  let spans = 0;
  for (const [index, id] of ids.entries()) {
    const trace = await byId(id, abort);
    if (trace === null) {
      problems.push({ msg: 'trace not found', traceID: id });
      continue;
    }
    spans += trace.spans.length;
    if (spans > SPANS_MAX && index > 0) {
      problems.push({
        msg: `Only ${index} of ${ids.length} traces are here: together they have more than ${SPANS_MAX} spans`,
      });
      return;
    }
    yield trace;
  }
}

/** The envelope with traces as its data, a piece at a time. Problems are told at the end, when all of them are known. */
async function* answerJson(
  traces: Iterable<StoredTrace> | AsyncIterable<StoredTrace>,
  raw: boolean,
  problems: readonly object[],
): AsyncIterable<Buffer> {
  let before = '{"data":[';
  for await (const trace of traces) {
    for (const piece of traceJson(trace, raw)) {
      yield Buffer.from(before + piece);
      before = '';
    }
    before = ',';
  }
  const rest = JSON.stringify(envelope(null, 0, problems.length === 0 ? null : problems));
  yield Buffer.from(`${before === ',' ? '' : before}]${rest.replace('{"data":null', '')}`);
}
