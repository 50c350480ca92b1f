import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { Answer, RowsSkeleton } from '../../../parts/answer.tsx';
import { compareQuery, comparisonOf, comparisonWithin, narrow, withCondition } from '../query/compose.ts';
import { formatFilter } from '../query/condition.ts';
import { PartialNote } from '../results/partial-note.tsx';
import { type TracesPageState, useTraceMetrics } from '../use-traces-page.ts';
import classes from './compare.module.css';
import { Differences } from './differences.tsx';

/** One figure for the whole range is enough: the steps are added up. */
const POINTS = 1;

/** What is selected in the graph against the rest of the matches; without a selection, the query's matches against the others. */
export function ComparisonView({
  state,
  campaign,
}: {
  readonly state: TracesPageState;
  readonly campaign: string | undefined;
}) {
  const { t } = useTranslation();
  const { q, box, range, ask } = state;
  const comparison = useMemo(() => (box === null ? comparisonOf(q) : comparisonWithin(q, box)), [q, box]);
  const { query } = narrow(compareQuery(comparison), campaign);
  const answer = useTraceMetrics(query, range, POINTS);
  return (
    <>
      <p className={classes.what}>
        {t(comparison.during === null ? 'traces.compare.what' : 'traces.compare.whatBox')}{' '}
        <code>{formatFilter(comparison.selection)}</code> {t('traces.compare.against')}{' '}
        <code>{comparison.base}</code>
      </p>
      <Answer query={answer} skeleton={<RowsSkeleton rows={6} height={64} />}>
        {({ series, partial }) => (
          <>
            <PartialNote reason={partial} />
            <Differences
              series={series}
              without={comparison.selection}
              onFilter={(condition) => ask(withCondition(q, condition))}
            />
          </>
        )}
      </Answer>
    </>
  );
}
