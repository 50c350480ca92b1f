import { type Request, type RequestHandler, Router } from 'express';
import { ProtoWriter } from '../../../collector/json/proto-writer.ts';
import type { StoredTrace } from '../../../storage/traces.ts';
import { SPANS_OF_A_TRACE } from '../../../storage/traces.ts';
import { resourceSpansJson } from '../otlp/trace-json.ts';
import { traceProtobuf } from '../otlp/trace-protobuf.ts';
import { abortOf } from '../route.ts';
import { sendChunks } from '../send-chunks.ts';
import { Parameters } from './parameters.ts';
import { Refusal } from './refusal.ts';

export type ReadTrace = (traceId: string, abort: AbortSignal) => Promise<StoredTrace | null>;

const CUT = `the trace has more than ${SPANS_OF_A_TRACE} spans; only its first ones are here`;

/** `traces/{id}` and `v2/traces/{id}`, as JSON or protobuf. */
export function traceRoutes(byId: ReadTrace): Router {
  const router = Router();
  router.get(
    '/traces/:id',
    answering(byId, (trace) => ({
      json: jsonOf('{"batches":[', trace, ']}'),
      protobuf: traceProtobuf(trace),
    })),
  );
  router.get(
    '/v2/traces/:id',
    answering(byId, (trace) => ({
      json: jsonOf(
        '{"trace":{"resourceSpans":[',
        trace,
        `]}${trace.cut ? `,${JSON.stringify(PARTIAL).slice(1)}` : '}'}`,
      ),
      protobuf: answerProtobuf(trace),
    })),
  );
  return router;
}

const PARTIAL = { status: 'PARTIAL', message: CUT };

interface Answers {
  readonly json: Iterable<Buffer>;
  readonly protobuf: Iterable<Buffer>;
}

const answering =
  (byId: ReadTrace, answersOf: (trace: StoredTrace) => Answers): RequestHandler =>
  async (request, response) => {
    // The range is where to look first; a trace is found wherever it is.
    new Parameters(request).secondsRange();
    const trace = await byId(traceIdOf(String(request.params.id)), abortOf(response));
    if (trace === null) throw new Refusal(404, 'trace not found');
    const { json, protobuf } = answersOf(trace);
    if (wantsProtobuf(request)) await sendChunks(response.type('application/protobuf'), protobuf);
    else await sendChunks(response.type('json'), json);
  };

/** As Tempo decides it: by the first of the two that the header names. */
const wantsProtobuf = (request: Request): boolean =>
  request.headers.accept?.includes('application/protobuf') ?? false;

/** Tempo's rule: hexadecimal digits, zeros in front where some are missing. @throws Refusal */
function traceIdOf(text: string): string {
  if (!/^[0-9a-f]+$/i.test(text)) throw new Refusal(400, 'trace IDs can only contain hex characters');
  const digits = text.replace(/^0+(?=.{33})/, '');
  if (digits.length > 32) throw new Refusal(400, "trace IDs can't be larger than 128 bits");
  return digits.toLowerCase().padStart(32, '0');
}

function* jsonOf(opening: string, trace: StoredTrace, closing: string): Iterable<Buffer> {
  let before = opening;
  for (const text of resourceSpansJson(trace)) {
    yield Buffer.from(before + text);
    before = ',';
  }
  yield Buffer.from(closing);
}

/** `TraceByIDResponse`: the trace as field 1, then how complete it is. The trace's length comes first, so it is written whole. */
function* answerProtobuf(trace: StoredTrace): Iterable<Buffer> {
  const pieces = [...traceProtobuf(trace)];
  const head = new ProtoWriter(64);
  head.tag(1, 2);
  head.varint(pieces.reduce((sum, { length }) => sum + length, 0));
  yield head.finish();
  yield* pieces;
  if (!trace.cut) return;
  const tail = new ProtoWriter(256);
  tail.tag(3, 0);
  tail.varint(1);
  tail.tag(4, 2);
  tail.string(CUT);
  yield tail.finish();
}
