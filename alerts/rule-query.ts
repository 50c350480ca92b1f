import type { Labels } from '../model/labels.ts';

export interface RuleSample {
  readonly labels: Labels;
  readonly value: number;
}

/** What a rule's query gives: samples, or why not. */
type RuleQueryResult =
  | { readonly kind: 'samples'; readonly samples: readonly RuleSample[] }
  | { readonly kind: 'error'; readonly message: string; readonly retryable: boolean };

/** Runs an instant query at `atMs` (epoch milliseconds). A rejection counts as an error result. */
export type RuleQuery = (expr: string, atMs: number, abort: AbortSignal) => Promise<RuleQueryResult>;

/** Takes what recording rules computed; a rejection is the rule's error. */
export type RecordingWriter = (
  samples: readonly { readonly labels: Labels; readonly value: number; readonly timestampMs: number }[],
) => Promise<void>;

/** Waits for `work`, but not beyond `abort`: a query that ignores its signal must not hold up its group. */
export async function untilAborted<Result>(
  work: Promise<Result>,
  abort: AbortSignal,
  why: string,
): Promise<Result> {
  let onAbort = () => {};
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(new Error(why));
    if (abort.aborted) onAbort();
    else abort.addEventListener('abort', onAbort, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    abort.removeEventListener('abort', onAbort);
  }
}
