import { type RequestHandler, Router } from 'express';
import type { StoredTrace } from '../../../storage/traces.ts';
import type { TraceStore } from '../../../traceql/trace-store.ts';
import { abortOf } from '../route.ts';
import { sendChunks } from '../send-chunks.ts';
import type { ReadTrace } from '../tempo/trace-routes.ts';
import { envelope, JaegerRefusal } from './refusal.ts';
import { searchOf, valuesOf } from './search-query.ts';
import { traceJson } from './trace-json.ts';

/** Spans in one answer; the traces after them are left out, and the answer says so. */
const SPANS_MAX = 300_000;
/** Traces asked for by id at once. */
const IDS_MAX = 100;

/** `traces` and `traces/{id}`. */
export function traceRoutes(store: TraceStore, byId: ReadTrace, now: () => number): Router {
  const router = Router();
  router.get('/traces', searchHandler(store, byId, now));
  router.get('/traces/:id', traceHandler(byId));
  return router;
}

const traceHandler =
  (byId: ReadTrace): RequestHandler =>
  async (request, response) => {
    const trace = await byId(traceIdOf(String(request.params.id)), abortOf(response));
    if (trace === null) throw new JaegerRefusal(404, 'trace not found');
    const raw = ['1', 't', 'true'].includes(valuesOf(request, 'raw')[0]?.toLowerCase() ?? '');
    response.type('json');
    await sendChunks(response, answerJson([trace], raw, []));
  };

const searchHandler =
  (store: TraceStore, byId: ReadTrace, now: () => number): RequestHandler =>
  async (request, response) => {
    const abort = abortOf(response);
    const asked = valuesOf(request, 'traceID').map(traceIdOf);
    if (asked.length > IDS_MAX) throw new JaegerRefusal(400, `more than ${IDS_MAX} traces at once`);
    const problems: object[] = [];
    const ids = asked.length > 0 ? asked : await find();
    const read = readEach(ids, byId, abort, problems);
    // The first is read before anything is sent, so that a store that is away is told by the status.
    const first = await read.next();
    response.type('json');
    await sendChunks(response, answerJson(startingWith(first, read), false, problems));

    async function find(): Promise<readonly string[]> {
      const found = await store.search({ ...searchOf(request, now()), spansPerSpanset: 1, abort });
      if (found.partial !== null) problems.push({ msg: found.partial });
      return found.traces.map(({ traceId }) => traceId);
    }
  };

/** The traces one after the other; what is missing or too much becomes a problem. */
async function* readEach(
  ids: readonly string[],
  byId: ReadTrace,
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

async function* startingWith(
  first: IteratorResult<StoredTrace, unknown>,
  rest: AsyncGenerator<StoredTrace>,
): AsyncIterable<StoredTrace> {
  if (first.done) return;
  yield first.value;
  yield* rest;
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

/** Up to 32 hexadecimal digits; zeros in front may be left out. @throws JaegerRefusal */
function traceIdOf(text: string): string {
  if (/^[0-9a-f]{1,32}$/i.test(text)) return text.toLowerCase().padStart(32, '0');
  const shown = JSON.stringify(text.slice(0, 100));
  throw new JaegerRefusal(
    400,
    `cannot parse traceID param: ${shown} is no hexadecimal number of at most 32 digits`,
  );
}
