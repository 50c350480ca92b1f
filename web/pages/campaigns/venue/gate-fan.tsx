import { SegmentedControl } from '@mantine/core';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { VenueForecast } from '../../../../model/api/campaign.ts';
import { AutoSize, FanChart, type Threshold } from '../../../charts/index.ts';
import { contentLanguage } from '../../../i18n/languages.ts';
import { useNow } from '../../../live/clock.tsx';
import { DENSEST } from '../../../parts/states.ts';
import type { ForecastDay, GateDay } from './days.ts';
import classes from './venue.module.css';

export interface GateFanProps {
  readonly venue: VenueForecast;
  readonly gate: GateDay;
  readonly day: ForecastDay;
  readonly timeZone: string;
}

const FIGURES = ['densityFront', 'arrivalsPerHour', 'queue'] as const;
type FigureName = (typeof FIGURES)[number];

/** A gate's forecast over a day: density with its limits, arrivals, or the queue. */
export function GateFan({ venue, gate, day, timeZone }: GateFanProps) {
  const { t, i18n } = useTranslation();
  const now = useNow(60_000);
  const [figure, setFigure] = useState<FigureName>('densityFront');
  const [view, setView] = useState<'chart' | 'table'>('chart');
  const name =
    venue.gates.find(({ id }) => id === gate.gateId)?.title[contentLanguage(i18n.language)] ?? gate.gateId;
  const points = useMemo(
    () => gate.points.map((point) => ({ timeMs: point.atMs, ...point[figure] })),
    [gate.points, figure],
  );
  const range = useMemo(() => ({ fromMs: day.startMs, toMs: day.endMs }), [day.startMs, day.endMs]);
  const thresholds: readonly Threshold[] =
    figure === 'densityFront'
      ? [
          { value: 2, label: t('venue.limit.warning'), state: 'warning' },
          { value: 3, label: t('venue.limit.page'), state: 'page' },
          { value: 4, label: t('venue.limit.safety'), state: 'safety' },
        ]
      : [];
  const title = t(`venue.figure.${figure}`, { gate: name });
  return (
    <article className={classes.fan}>
      <div className={classes.fanHead}>
        <h3>{title}</h3>
        <SegmentedControl
          aria-label={t('venue.figureOf', { gate: name })}
          value={figure}
          data={FIGURES.map((value) => ({ value, label: t(`venue.figureShort.${value}`) }))}
          onChange={(next) => setFigure(FIGURES.find((one) => one === next) ?? 'densityFront')}
        />
        <button
          type="button"
          className={classes.asTable}
          onClick={() => setView(view === 'chart' ? 'table' : 'chart')}
        >
          {view === 'chart' ? t('parts.asTable') : t('parts.asGraph')}
        </button>
      </div>
      <AutoSize height={240}>
        {(size) => (
          <FanChart
            {...size}
            title={title}
            points={points}
            range={range}
            nowMs={now}
            decimals={figure === 'densityFront' ? 1 : 0}
            ceiling={figure === 'densityFront' ? DENSEST : undefined}
            thresholds={thresholds}
            timeZone={timeZone}
            view={view}
          />
        )}
      </AutoSize>
      {figure === 'densityFront' && (gate.worst?.densityFront.high ?? 0) > DENSEST && (
        <p className={classes.note}>
          {t('venue.aboveCeiling', { density: t('venue.density', { density: DENSEST }) })}
        </p>
      )}
    </article>
  );
}
