import { kindsByKey, type StoredAttributes, typedValue } from '../../../storage/attributes.ts';
import type { StoredSpan, StoredTrace } from '../../../storage/traces.ts';
import { goDuration } from '../../../traceql/duration.ts';
import { clockSkews } from './clock-skew.ts';

interface Tag {
  readonly key: string;
  readonly type: 'string' | 'bool' | 'int64' | 'float64' | 'binary';
  readonly value: string | number | boolean;
}

const SPANS_OF_A_PIECE = 500;

/**
 * A trace as Jaeger's API has it, in pieces of text. Times and durations are microseconds. Unless `raw`, spans of hosts whose clocks
 * are off are moved into their parents, and say so.
 */
export function* traceJson({ traceId, spans, cut }: StoredTrace, raw: boolean): Iterable<string> {
  const processes = new Map<string, { readonly id: string; readonly process: object }>();
  const processOf = ({ service, resource }: StoredSpan): string => {
    const key = `${JSON.stringify(resource.texts)}\0${resource.kinds}`;
    const known = processes.get(key) ?? {
      id: `p${processes.size + 1}`,
      process: { serviceName: service, tags: tagsOf(resource).filter(({ key }) => key !== 'service.name') },
    };
    processes.set(key, known);
    return known.id;
  };
  const skews = raw ? new Map<StoredSpan, bigint>() : clockSkews(spans);
  const id = jaegerTraceId(traceId);
  let before = `{"traceID":"${id}","spans":[`;
  for (let from = 0; from < spans.length; from += SPANS_OF_A_PIECE) {
    const some = spans.slice(from, from + SPANS_OF_A_PIECE);
    yield before +
      some.map((span) => JSON.stringify(spanJson(id, span, processOf(span), skews.get(span)))).join(',');
    before = ',';
  }
  const warnings = cut ? [`The trace has more spans; only its first ${spans.length} are here`] : null;
  const byId = Object.fromEntries([...processes.values()].map(({ id, process }) => [id, process]));
  yield `],"processes":${JSON.stringify(byId)},"warnings":${JSON.stringify(warnings)}}`;
}

/** Jaeger writes an id of 64 bits with 16 digits. */
const jaegerTraceId = (traceId: string): string => traceId.replace(/^0{16}(?=.{16}$)/, '');

function spanJson(traceID: string, span: StoredSpan, processID: string, skew = 0n): object {
  return {
    traceID,
    spanID: span.spanId,
    operationName: span.name,
    references: [
      ...(span.parentSpanId === null ? [] : [{ refType: 'CHILD_OF', traceID, spanID: span.parentSpanId }]),
      ...span.links.map((link) => ({
        refType: 'FOLLOWS_FROM',
        traceID: jaegerTraceId(link.traceId),
        spanID: link.spanId,
      })),
    ],
    startTime: micros(span.startNanos + skew),
    duration: micros(span.durationNanos),
    tags: [...tagsOf(span.attributes), ...ownTags(span)],
    logs: span.events.map(({ atNanos, name, attributes }) => ({
      timestamp: micros(atNanos + skew),
      fields: [...(name === '' ? [] : [text('event', name)]), ...tagsOf(attributes)],
    })),
    processID,
    warnings: skew === 0n ? null : [`This span's timestamps were adjusted by ${goDuration(Number(skew))}`],
  };
}

const micros = (nanos: bigint): number => Number(nanos / 1_000n);

/** What OpenTelemetry has as fields and Jaeger as tags, under the names that OpenTelemetry's mapping to Jaeger gives them. */
function ownTags({ scope, kind, status, statusMessage, traceState }: StoredSpan): readonly Tag[] {
  return [
    ...(scope.name === '' ? [] : [text('otel.scope.name', scope.name)]),
    ...(scope.version === '' ? [] : [text('otel.scope.version', scope.version)]),
    ...(kind === 'unspecified' ? [] : [text('span.kind', kind)]),
    ...(status === 'unset' ? [] : [text('otel.status_code', status.toUpperCase())]),
    ...(status === 'error' ? [{ key: 'error', type: 'bool', value: true } as const] : []),
    ...(statusMessage === '' ? [] : [text('otel.status_description', statusMessage)]),
    ...(traceState === '' ? [] : [text('w3c.tracestate', traceState)]),
  ];
}

const text = (key: string, value: string): Tag => ({ key, type: 'string', value });

function tagsOf({ texts, kinds }: StoredAttributes): readonly Tag[] {
  const kindOf = kindsByKey(kinds);
  return Object.entries(texts).map(([key, value]) => tagOf(key, value, kindOf.get(key) ?? 's'));
}

/** Integers that a double cannot hold are text, as in Jaeger; lists and maps are their JSON. */
function tagOf(key: string, value: string, kind: string): Tag {
  if (kind === 'b') return { key, type: 'bool', value: value === 'true' };
  if (kind === 'i' || kind === 'd') {
    const number = typedValue(value, kind);
    return {
      key,
      type: kind === 'i' ? 'int64' : 'float64',
      value: typeof number === 'number' ? number : value,
    };
  }
  return { key, type: kind === 'y' ? 'binary' : 'string', value };
}
