import type { AttributeValue } from '../../../model/api/trace.ts';
import type { OutlinedSpan } from '../../../model/api/trace-outline.ts';

/** Where TraceQL looks for an attribute. */
export type AttributeScope = 'span' | 'resource' | 'instrumentation' | 'event' | 'link';

const quoted = (text: string): string => JSON.stringify(text);
/** Longer text is no condition that anyone reads, nor an address that a server takes. */
const MOST_CHARACTERS = 500;

/** TraceQL for one attribute, e.g. `span.http.method = "GET"`; null where the language cannot say it. */
export function attributeCondition(
  scope: AttributeScope,
  name: string,
  operator: '=' | '!=',
  value: AttributeValue,
): string | null {
  const field = /^[A-Za-z_][\w.-]*$/.test(name) ? `${scope}.${name}` : `${scope}.${quoted(name)}`;
  if (typeof value === 'string')
    return value.length > MOST_CHARACTERS ? null : `${field} ${operator} ${quoted(value)}`;
  if (typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value)))
    return `${field} ${operator} ${value}`;
  return null;
}

/** TraceQL for traces that began as one did. */
export const sameRootQuery = ({ service, name }: OutlinedSpan): string =>
  `{ trace:rootService = ${quoted(service)} && trace:rootName = ${quoted(name)} }`;

/** Around a moment, as the frame's URL has a time range. Times in epoch milliseconds. */
export const rangeAround = (fromMs: number, toMs: number, roomMs: number): { from: string; to: string } => ({
  from: String(Math.floor(fromMs - roomMs)),
  to: String(Math.ceil(toMs + roomMs)),
});

/** PromQL for how often, how slowly, and with how many errors spans of this name went, out of the span metrics. */
export function spanMetricsQueries({ service, name }: OutlinedSpan): readonly string[] {
  const which = `{service_name=${quoted(service)},span_name=${quoted(name)}}`;
  return [
    `sum by (status_code) (rate(traces_span_metrics_calls_total${which}[5m]))`,
    `histogram_quantile(0.95, sum by (le) (rate(traces_span_metrics_duration_seconds_bucket${which}[5m])))`,
  ];
}
