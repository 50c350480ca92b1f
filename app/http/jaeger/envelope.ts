/** What Jaeger puts around every answer. */
export const envelope = (data: unknown, total = 0, errors: readonly object[] | null = null): object => ({
  data,
  total,
  limit: 0,
  offset: 0,
  errors,
});
