const quoted = (text: string): string => JSON.stringify(text);

/** PromQL for how often, with how many errors, and how slowly a service's spans went, out of the span metrics. */
export function serviceQueries(service: string): readonly string[] {
  const which = `{service_name=${quoted(service)}}`;
  return [
    `sum by (status_code) (rate(traces_span_metrics_calls_total${which}[5m]))`,
    `histogram_quantile(0.95, sum by (le) (rate(traces_span_metrics_duration_seconds_bucket${which}[5m])))`,
  ];
}
