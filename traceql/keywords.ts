/** Words that mean something in TraceQL. A name that somebody chooses, such as that of a hint, is none of them. */
const KEYWORDS: ReadonlySet<string> = new Set(
  `true false nil ok error unset unspecified internal server client producer consumer
  duration name status statusMessage kind rootName rootServiceName rootService traceDuration childCount
  nestedSetLeft nestedSetRight nestedSetParent parent id traceID spanID parentID timeSinceStart version
  count avg max min sum by coalesce select with topk bottomk
  rate count_over_time min_over_time max_over_time avg_over_time sum_over_time quantile_over_time histogram_over_time compare`.split(
    /\s+/,
  ),
);

/** Whether a word is taken, or a scope (`span:`). */
export const isKeyword = (word: string): boolean => word.endsWith(':') || KEYWORDS.has(word);
