import { ProtoWriter } from '../../../collector/json/proto-writer.ts';
import { SPANS_OF_A_TRACE, type StoredTrace } from '../../../storage/traces.ts';
import type { TraceSources } from '../../trace-queries/trace-sources.ts';
import { resourceSpansJson } from '../otlp/trace-json.ts';
import { traceProtobuf } from '../otlp/trace-protobuf.ts';

/** How Tempo writes a trace: the first version alone, the second in an answer that can say how complete it is. */
export type TraceShape = 'json' | 'protobuf' | 'json v2' | 'protobuf v2';

export interface TraceAsk {
  /** 32 hex digits. */
  readonly traceId: string;
  readonly shape: TraceShape;
}

/** A trace by its id; nothing where there is none. */
export async function* answerTrace(
  { byId }: Pick<TraceSources, 'byId'>,
  { traceId, shape }: TraceAsk,
  abort: AbortSignal,
): AsyncIterable<Uint8Array> {
  const trace = await byId(traceId, abort);
  if (trace !== null) yield* SHAPES[shape](trace);
}

const SHAPES = {
  json: (trace) => jsonOf('{"batches":[', trace, ']}'),
  protobuf: traceProtobuf,
  'json v2': (trace) =>
    jsonOf(
      '{"trace":{"resourceSpans":[',
      trace,
      `]}${trace.cut ? `,${JSON.stringify(PARTIAL).slice(1)}` : '}'}`,
    ),
  'protobuf v2': answerProtobuf,
} as const satisfies Record<TraceShape, (trace: StoredTrace) => Iterable<Uint8Array>>;

const CUT = `the trace has more than ${SPANS_OF_A_TRACE} spans; only its first ones are here`;
const PARTIAL = { status: 'PARTIAL', message: CUT };

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
