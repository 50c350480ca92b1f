import { z } from 'zod';
import { type KeepingPreviewAnswer, keepingPreview } from '../../../model/api/trace-keeping.ts';
import { DAY_MS } from '../../../model/units.ts';
import type { KeepPolicy } from '../../../storage/keeping/policy.ts';
import type { Amount, KeepingPreview } from '../../../storage/keeping/preview.ts';
import { keepPolicyFields } from '../../config/keep-policy.ts';
import { defineRoute, type Route } from '../route.ts';

export interface TraceKeeping {
  /** What is configured. */
  readonly policy: KeepPolicy;
  readonly keptTracesDays: number;
  preview(
    policy: KeepPolicy,
    range: { readonly fromMs: number; readonly toMs: number },
    abort: AbortSignal,
  ): Promise<KeepingPreview>;
}

const { slow, matching, ...flat } = keepPolicyFields;
const query = z
  .strictObject({
    ...flat,
    slowQuantile: slow.quantile,
    slowTimesMedian: slow.timesMedian,
    slowMinTraces: slow.minTraces,
    matching: z.preprocess((given) => (typeof given === 'string' ? [given] : given), matching),
    keptTracesDays: z.coerce.number().int().min(1).max(10_000),
    price: z.coerce.number().nonnegative(),
  })
  .partial();
const DAYS_OF_A_MONTH = 30;
const GIB = 2 ** 30;

export const traceKeepingRoutes = (keeping: TraceKeeping, now: () => number): Route[] => [
  defineRoute({
    method: 'get',
    path: '/api/traces/keeping/preview',
    summary:
      'What a policy would have kept of the traces of the last day, and what that comes to in a month; fields that are not given are as configured. price is that of a GiB and month, in any currency',
    query,
    response: keepingPreview,
    handle: async ({ query, abort }) => {
      const policy = policyOf(query, keeping.policy);
      const toMs = now();
      const range = { fromMs: toMs - DAY_MS, toMs };
      const days = query.keptTracesDays ?? keeping.keptTracesDays;
      return answerOf(await keeping.preview(policy, range, abort), {
        policy,
        range,
        days,
        price: query.price,
      });
    },
  }),
];

function policyOf(given: z.output<typeof query>, configured: KeepPolicy): KeepPolicy {
  return {
    errors: given.errors ?? configured.errors,
    slow: {
      quantile: given.slowQuantile ?? configured.slow.quantile,
      timesMedian: given.slowTimesMedian ?? configured.slow.timesMedian,
      minTraces: given.slowMinTraces ?? configured.slow.minTraces,
    },
    sampledShare: given.sampledShare ?? configured.sampledShare,
    incidents: given.incidents ?? configured.incidents,
    incidentMarginMinutes: given.incidentMarginMinutes ?? configured.incidentMarginMinutes,
    matching: given.matching ?? configured.matching,
  };
}

interface Asked {
  readonly policy: KeepPolicy;
  readonly range: { readonly fromMs: number; readonly toMs: number };
  readonly days: number;
  readonly price: number | undefined;
}

function answerOf(preview: KeepingPreview, { policy, range, days, price }: Asked): KeepingPreviewAnswer {
  const { kept, reasons } = preview;
  const bytes = kept.bytes * days;
  return {
    ...range,
    policy: { ...policy, matching: [...policy.matching] },
    bytesPerSpan: preview.bytesPerSpan,
    all: preview.all,
    kept,
    reasons: [...reasons],
    perMonth: times(kept, DAYS_OF_A_MONTH),
    settled: { days, bytes, costPerMonth: price === undefined ? null : (bytes / GIB) * price },
  };
}

const times = ({ traces, spans, bytes }: Amount, factor: number): Amount => ({
  traces: traces * factor,
  spans: spans * factor,
  bytes: bytes * factor,
});
