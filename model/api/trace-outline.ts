import { z } from 'zod';
import { type Column, ColumnBytesError, narrowed, readColumns, writeColumns } from '../column-bytes.ts';
import type { Parentage } from './parentage.ts';
import { type Span, span } from './trace.ts';

/** What a waterfall shows of a span. What else it says (attributes, messages, where links lead) is asked for span by span. */
export interface OutlinedSpan
  extends Pick<Span, 'spanId' | 'parentSpanId' | 'service' | 'name' | 'kind' | 'status'> {
  /** Spans of one clock have the same: the host where it is known, else the instance, else the service. */
  readonly clock: string;
  readonly campaignId: string | null;
  /** From the outline's `startUnixNano`, as the times of events are. */
  readonly startNano: number;
  readonly durationNano: number;
  readonly events: readonly { readonly atNano: number; readonly name: string }[];
  /** How many. */
  readonly links: number;
}

/** A trace from afar. `cut`: there are more spans than the first 100,000, which are here. */
export interface TraceOutline {
  readonly traceId: string;
  readonly cut: boolean;
  readonly startUnixNano: string;
  /** How many spans. */
  readonly size: number;
  /** One of them, made when it is asked for, by its index. They are in the order of their starts. */
  readonly spanAt: (index: number) => OutlinedSpan;
  /** Of each span the index of its parent; -1 for a root, and past all spans where the parent is not among them. */
  readonly parents: ArrayLike<number>;
  /** Spans with the id of an earlier one, and the index of the first with it. */
  readonly namesakes: ReadonlyMap<number, number>;
}

/** What is said once. */
const outlineHead = z.object({
  traceId: z.string(),
  cut: z.boolean(),
  startUnixNano: z.string(),
  /** What spans say more than once: the columns name it by its index. */
  texts: z.array(z.string()),
});

/** By their values in the columns. */
export const OUTLINE_KINDS = span.shape.kind.options;
export const OUTLINE_STATUSES = span.shape.status.options;

/**
 * A {@link TraceOutline} column by column, each text once: a twentieth of what the spans are as objects with all of their
 * attributes, and nothing in it has to be made before it can be shown.
 */
export interface OutlineColumns extends z.infer<typeof outlineHead>, Parentage {
  /** Indexes of `texts`, as are `names`, `clocks`, `eventNames` and, with the empty text for none, `campaigns`. */
  readonly services: Uint32Array;
  readonly names: Uint32Array;
  readonly clocks: Uint32Array;
  readonly campaigns: Uint32Array;
  /** Indexes of {@link OUTLINE_KINDS} and {@link OUTLINE_STATUSES}. */
  readonly kinds: Uint8Array;
  readonly statuses: Uint8Array;
  readonly startNanos: Float64Array;
  readonly durationNanos: Float64Array;
  /** Of each event the index of its span, in their order, its time and its name. */
  readonly eventSpans: Uint32Array;
  readonly eventNanos: Float64Array;
  readonly eventNames: Uint32Array;
  /** Of each span that has links its index and how many. */
  readonly linkSpans: Uint32Array;
  readonly linkCounts: Uint32Array;
}

/** Columns of whole numbers travel in as few bytes as hold their largest. */
export function outlineBytes(outline: OutlineColumns): Uint8Array<ArrayBuffer> {
  const { traceId, cut, startUnixNano, texts, ...columns } = outline;
  const narrow = ([name, column]: [string, Column]): [string, Column] => [
    name,
    column instanceof Uint32Array ? narrowed(column) : column,
  ];
  return writeColumns(
    { traceId, cut, startUnixNano, texts },
    Object.fromEntries(Object.entries(columns).map(narrow)),
  );
}

/** Whole numbers from 0 on. */
type Whole = Uint8Array | Uint16Array | Uint32Array;
const isWhole = (column: Column | undefined): column is Whole =>
  column instanceof Uint8Array || column instanceof Uint16Array || column instanceof Uint32Array;

/** The columns as they arrived, checked. */
type Arrived = {
  readonly [Name in keyof OutlineColumns]: OutlineColumns[Name] extends Uint32Array
    ? Whole
    : OutlineColumns[Name];
};

/** The outline out of its bytes. @throws ColumnBytesError */
export function readOutline(bytes: ArrayBuffer): TraceOutline {
  const { head, columns } = readColumns(bytes);
  const said = outlineHead.safeParse(head);
  if (!said.success)
    throw new ColumnBytesError(`The head is no outline's: ${said.error.issues[0]?.message ?? ''}.`);
  const arrived = { ...said.data, ...columns } as Arrived;
  for (const fault of faults(arrived)) throw new ColumnBytesError(fault);
  const { traceId, cut, startUnixNano, parents, namesakes, namesakesOf } = arrived;
  const events = endsOf(arrived.eventSpans, parents.length);
  const links = new Map(Array.from(arrived.linkSpans, (index, at) => [index, arrived.linkCounts[at]!]));
  const shared = { ...arrived, eventEnds: events, links };
  return {
    ...{ traceId, cut, startUnixNano, size: parents.length, parents },
    spanAt: (index) => new SpanInColumns(shared, index),
    namesakes: new Map(Array.from(namesakes, (index, at) => [index, namesakesOf[at]!])),
  };
}

/** Columns that are missing, of another length than the others, or name what is not there. */
function* faults(arrived: Arrived): Generator<string> {
  const { parents, spanIds, texts, eventSpans, linkSpans, namesakes } = arrived;
  if (!(parents instanceof Int32Array)) return yield 'There is no column «parents».';
  const spans = parents.length;
  const wholes = {
    ...{ services: [spans, texts.length], names: [spans, texts.length], clocks: [spans, texts.length] },
    ...{ campaigns: [spans, texts.length], kinds: [spans, OUTLINE_KINDS.length] },
    ...{ statuses: [spans, OUTLINE_STATUSES.length], eventSpans: [eventSpans?.length, spans] },
    ...{ eventNames: [eventSpans?.length, texts.length], linkSpans: [linkSpans?.length, spans] },
    ...{ linkCounts: [linkSpans?.length, Number.POSITIVE_INFINITY], namesakes: [namesakes?.length, spans] },
    namesakesOf: [namesakes?.length, spans],
  } satisfies Partial<Record<keyof Arrived, readonly [length: number, end: number]>>;
  for (const [name, [length, end]] of Object.entries(wholes) as [keyof typeof wholes, [number, number]][]) {
    const column: Column | undefined = arrived[name];
    if (!isWhole(column) || column.length !== length || !isWithin(column, 0, end))
      yield `The column «${name}» is not what it should be.`;
  }
  const times = { startNanos: spans, durationNanos: spans, eventNanos: eventSpans?.length } as const;
  for (const [name, length] of Object.entries(times) as [keyof typeof times, number][]) {
    const column: Column | undefined = arrived[name];
    if (!(column instanceof Float64Array) || column.length !== length || !areSafe(column))
      yield `The column «${name}» is not what it should be.`;
  }
  if (!(spanIds instanceof Uint8Array) || spanIds.length % 8 !== 0 || spanIds.length < spans * 8)
    yield 'The column «spanIds» is not what it should be.';
  if (!isWithin(parents, -1, spanIds.length / 8)) yield 'The column «parents» is not what it should be.';
  if (eventSpans.some((span, event) => event > 0 && span < eventSpans[event - 1]!))
    yield 'The column «eventSpans» is not in order.';
}

/** Plain loops: these are a million values, looked at once. */
function isWithin(column: Whole | Int32Array, least: number, end: number): boolean {
  for (let at = 0; at < column.length; at++) if (column[at]! < least || column[at]! >= end) return false;
  return true;
}

function areSafe(column: Float64Array): boolean {
  for (let at = 0; at < column.length; at++) if (!Number.isSafeInteger(column[at])) return false;
  return true;
}

/** Where in a column that is in order the entries of each span end. */
function endsOf(spansOfEntries: Whole, spans: number): Uint32Array {
  const ends = new Uint32Array(spans);
  for (const span of spansOfEntries) ends[span]!++;
  for (let index = 1; index < spans; index++) ends[index]! += ends[index - 1]!;
  return ends;
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

function hexOf(ids: Uint8Array, index: number): string {
  let text = '';
  for (let at = index * 8; at < index * 8 + 8; at++) text += HEX[ids[at]!]!;
  return text;
}

interface SharedColumns extends Arrived {
  readonly eventEnds: Uint32Array;
  readonly links: ReadonlyMap<number, number>;
}

const NO_EVENTS: OutlinedSpan['events'] = [];

/** One span, as the columns have it. */
class SpanInColumns implements OutlinedSpan {
  readonly #columns: SharedColumns;
  readonly #index: number;

  constructor(columns: SharedColumns, index: number) {
    this.#columns = columns;
    this.#index = index;
  }

  get spanId(): string {
    return hexOf(this.#columns.spanIds, this.#index);
  }

  get parentSpanId(): string | null {
    const parent = this.#columns.parents[this.#index]!;
    return parent === -1 ? null : hexOf(this.#columns.spanIds, parent);
  }

  get service(): string {
    return this.#text(this.#columns.services);
  }

  get name(): string {
    return this.#text(this.#columns.names);
  }

  get kind(): OutlinedSpan['kind'] {
    return OUTLINE_KINDS[this.#columns.kinds[this.#index]!]!;
  }

  get status(): OutlinedSpan['status'] {
    return OUTLINE_STATUSES[this.#columns.statuses[this.#index]!]!;
  }

  get clock(): string {
    return this.#text(this.#columns.clocks);
  }

  get campaignId(): string | null {
    return this.#text(this.#columns.campaigns) || null;
  }

  get startNano(): number {
    return this.#columns.startNanos[this.#index]!;
  }

  get durationNano(): number {
    return this.#columns.durationNanos[this.#index]!;
  }

  get events(): OutlinedSpan['events'] {
    const { eventEnds, eventNanos, eventNames, texts } = this.#columns;
    const from = this.#index === 0 ? 0 : eventEnds[this.#index - 1]!;
    const end = eventEnds[this.#index]!;
    if (from === end) return NO_EVENTS;
    return Array.from(eventNanos.subarray(from, end), (atNano, event) => ({
      atNano,
      name: texts[eventNames[from + event]!]!,
    }));
  }

  get links(): number {
    return this.#columns.links.get(this.#index) ?? 0;
  }

  #text(column: Whole): string {
    return this.#columns.texts[column[this.#index]!]!;
  }
}
