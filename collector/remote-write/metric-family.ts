/** Of `MetricType`, the same in 1.0 and 2.0. */
const TYPE = { histogram: 3, gaugeHistogram: 4, summary: 5 } as const;

/** What the series of a family have behind its name. */
const SUFFIXES: Readonly<Record<number, readonly string[]>> = {
  [TYPE.histogram]: ['_bucket', '_count', '_sum'],
  [TYPE.gaugeHistogram]: ['_bucket', '_count', '_sum', '_gcount', '_gsum'],
  [TYPE.summary]: ['_count', '_sum'],
};

/** The family to which a series of floats belongs, by its name and the type of the metric: `rpc_seconds_bucket` → `rpc_seconds`. */
export function familyOf(series: string, type: number): string {
  const suffix = SUFFIXES[type]?.find((each) => series.endsWith(each));
  return suffix === undefined ? series : series.slice(0, -suffix.length);
}
