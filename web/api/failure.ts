import type { z } from 'zod';

/**
 * Why a call gave no answer. The three need different remedies: `unreachable` (is it running?), `refused` (what the
 * product says about the request), `invalid` (page and product are of different versions).
 */
export type FailureKind = 'unreachable' | 'refused' | 'invalid';

export class ApiFailure extends Error {
  override readonly name = 'ApiFailure';
  readonly kind: FailureKind;
  /** HTTP status of a refusal, else null. */
  readonly status: number | null;
  /** The product's own code of a refusal, e.g. `incident_not_found`. */
  readonly code: string;
  /** Where in the request, as the product says it. */
  readonly at: string | null;
  /** The part of a query that is at fault, in code units of its text. */
  readonly position: { readonly start: number; readonly end: number } | null;
  /** What was asked, e.g. `GET /api/now`. */
  readonly call: string;

  constructor(
    kind: FailureKind,
    call: string,
    message: string,
    detail: {
      status?: number;
      code?: string;
      at?: string | undefined;
      position?: { readonly start: number; readonly end: number } | undefined;
      cause?: unknown;
    } = {},
  ) {
    super(message, detail.cause === undefined ? undefined : { cause: detail.cause });
    this.kind = kind;
    this.call = call;
    this.status = detail.status ?? null;
    this.code = detail.code ?? kind;
    this.at = detail.at ?? null;
    this.position = detail.position ?? null;
  }
}

/** The first few faults of an answer that does not have the promised shape, with their places. */
export function describeIssues(error: z.ZodError): string {
  const shown = error.issues
    .slice(0, 3)
    .map((issue) => `${issue.path.join('.') || '(root)'}: ${issue.message}`);
  const more = error.issues.length - shown.length;
  return more > 0 ? `${shown.join('; ')}; +${more}` : shown.join('; ');
}
