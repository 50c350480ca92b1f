import type { Field } from '../ast.ts';
import { formatField } from '../printer.ts';
import type { Trace } from '../trace.ts';
import type { FoundSpan, FoundSpanset, FoundTrace, NamedValue } from '../trace-store.ts';
import { evaluateField } from './field.ts';
import { firstOf, type Spanset } from './spansets.ts';

/** A trace that was found, as answers show it. `fields` are shown beside each span; 0 spans a spanset: all. */
export function foundTrace(
  trace: Trace,
  spansets: readonly Spanset[],
  fields: readonly Field[],
  spansPerSpanset: number,
): FoundTrace {
  let campaignId = '';
  const services: Record<string, { spans: number; errors: number }> = {};
  for (const span of trace.spans) {
    const service = services[span.service] ?? { spans: 0, errors: 0 };
    services[span.service] = service;
    service.spans++;
    if (span.status === 'error') service.errors++;
    if (span.campaignId > campaignId) campaignId = span.campaignId;
  }
  return {
    traceId: trace.traceId,
    complete: trace.root !== undefined,
    rootService: trace.root?.service ?? '',
    rootName: trace.root?.name ?? '',
    startNanos: trace.startNanos,
    durationNanos: trace.durationNanos,
    campaignId: campaignId === '' ? null : campaignId,
    services,
    spansets: spansets.map((spanset) => foundSpanset(trace, spanset, fields, spansPerSpanset)),
  };
}

function foundSpanset(
  trace: Trace,
  { spans, attributes }: Spanset,
  fields: readonly Field[],
  spansPerSpanset: number,
): FoundSpanset {
  const shown = spansPerSpanset === 0 ? spans : spans.slice(0, spansPerSpanset);
  return {
    matched: spans.length,
    spans: shown.map((index) => foundSpan(trace, index, fields)),
    attributes,
  };
}

function foundSpan(trace: Trace, index: number, fields: readonly Field[]): FoundSpan {
  const { spanId, service, name, startNanos, durationNanos } = trace.spans[index]!;
  return { spanId, service, name, startNanos, durationNanos, attributes: valuesOf(trace, index, fields) };
}

const valuesOf = (trace: Trace, index: number, fields: readonly Field[]): readonly NamedValue[] =>
  fields.flatMap((field) => {
    const value = firstOf(evaluateField(field, trace, index));
    return value.type === 'nil' ? [] : [{ name: formatField(field), value }];
  });
