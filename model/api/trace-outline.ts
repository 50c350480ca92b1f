import { z } from 'zod';
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
  readonly spans: readonly OutlinedSpan[];
}

const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((text) => typeof text === 'string');
const isColumn = (value: unknown): value is readonly number[] =>
  Array.isArray(value) && value.every(Number.isSafeInteger);

/** Checked as a whole: one schema for each of a million values takes longer than the page may take to open. */
const texts = z.custom<readonly string[]>(isTexts, 'expected texts').meta({
  type: 'array',
  items: { type: 'string' },
});
const column = z.custom<readonly number[]>(isColumn, 'expected whole numbers').meta({
  type: 'array',
  items: { type: 'integer' },
});

const columns = z.object({
  traceId: z.string(),
  cut: z.boolean(),
  startUnixNano: z.string(),
  /** What is said more than once, said once. */
  texts,
  /** Of the spans in their order; then of parents that are not among them. */
  spanIds: texts,
  /** An index of `spanIds`; -1 for a root. */
  parents: column,
  /** Indexes of `texts`, as are the next five. */
  services: column,
  names: column,
  kinds: column,
  statuses: column,
  clocks: column,
  /** The empty text for none. */
  campaigns: column,
  startNanos: column,
  durationNanos: column,
  /** One entry an event: the index of its span, its time, and its name as an index of `texts`. */
  events: z.object({ spans: column, atNanos: column, names: column }),
  /** One entry a span that has some. */
  links: z.object({ spans: column, counts: column }),
});

/**
 * A {@link TraceOutline} as it travels: column by column, each text once. 100,000 spans are a tenth of what they are as
 * objects with all of their attributes.
 */
export const outlineColumns = columns.superRefine((wire, { addIssue }) => {
  for (const [path, message] of faults(wire)) addIssue({ code: 'custom', path: path.split('.'), message });
});
export type OutlineColumns = z.infer<typeof columns>;

const KINDS: ReadonlySet<string> = new Set(span.shape.kind.options);
const STATUSES: ReadonlySet<string> = new Set(span.shape.status.options);

/** Columns of another length than the others, and indexes of what is not there. */
function* faults(wire: OutlineColumns): Generator<readonly [path: string, message: string]> {
  const spans = wire.parents.length;
  const within = (column: readonly number[], end: number, least = 0): boolean =>
    column.every((index) => index >= least && index < end);
  const { events, links } = wire;
  for (const name of ['services', 'names', 'kinds', 'statuses', 'clocks', 'campaigns'] as const) {
    if (wire[name].length !== spans) yield [name, 'expected one a span'];
    if (!within(wire[name], wire.texts.length)) yield [name, 'expected indexes of texts'];
  }
  for (const name of ['startNanos', 'durationNanos'] as const)
    if (wire[name].length !== spans) yield [name, 'expected one a span'];
  if (wire.spanIds.length < spans) yield ['spanIds', 'expected one a span'];
  if (!within(wire.parents, wire.spanIds.length, -1)) yield ['parents', 'expected indexes of spanIds'];
  if (!wire.kinds.every((index) => KINDS.has(wire.texts[index] ?? '')))
    yield ['kinds', 'expected kinds of spans'];
  if (!wire.statuses.every((index) => STATUSES.has(wire.texts[index] ?? '')))
    yield ['statuses', 'expected statuses of spans'];
  if (!within(events.spans, spans)) yield ['events.spans', 'expected indexes of spans'];
  if (!within(events.names, wire.texts.length)) yield ['events.names', 'expected indexes of texts'];
  if (events.names.length !== events.spans.length || events.atNanos.length !== events.spans.length)
    yield ['events', 'expected columns of one length'];
  if (!within(links.spans, spans)) yield ['links.spans', 'expected indexes of spans'];
  if (links.counts.length !== links.spans.length) yield ['links', 'expected columns of one length'];
}

/** Things in the order in which they were first met. */
class Places {
  readonly #places = new Map<string, number>();

  of(text: string): number {
    const known = this.#places.get(text);
    if (known !== undefined) return known;
    this.#places.set(text, this.#places.size);
    return this.#places.size - 1;
  }

  get all(): string[] {
    return [...this.#places.keys()];
  }
}

/** Puts an outline into columns. */
export function columnsOf({ spans, ...trace }: TraceOutline): OutlineColumns {
  const texts = new Places();
  const [events, links] = [
    { spans: [], atNanos: [], names: [] },
    { spans: [], counts: [] },
  ] as [Record<keyof OutlineColumns['events'], number[]>, Record<keyof OutlineColumns['links'], number[]>];
  for (const [index, span] of spans.entries()) {
    for (const { atNano, name } of span.events) {
      events.spans.push(index);
      events.atNanos.push(atNano);
      events.names.push(texts.of(name));
    }
    if (span.links === 0) continue;
    links.spans.push(index);
    links.counts.push(span.links);
  }
  return {
    ...trace,
    ...idColumns(spans),
    services: spans.map(({ service }) => texts.of(service)),
    names: spans.map(({ name }) => texts.of(name)),
    kinds: spans.map(({ kind }) => texts.of(kind)),
    statuses: spans.map(({ status }) => texts.of(status)),
    clocks: spans.map(({ clock }) => texts.of(clock)),
    campaigns: spans.map(({ campaignId }) => texts.of(campaignId ?? '')),
    startNanos: spans.map(({ startNano }) => startNano),
    durationNanos: spans.map(({ durationNano }) => durationNano),
    ...{ events, links },
    texts: texts.all,
  };
}

function idColumns(spans: readonly OutlinedSpan[]): Pick<OutlineColumns, 'spanIds' | 'parents'> {
  const spanIds = spans.map(({ spanId }) => spanId);
  const firstOf = new Map<string, number>();
  for (let index = spans.length - 1; index >= 0; index--) firstOf.set(spanIds[index]!, index);
  const parents = spans.map(({ parentSpanId }) => {
    if (parentSpanId === null) return -1;
    const known = firstOf.get(parentSpanId);
    if (known !== undefined) return known;
    firstOf.set(parentSpanId, spanIds.length);
    return spanIds.push(parentSpanId) - 1;
  });
  return { spanIds, parents };
}

const NO_EVENTS: OutlinedSpan['events'] = [];

/** The outline that checked columns are of. */
export function outlineOf(wire: OutlineColumns): TraceOutline {
  const { texts, spanIds, parents } = wire;
  const events = new Map<number, { atNano: number; name: string }[]>();
  for (const [at, index] of wire.events.spans.entries()) {
    const own = events.get(index);
    const event = { atNano: wire.events.atNanos[at]!, name: texts[wire.events.names[at]!]! };
    if (own === undefined) events.set(index, [event]);
    else own.push(event);
  }
  const links = new Map(wire.links.spans.map((index, at) => [index, wire.links.counts[at]!]));
  const spans = parents.map(
    (parent, index): OutlinedSpan => ({
      spanId: spanIds[index]!,
      parentSpanId: parent === -1 ? null : spanIds[parent]!,
      service: texts[wire.services[index]!]!,
      name: texts[wire.names[index]!]!,
      kind: texts[wire.kinds[index]!] as OutlinedSpan['kind'],
      status: texts[wire.statuses[index]!] as OutlinedSpan['status'],
      clock: texts[wire.clocks[index]!]!,
      campaignId: texts[wire.campaigns[index]!]! || null,
      startNano: wire.startNanos[index]!,
      durationNano: wire.durationNanos[index]!,
      events: events.get(index) ?? NO_EVENTS,
      links: links.get(index) ?? 0,
    }),
  );
  return { traceId: wire.traceId, cut: wire.cut, startUnixNano: wire.startUnixNano, spans };
}
