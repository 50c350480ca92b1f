import { TidewardenError } from '../../model/errors.ts';
import type { FieldExpr } from '../../traceql/ast.ts';
import { TraceqlError } from '../../traceql/errors.ts';
import { parseQuery } from '../../traceql/parser.ts';
import { validateQuery } from '../../traceql/validate.ts';
import { conditionOf } from '../traceql/conditions.ts';
import { SqlParameters } from '../traceql/sql-parameters.ts';

/** Why a trace is kept beyond the hot days. */
export const KEEP_REASONS = ['error', 'slow', 'sampled', 'incident', 'matching', 'evidence'] as const;
export type KeepReason = (typeof KEEP_REASONS)[number];

/** Which traces stay when their day leaves the hot range. One reason is enough. */
export interface KeepPolicy {
  /** Those with a span that failed. */
  readonly errors: boolean;
  /**
   * Those slower than this quantile of their operation (service and name of the root) that day, and at least so many times its median;
   * where the operation has at least so many traces. A quantile of 1: none.
   */
  readonly slow: {
    readonly quantile: number;
    readonly timesMedian: number;
    readonly minTraces: number;
  };
  /** This share of all, 0 to 1, by a hash of the trace's id: the same traces everywhere. */
  readonly sampledShare: number;
  /** Those of campaigns under incident: from so long before an incident is opened until so long after it is resolved. */
  readonly incidents: boolean;
  readonly incidentMarginMinutes: number;
  /** Those with a span that one of these TraceQL filters finds. */
  readonly matching: readonly string[];
}

/** When a campaign was under incident, in epoch milliseconds. */
export interface IncidentTime {
  readonly campaignId: string;
  readonly openedAtMs: number;
  /** Null: it still is. */
  readonly resolvedAtMs: number | null;
}

/** A text that is no filter by which traces can be kept. */
export class KeepFilterError extends TidewardenError {
  override readonly name = 'KeepFilterError';
}

/**
 * One TraceQL filter on what a single span says, such as `{ span.amount > 1000 }`.
 * @throws KeepFilterError
 */
export function parseKeepFilter(text: string): FieldExpr {
  try {
    const query = parseQuery(text);
    validateQuery(query);
    const stages = query.kind === 'search' ? query.pipeline.stages : [];
    const [only] = stages;
    if (stages.length !== 1 || only?.kind !== 'filter') throw refusal(text, 'write one filter, { … }');
    if (conditionOf(only.expr, new SqlParameters()).exact) return only.expr;
    throw refusal(text, 'it asks for more than a span says by itself');
  } catch (error) {
    throw error instanceof TraceqlError ? refusal(text, error.message) : error;
  }
}

const refusal = (text: string, why: string) =>
  new KeepFilterError('bad_request', `«${text}» cannot say what is kept: ${why}`);
