import { Skeleton } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { RunbookBlock } from '../../../model/api/runbook.ts';
import { formatLabels } from '../../../model/labels.ts';
import { fillQuery, type RunbookContext } from '../../../model/runbook-query.ts';
import { answerSeries } from '../../api/run-panel-query.ts';
import { formatValue } from '../../charts/index.ts';
import { Answer } from '../../parts/answer.tsx';
import { StateMark } from '../../parts/mark.tsx';
import { SeriesGraph } from '../../parts/series-graph.tsx';
import { shortNames } from '../../parts/series-names.ts';
import { useInstantQuery, useRangeQuery } from '../../parts/use-range-query.ts';
import classes from './runbooks.module.css';

type QueryBlock = Extract<RunbookBlock, { kind: 'promql' }>;

export interface LiveQueryProps {
  readonly block: QueryBlock;
  readonly context: RunbookContext;
}

/** A query of a runbook, run for the page's campaign and venue and kept fresh. */
export function LiveQuery({ block, context }: LiveQueryProps) {
  const { t } = useTranslation();
  const { query, missing } = fillQuery(block.query, context);
  return (
    <section className={classes.live} aria-label={block.title}>
      <p className={classes.liveHead}>
        <span className={classes.liveTitle}>{block.title}</span>
        <Link to="/explore" search={{ expr: query }}>
          {t('runbook.explore')}
        </Link>
      </p>
      {missing.length > 0 ? (
        <StateMark mark="unknown">
          {t('runbook.needs', { what: missing.map((name) => t(`runbook.variable.${name}`)).join(', ') })}
        </StateMark>
      ) : block.display === 'timeseries' ? (
        <LiveGraph block={block} query={query} />
      ) : (
        <LiveFigures block={block} query={query} />
      )}
    </section>
  );
}

interface RunningProps {
  readonly block: QueryBlock;
  readonly query: string;
}

function LiveGraph({ block, query }: RunningProps) {
  const answer = useRangeQuery(query, { points: 160 });
  return (
    <Answer query={answer} skeleton={<Skeleton height={180} />}>
      {({ data }) => <SeriesGraph title={block.title} data={data} height={180} unit={block.unit} />}
    </Answer>
  );
}

function LiveFigures({ block, query }: RunningProps) {
  const { t, i18n } = useTranslation();
  const answer = useInstantQuery(query);
  const unit = block.unit === '' ? undefined : block.unit;
  const shown = (value: number | null): string =>
    value === null ? t('parts.noData') : formatValue(value, { unit, locale: i18n.language });
  return (
    <Answer query={answer} skeleton={<Skeleton height={32} />}>
      {({ data }) => {
        const series = answerSeries(data);
        if (series.length === 0) return <StateMark mark="unknown">{t('parts.noDataLong')}</StateMark>;
        const names = shortNames(series.map(({ labels }) => labels));
        const only = series.length === 1 ? series[0] : undefined;
        if (only !== undefined && block.display === 'stat') {
          return <p className={classes.stat}>{shown(only.points.at(-1)?.[1] ?? null)}</p>;
        }
        return (
          <table className={classes.results}>
            <tbody>
              {series.slice(0, 50).map(({ labels, points }, index) => (
                <tr key={formatLabels(labels)}>
                  <th scope="row">{names[index]}</th>
                  <td>{shown(points.at(-1)?.[1] ?? null)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        );
      }}
    </Answer>
  );
}
