import { z } from 'zod';
import { type Field, SPAN_KINDS, SPAN_STATUSES } from '../../traceql/ast.ts';
import type { Attributes, TraceSpan } from '../../traceql/trace.ts';
import { type AttributeValue, kindsByKey, typedValue } from '../attributes.ts';

const texts = z.record(z.string(), z.string());
const spanRow = z.object({
  traceId: z.string(),
  spanId: z.string(),
  parentSpanId: z.string(),
  service: z.string(),
  name: z.string(),
  kind: z.enum(SPAN_KINDS),
  status: z.enum(SPAN_STATUSES),
  campaignId: z.string(),
  start: z.string(),
  duration: z.string(),
  statusMessage: z.string().optional(),
  scope: z.string().optional(),
  scopeVersion: z.string().optional(),
  attributes: texts.optional(),
  attributeKinds: z.string().optional(),
  resource: texts.optional(),
  resourceKinds: z.string().optional(),
  scopeAttributes: texts.optional(),
  scopeAttributeKinds: z.string().optional(),
  eventTimes: z.array(z.string()).optional(),
  eventNames: z.array(z.string()).optional(),
  eventAttributes: z.array(texts).optional(),
  eventKinds: z.array(z.string()).optional(),
  linkTraces: z.array(z.string()).optional(),
  linkSpans: z.array(z.string()).optional(),
  linkAttributes: z.array(texts).optional(),
  linkKinds: z.array(z.string()).optional(),
});
type SpanRow = z.infer<typeof spanRow>;

const ALWAYS = `lower(hex(trace_id)) AS traceId, lower(hex(span_id)) AS spanId, lower(hex(parent_span_id)) AS parentSpanId,
  service, name, kind, status, campaign_id AS campaignId, toString(toUnixTimestamp64Nano(time)) AS start, duration`;

/** What is read where a query looks at it: every column more takes its time, however little is in it. */
const WHERE_ASKED_FOR = {
  status: 'status_message AS statusMessage',
  scope: 'scope, scope_version AS scopeVersion',
  span: 'attributes, attribute_kinds AS attributeKinds',
  resource: 'resource, resource_kinds AS resourceKinds',
  instrumentation: 'scope_attributes AS scopeAttributes, scope_attribute_kinds AS scopeAttributeKinds',
  event: `arrayMap(t -> toString(toUnixTimestamp64Nano(t)), events.time) AS eventTimes, events.name AS eventNames,
    events.attributes AS eventAttributes, events.kinds AS eventKinds`,
  link: `arrayMap(i -> lower(hex(i)), links.trace_id) AS linkTraces, arrayMap(i -> lower(hex(i)), links.span_id) AS linkSpans,
    links.attributes AS linkAttributes, links.kinds AS linkKinds`,
} as const;
type Part = keyof typeof WHERE_ASKED_FOR;
const PARTS = Object.keys(WHERE_ASKED_FOR) as Part[];

/** The columns of `spans` that an evaluation of these fields looks at; of all fields unless told. */
export function spanColumns(fields?: readonly Field[]): string {
  const parts = fields === undefined ? new Set(PARTS) : new Set(fields.flatMap(partsOf));
  return [ALWAYS, ...PARTS.filter((part) => parts.has(part)).map((part) => WHERE_ASKED_FOR[part])].join(', ');
}

function partsOf(field: Field): readonly Part[] {
  if (field.kind === 'attribute') return field.scope === 'none' ? ['span', 'resource'] : [field.scope];
  switch (field.intrinsic) {
    case 'span:statusMessage':
      return ['status'];
    case 'instrumentation:name':
    case 'instrumentation:version':
      return ['scope'];
    case 'event:name':
    case 'event:timeSinceStart':
      return ['event'];
    case 'link:traceID':
    case 'link:spanID':
      return ['link'];
    default:
      return [];
  }
}

/**
 * A value as queries work with it: every number is one, also an integer that a number holds only nearly, and what is not finite. (Shown to
 * people, those are texts.)
 */
export function evaluatedValue(text: string, kind: string): AttributeValue {
  if (kind === 'i') return Number(text);
  return kind === 'd' ? (NOT_FINITE[text] ?? Number(text)) : typedValue(text, kind);
}

/** As ClickHouse writes them. */
const NOT_FINITE: Readonly<Record<string, number>> = {
  inf: Number.POSITIVE_INFINITY,
  '-inf': Number.NEGATIVE_INFINITY,
  nan: Number.NaN,
};

function evaluatedAttributes(texts: Record<string, string> | undefined, kinds = ''): Attributes {
  if (texts === undefined) return {};
  const kindOf = kindsByKey(kinds);
  return Object.fromEntries(
    Object.entries(texts).map(([key, text]) => [key, evaluatedValue(text, kindOf.get(key) ?? 's')]),
  );
}

/** Rows of {@link spanColumns}, each with the trace it belongs to. */
export const toTraceSpans = (
  rows: readonly Readonly<Record<string, unknown>>[],
): readonly { readonly traceId: string; readonly span: TraceSpan }[] =>
  // Columns have one type in all rows, and many take their time to look at.
  rows.map((row, index) => toTraceSpan(index === 0 ? spanRow.parse(row) : (row as SpanRow)));

function toTraceSpan(read: SpanRow): { readonly traceId: string; readonly span: TraceSpan } {
  return {
    traceId: read.traceId,
    span: {
      spanId: read.spanId,
      parentSpanId: /^0*$/.test(read.parentSpanId) ? null : read.parentSpanId,
      service: read.service,
      name: read.name,
      kind: read.kind,
      status: read.status,
      statusMessage: read.statusMessage ?? '',
      campaignId: read.campaignId,
      startNanos: BigInt(read.start),
      durationNanos: Number(read.duration),
      attributes: evaluatedAttributes(read.attributes, read.attributeKinds),
      resource: evaluatedAttributes(read.resource, read.resourceKinds),
      scope: {
        name: read.scope ?? '',
        version: read.scopeVersion ?? '',
        attributes: evaluatedAttributes(read.scopeAttributes, read.scopeAttributeKinds),
      },
      events: (read.eventTimes ?? []).map((at, i) => ({
        atNanos: BigInt(at),
        name: read.eventNames?.[i] ?? '',
        attributes: evaluatedAttributes(read.eventAttributes?.[i], read.eventKinds?.[i]),
      })),
      links: (read.linkTraces ?? []).map((traceId, i) => ({
        traceId,
        spanId: read.linkSpans?.[i] ?? '',
        attributes: evaluatedAttributes(read.linkAttributes?.[i], read.linkKinds?.[i]),
      })),
    },
  };
}
