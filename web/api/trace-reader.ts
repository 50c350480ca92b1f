import { type Span, span as spanSchema, type TraceDetail, traceDetail } from '../../model/api/trace.ts';
import { describeIssues } from './failure.ts';

/** Where the spans begin in the answer, and where one ends and the next begins. */
const SPANS = '"spans":[';
const SEAM = '},{"spanId":"';
/** Parsed at once: large enough to be cheap, small enough that no frame waits for it. */
const BATCH_CHARACTERS = 1_000_000;

const envelope = traceDetail.omit({ spans: true });

/** An answer that is not what was promised: where, and what is wrong. */
export class NotATrace extends Error {
  override readonly name = 'NotATrace';
}

/**
 * Reads the JSON of a trace while it arrives, in batches, so that 100,000 spans neither wait for the last byte nor hold up
 * the page. A batch is cut where one span ends and the next begins; in JSON without spaces that text cannot be inside
 * of a string, and where it is inside of a list of attributes the batch does not parse and is read on. Any other form of the
 * JSON is right too, only read in one piece.
 *
 * @param pause called between batches; gives the page its turn.
 * @throws NotATrace or SyntaxError
 */
export async function readTrace(
  chunks: AsyncIterable<string>,
  pause: () => Promise<void>,
): Promise<TraceDetail> {
  const spans: Span[] = [];
  let head: string | null = null;
  let rest = '';
  let waiting: string[] = [];
  let waitingCharacters = 0;
  let wanted = BATCH_CHARACTERS;
  for await (const chunk of chunks) {
    waiting.push(chunk);
    waitingCharacters += chunk.length;
    if (waitingCharacters < wanted) continue;
    rest += waiting.join('');
    waiting = [];
    waitingCharacters = 0;
    if (head === null) {
      const begin = rest.indexOf(SPANS);
      if (begin !== -1) {
        head = rest.slice(0, begin + SPANS.length);
        rest = rest.slice(begin + SPANS.length);
      }
    }
    const seam = head === null ? -1 : rest.lastIndexOf(SEAM);
    const batch = seam === -1 ? null : parsedOrNull(`[${rest.slice(0, seam + 1)}]`);
    // What cannot be cut yet, such as one very large span, is tried again when it has doubled, not with every chunk.
    wanted = batch === null ? Math.max(BATCH_CHARACTERS, rest.length) : BATCH_CHARACTERS;
    if (batch === null) continue;
    addSpans(spans, batch);
    rest = rest.slice(seam + 2);
    await pause();
  }
  const last: unknown = JSON.parse((head ?? '') + rest + waiting.join(''));
  const outside = envelope.safeParse(last);
  if (!outside.success) throw new NotATrace(describeIssues(outside.error));
  const { spans: lastSpans } = last as { readonly spans?: unknown };
  if (!Array.isArray(lastSpans)) throw new NotATrace('spans: expected an array');
  addSpans(spans, lastSpans);
  return { ...outside.data, spans };
}

function parsedOrNull(json: string): readonly unknown[] | null {
  try {
    return JSON.parse(json) as readonly unknown[];
  } catch {
    return null;
  }
}

function addSpans(spans: Span[], batch: readonly unknown[]): void {
  for (const value of batch) {
    if (!isSpan(value)) {
      const checked = spanSchema.safeParse(value);
      if (!checked.success) throw new NotATrace(`spans.${spans.length}.${describeIssues(checked.error)}`);
      spans.push(checked.data);
    } else spans.push(value);
  }
}

const KINDS: ReadonlySet<unknown> = new Set(spanSchema.shape.kind.options);
const STATUSES: ReadonlySet<unknown> = new Set(spanSchema.shape.status.options);

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Whether a value has the shape of a span: what the schema says, twenty times as fast. Attributes are JSON already, so any
 * object of them is valid. What is not sure is left to the schema.
 */
function isSpan(value: unknown): value is Span {
  return (
    isRecord(value) &&
    typeof value.spanId === 'string' &&
    (value.parentSpanId === null || typeof value.parentSpanId === 'string') &&
    typeof value.service === 'string' &&
    typeof value.name === 'string' &&
    KINDS.has(value.kind) &&
    STATUSES.has(value.status) &&
    typeof value.statusMessage === 'string' &&
    typeof value.startUnixNano === 'string' &&
    typeof value.durationNano === 'string' &&
    isRecord(value.attributes) &&
    isRecord(value.resource) &&
    typeof value.scope === 'string' &&
    typeof value.scopeVersion === 'string' &&
    isRecord(value.scopeAttributes) &&
    typeof value.traceState === 'string' &&
    Array.isArray(value.events) &&
    value.events.every(
      (event) =>
        isRecord(event) &&
        typeof event.atUnixNano === 'string' &&
        typeof event.name === 'string' &&
        isRecord(event.attributes),
    ) &&
    Array.isArray(value.links) &&
    value.links.every(
      (link) =>
        isRecord(link) &&
        typeof link.traceId === 'string' &&
        typeof link.spanId === 'string' &&
        isRecord(link.attributes),
    )
  );
}
