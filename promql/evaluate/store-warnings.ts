import type { EvaluationContext } from './context.ts';

/** Adds what the store has to say about the ranges that the query's selectors read. */
export async function annotateStoreWarnings({
  plan,
  queryable,
  annotations,
  budget,
}: EvaluationContext): Promise<void> {
  await Promise.all(
    [...plan.selectors].map(async ([{ matchers, position }, { readStartMs, readEndMs }]) => {
      const texts = await queryable.warnings?.({
        matchers,
        startMs: readStartMs,
        endMs: readEndMs,
        abort: budget.abort,
      });
      for (const text of texts ?? []) annotations.warn(text, position);
    }),
  );
}
