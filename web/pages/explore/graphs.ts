import { formatLabels } from '../../../model/labels.ts';
import type { PrometheusData } from '../../api/prometheus-answer.ts';
import type { Exemplar } from '../../api/prometheus-exemplars.ts';
import type { MetricMetadata } from '../../api/prometheus-metadata.ts';
import { answerSeries } from '../../api/run-panel-query.ts';
import type { ChartSeries } from '../../charts/index.ts';
import { seriesNames } from '../../panels/series-names.ts';
import type { ExploreQuery } from './state.ts';
import { unitOfQuery } from './unit-of-query.ts';

/** A query with its answer, ready to be shown. */
export interface Answered {
  /** `A` for the first query of the page. */
  readonly letter: string;
  readonly query: ExploreQuery;
  readonly data: PrometheusData;
  readonly exemplars: readonly Exemplar[];
}

/** What is drawn together because it is measured in one unit. */
export interface Graph {
  /** Grafana's unit id; undefined: plain numbers. */
  readonly unit: string | undefined;
  readonly letters: readonly string[];
  readonly series: readonly ChartSeries[];
  readonly exemplars: readonly Exemplar[];
}

/** A query's unit: the one that was chosen, else that of its metrics. */
export const unitOf = (
  query: ExploreQuery,
  metadata: ReadonlyMap<string, readonly MetricMetadata[]>,
): string | undefined => (query.unit !== '' ? query.unit : unitOfQuery(query.expr, metadata));

/**
 * Queries of one unit share a graph. Where the page has several, each series says whose it is, and that tells its colour
 * apart too.
 */
export function graphsOf(
  answered: readonly Answered[],
  metadata: ReadonlyMap<string, readonly MetricMetadata[]>,
): readonly Graph[] {
  const graphs = new Map<string, Graph>();
  for (const { letter, query, data, exemplars } of answered) {
    const unit = unitOf(query, metadata);
    const found = seriesOf(query, data).map(({ name, labels, points }) =>
      answered.length === 1
        ? { name, labels, points }
        : { name: `${letter}: ${name}`, labels: { ...labels, query: letter }, points },
    );
    const old = graphs.get(unit ?? '');
    graphs.set(unit ?? '', {
      unit,
      letters: [...(old?.letters ?? []), letter],
      series: [...(old?.series ?? []), ...found],
      exemplars: [...(old?.exemplars ?? []), ...exemplars],
    });
  }
  return [...graphs.values()];
}

/** The series of an answer under the names that the query's legend gives them, else with all their labels. */
export function seriesOf(query: ExploreQuery, data: PrometheusData): readonly ChartSeries[] {
  const series = answerSeries(data);
  const labels = series.map((one) => one.labels);
  const names =
    query.legend === ''
      ? labels.map((one) => (Object.keys(one).length === 0 ? query.expr : formatLabels(one)))
      : seriesNames(labels, query.legend, query.expr);
  return series.map((one, index) => ({ name: names[index] ?? '', labels: one.labels, points: one.points }));
}
