import { Button } from '@mantine/core';
import type { UseQueryResult } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { type LogCounts, SEVERITY_RANGES, type SeverityRange } from '../../../model/api/log.ts';
import { AutoSize, TimeSeriesChart } from '../../charts/index.ts';
import { useSetFrame, useTimeRange } from '../../frame/use-time-range.ts';
import { useFormat } from '../../i18n/format.ts';
import { Answer, RowsSkeleton } from '../../parts/answer.tsx';
import { Section } from '../../parts/section.tsx';
import classes from './logs.module.css';
import { PartialNote } from './partial-note.tsx';
import { useSetSearch } from './use-set-search.ts';

const HEIGHT = 150;

/** Severities are states; what nobody needs to look at is neutral. */
const COLOURS: Readonly<Record<SeverityRange, string>> = {
  unset: 'var(--tw-border)',
  trace: 'var(--tw-border)',
  debug: 'var(--tw-edge)',
  info: 'var(--tw-accent)',
  warn: 'var(--tw-warning-solid)',
  error: 'var(--tw-page-solid)',
  fatal: 'var(--tw-page)',
};

export interface CountsGraphProps {
  readonly query: UseQueryResult<LogCounts>;
}

/** How many records there were over time, by severity, the most severe at the bottom; dragging narrows the time range. */
export function CountsGraph({ query }: CountsGraphProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const { view } = useSearch({ from: '/logs' });
  const setSearch = useSetSearch();
  return (
    <Section
      title={t('log.overTime')}
      note={query.data && t('log.step', { step: format.duration(query.data.stepMs) })}
      actions={
        <Button
          variant="default"
          size="compact-sm"
          onClick={() => setSearch({ view: view === 'table' ? undefined : 'table' })}
        >
          {t(view === 'table' ? 'parts.asGraph' : 'parts.asTable')}
        </Button>
      }
    >
      <div className={classes.graph}>
        <Answer query={query} skeleton={<RowsSkeleton rows={1} height={HEIGHT} />}>
          {(counts) => (
            <>
              <PartialNote {...counts} />
              <Stack counts={counts} view={view === 'table' ? 'table' : 'chart'} />
            </>
          )}
        </Answer>
      </div>
    </Section>
  );
}

interface StackProps {
  readonly counts: LogCounts;
  readonly view: 'chart' | 'table';
}

function Stack({ counts, view }: StackProps) {
  const { t } = useTranslation();
  const range = useTimeRange();
  const setFrame = useSetFrame();
  const series = useMemo(
    () =>
      SEVERITY_RANGES.toReversed()
        .filter((severity) => counts.points.some((point) => point[severity] > 0))
        .map((severity) => ({
          name: t(`log.severityOf.${severity}`),
          labels: { severity },
          colour: COLOURS[severity],
          points: counts.points.map((point) => [point.atMs, point[severity]] as const),
        })),
    [counts, t],
  );
  const shown = useMemo(() => ({ fromMs: range.fromMs, toMs: range.toMs }), [range.fromMs, range.toMs]);
  if (series.length === 0)
    return (
      <p className={classes.none} style={{ height: HEIGHT }}>
        {t('log.noneCounted')}
      </p>
    );
  return (
    <AutoSize height={HEIGHT}>
      {(size) => (
        <TimeSeriesChart
          {...size}
          title={t('log.overTime')}
          series={series}
          range={shown}
          stepMs={counts.stepMs}
          min={0}
          decimals={0}
          stacked
          fill
          view={view}
          onZoom={({ fromMs, toMs }) =>
            setFrame({ from: String(Math.round(fromMs)), to: String(Math.round(toMs)) })
          }
        />
      )}
    </AutoSize>
  );
}
