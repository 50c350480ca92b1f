import { Skeleton } from '@mantine/core';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { answerSeries } from '../../api/run-panel-query.ts';
import { usualStepMs } from '../../charts/index.ts';
import { useTimeRange } from '../../frame/use-time-range.ts';
import { useFormat } from '../../i18n/format.ts';
import { Failure } from '../../parts/notice.tsx';
import { SeriesGraph } from '../../parts/series-graph.tsx';
import { useRangeQuery } from '../../parts/use-range-query.ts';
import classes from './alert-dialog.module.css';
import { findFirings, summariseFirings } from './firing.ts';
import type { RuleDraft } from './rule.ts';
import { parseStep } from './step.ts';

export interface FiringPreviewProps {
  readonly draft: RuleDraft;
  readonly unit: string | undefined;
}

const POINTS = 480;
const BANDS = { page: 'page', ticket: 'warning', info: 'information' } as const;

/** How often the rule would have fired in the page's time range, and when. */
export function FiringPreview({ draft, unit }: FiringPreviewProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const { fromMs, toMs } = useTimeRange();
  const answer = useRangeQuery(draft.expr, { points: POINTS });
  const state = draft.safety ? 'safety' : BANDS[draft.severity];
  const data = answer.data?.data;
  const found = useMemo(() => {
    if (data === undefined) return null;
    const series = answerSeries(data);
    const stepMs = Math.min(...series.map(({ points }) => usualStepMs(points)).filter((step) => step > 0));
    const holdMs = draft.holdFor === '' ? 0 : (parseStep(draft.holdFor) ?? 0);
    const firings = findFirings(series, draft.threshold, holdMs, Number.isFinite(stepMs) ? stepMs : 60_000);
    return { summary: summariseFirings(firings, { fromMs, toMs }), stepMs };
  }, [data, draft.threshold, draft.holdFor, fromMs, toMs]);
  if (answer.error !== null) return <Failure error={answer.error} onRetry={() => void answer.refetch()} />;
  if (data === undefined || found === null) return <Skeleton height={236} />;
  const { times, series, longestMs, share, bands } = found.summary;
  return (
    <section aria-label={t('explore.alert.preview')}>
      <p className={classes.verdict} role="status">
        <strong>{t('explore.alert.fired', { count: times })}</strong>{' '}
        {times > 0 &&
          t('explore.alert.firedHow', {
            series,
            longest: format.duration(longestMs),
            share: format.percent(share, 1),
          })}
      </p>
      <SeriesGraph
        title={t('explore.alert.preview')}
        data={data}
        height={200}
        unit={unit}
        legend="hidden"
        thresholds={
          draft.threshold === null || !Number.isFinite(draft.threshold.value)
            ? []
            : [{ value: draft.threshold.value, label: draft.threshold.operator, state }]
        }
        alertStates={bands.map((band) => ({ ...band, state: 'firing' as const, severity: state }))}
      />
      <p className={classes.hint}>
        {t('explore.alert.previewStep', {
          step: Number.isFinite(found.stepMs) ? format.duration(found.stepMs) : '–',
        })}
      </p>
    </section>
  );
}
