import type { ServiceOperation, ServiceOperations } from '../../model/api/service.ts';
import { TidewardenError } from '../../model/errors.ts';
import type { Labels } from '../../model/labels.ts';
import type { Promql } from '../../promql/engine.ts';
import type { QueryError } from '../../promql/result.ts';

export interface OperationsQuery {
  readonly service: string;
  /** Epoch milliseconds. */
  readonly startMs: number;
  readonly endMs: number;
  readonly campaignId?: string;
}

const BY = 'span_name, span_kind, otel_metric_overflow';
const QUANTILES = [0.5, 0.95, 0.99] as const;
const KINDS = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'] as const;
const CODES: Readonly<Partial<Record<QueryError['type'], string>>> = {
  timeout: 'timeout',
  canceled: 'store_aborted',
  unavailable: 'store_unavailable',
  too_many: 'too_much',
};

/**
 * What each operation of a service did, the busiest first, by the growth of its span metrics in the range. Spans count when they came, as
 * these metrics count them. Throws `TidewardenError`.
 */
export async function operationsOf(
  promql: Promql,
  query: OperationsQuery,
  abort: AbortSignal,
): Promise<ServiceOperations> {
  const rangeMs = Math.max(1, Math.round(query.endMs - query.startMs));
  const campaign = query.campaignId === undefined ? '' : `,campaign_id=${JSON.stringify(query.campaignId)}`;
  const selector = `{service_name=${JSON.stringify(query.service)}${campaign}}[${rangeMs}ms]`;
  const ask = async (expr: string): Promise<ReadonlyMap<string, { labels: Labels; value: number }>> => {
    const result = await promql.instant(expr, query.endMs, { abort });
    if (!result.ok)
      throw new TidewardenError(CODES[result.error.type] ?? 'query_failed', result.error.message);
    const samples = result.value.type === 'vector' ? result.value.samples : [];
    return new Map(samples.map(({ labels, point }) => [keyOf(labels), { labels, value: point.value ?? 0 }]));
  };
  const calls = `increase(traces_span_metrics_calls_total${selector})`;
  const buckets = `sum by (${BY}, le) (increase(traces_span_metrics_duration_seconds_bucket${selector}))`;
  const [all, failed, ...quantiles] = await Promise.all([
    ask(`sum by (${BY}) (${calls})`),
    ask(`sum by (${BY}) (${calls.replace('{', '{status_code="STATUS_CODE_ERROR",')})`),
    ...QUANTILES.map((quantile) => ask(`histogram_quantile(${quantile}, ${buckets})`)),
  ]);
  const operations = [...all].map(([key, { labels, value }]): ServiceOperation => {
    const [p50Ms = null, p95Ms = null, p99Ms = null] = quantiles.map((each) =>
      milliseconds(each.get(key)?.value),
    );
    return {
      name: labels.span_name ?? '',
      kind: KINDS.find((kind) => labels.span_kind === `SPAN_KIND_${kind.toUpperCase()}`) ?? 'unspecified',
      overflow: labels.otel_metric_overflow === 'true',
      requests: value,
      errors: failed.get(key)?.value ?? 0,
      ratePerS: value / (rangeMs / 1_000),
      p50Ms,
      p95Ms,
      p99Ms,
    };
  });
  const { service, startMs, endMs } = query;
  return { service, operations: operations.sort((a, b) => b.requests - a.requests), startMs, endMs };
}

const keyOf = (labels: Labels): string =>
  JSON.stringify([labels.span_name, labels.span_kind, labels.otel_metric_overflow]);

/** Seconds of a quantile; none when nothing was observed. */
const milliseconds = (seconds: number | undefined): number | null =>
  seconds === undefined || !Number.isFinite(seconds) ? null : seconds * 1_000;
