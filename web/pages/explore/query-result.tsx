import { Skeleton } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { formatLabels } from '../../../model/labels.ts';
import { ApiFailure } from '../../api/failure.ts';
import type { PrometheusAnswer, PrometheusData } from '../../api/prometheus-answer.ts';
import { answerSeries } from '../../api/run-panel-query.ts';
import { useFormat } from '../../i18n/format.ts';
import { Failure } from '../../parts/notice.tsx';
import { SeriesGraph } from '../../parts/series-graph.tsx';
import { useInstantQuery, useRangeQuery } from '../../parts/use-range-query.ts';
import { readFault } from './error-position.ts';
import classes from './explore.module.css';

export interface QueryResultProps {
  readonly query: string;
  readonly mode: 'range' | 'instant';
  readonly view: 'graph' | 'table';
}

/** What a query gave: a graph or a table, warnings above it; or the fault with its place marked. */
export function QueryResult({ query, mode, view }: QueryResultProps) {
  const { t } = useTranslation();
  const range = useRangeQuery(query, { enabled: mode === 'range' });
  const instant = useInstantQuery(query, { enabled: mode === 'instant' });
  const answer = mode === 'range' ? range : instant;
  if (answer.error instanceof ApiFailure && answer.error.kind === 'refused') {
    return <Fault query={query} failure={answer.error} />;
  }
  if (answer.error !== null) return <Failure error={answer.error} onRetry={() => void answer.refetch()} />;
  if (answer.data === undefined) {
    return (
      <div role="status" aria-label={t('parts.loading')}>
        <Skeleton height={320} />
      </div>
    );
  }
  return (
    <div className={classes.result} data-renewing={answer.isPlaceholderData}>
      <Notes answer={answer.data} />
      {mode === 'instant' ? (
        <InstantTable data={answer.data.data} />
      ) : (
        <SeriesGraph
          title={query}
          data={answer.data.data}
          height={340}
          legend="table"
          names="full"
          view={view === 'table' ? 'table' : 'chart'}
        />
      )}
    </div>
  );
}

function Notes({ answer }: { readonly answer: PrometheusAnswer<PrometheusData> }) {
  const { t } = useTranslation();
  return (
    <>
      {answer.warnings.map((warning) => (
        <p key={warning} className={classes.warning}>
          <strong>{t('explore.warning')}</strong> {warning}
        </p>
      ))}
      {answer.infos.map((info) => (
        <p key={info} className={classes.info}>
          <strong>{t('explore.info')}</strong> {info}
        </p>
      ))}
    </>
  );
}

interface FaultProps {
  readonly query: string;
  readonly failure: ApiFailure;
}

/** The query with the wrong place marked, and what the parser says about it. */
function Fault({ query, failure }: FaultProps) {
  const { t } = useTranslation();
  const fault = readFault(failure.message);
  return (
    <div className={classes.fault} role="alert">
      <p>
        <strong>
          {fault === null
            ? t('explore.refused')
            : t('explore.faultAt', { line: fault.line, column: fault.column })}
        </strong>{' '}
        {fault?.message ?? failure.message}
      </p>
      {fault !== null && <MarkedQuery query={query} line={fault.line} column={fault.column} />}
    </div>
  );
}

interface MarkedQueryProps {
  readonly query: string;
  readonly line: number;
  readonly column: number;
}

function MarkedQuery({ query, line, column }: MarkedQueryProps) {
  const lines = query.split('\n');
  const at = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0) + column - 1;
  const before = query.slice(0, at);
  const [wrong = ''] = /^(\w+|[\s\S])/.exec(query.slice(at)) ?? [];
  return (
    <pre className={classes.marked}>
      {before}
      <mark>{wrong === '' ? '␃' : wrong}</mark>
      {query.slice(at + wrong.length)}
    </pre>
  );
}

function InstantTable({ data }: { readonly data: PrometheusData }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (data.resultType === 'string') return <pre>{data.result[1]}</pre>;
  const series = answerSeries(data);
  if (series.length === 0) return <p className={classes.none}>{t('parts.noDataLong')}</p>;
  return (
    <table className={classes.table}>
      <thead>
        <tr>
          <th scope="col">{t('explore.series')}</th>
          <th scope="col">{t('explore.value')}</th>
          <th scope="col">{t('explore.time')}</th>
        </tr>
      </thead>
      <tbody>
        {series.slice(0, 500).map(({ labels, points }) => {
          const [ms = 0, value = null] = points.at(-1) ?? [];
          return (
            <tr key={formatLabels(labels)}>
              <th scope="row">
                <code>{formatLabels(labels)}</code>
              </th>
              <td className={classes.number}>{value === null ? '' : format.number(value, 6)}</td>
              <td className={classes.number}>{format.seconds(ms)}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
