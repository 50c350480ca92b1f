import { Button, UnstyledButton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { KEYS } from '../../api/keys.ts';
import { fetchSeries } from '../../api/prometheus-series.ts';
import { metadataQuery } from '../../api/queries.ts';
import { resolveTime } from '../../frame/time-range.ts';
import { useTimeRange } from '../../frame/use-time-range.ts';
import { useClock } from '../../live/clock.tsx';
import { Answer, RowsSkeleton } from '../../parts/answer.tsx';
import { MarkIcon } from '../../parts/mark.tsx';
import {
  type ChosenValues,
  countLabels,
  type LabelCounts,
  selectorText,
  toggleValue,
  usualQuery,
} from './label-counts.ts';
import classes from './metric-browser.module.css';
import { metadataOf } from './unit-of-query.ts';
import { remedyOf } from './warning-remedy.ts';

export interface MetricLabelsProps {
  readonly metric: string;
  readonly onInsert: (text: string) => void;
  readonly onRun: (expr: string) => void;
}

/** Of more series than these the labels are counted in a part. */
const SERIES_MAX = 10_000;

/** One metric: what it is, and its labels with their values in the page's time range. */
export function MetricLabels({ metric, onInsert, onRun }: MetricLabelsProps) {
  const { t } = useTranslation();
  const range = useTimeRange();
  const now = useClock();
  const [chosen, setChosen] = useState<ChosenValues>(new Map());
  const known = metadataOf(metric, useQuery(metadataQuery).data ?? new Map());
  const series = useQuery({
    queryKey: KEYS.query('series', metric, range.from, range.to),
    queryFn: ({ signal }) => {
      const toMs = resolveTime(range.to, now()) ?? now();
      const fromMs = resolveTime(range.from, now()) ?? toMs - 3_600_000;
      return fetchSeries(metric, { fromMs, toMs }, SERIES_MAX, signal);
    },
  });
  const selector = selectorText(metric, chosen);
  const usual = usualQuery(selector, metric, known?.type);
  return (
    <>
      <h3 className={classes.heading}>
        <code>{metric}</code>
      </h3>
      <p className={classes.facts}>
        {known === null
          ? t('explore.noMetadata')
          : [
              t('explore.metricOfType', { type: known.type }),
              ...(known.unit === '' ? [] : [t('explore.inUnit', { unit: known.unit })]),
            ].join(' · ')}
      </p>
      {known !== null && known.help !== '' && <p>{known.help}</p>}
      <div className={classes.made}>
        <code>{usual}</code>
        <div className={classes.buttons}>
          <Button onClick={() => onRun(usual)}>{t('explore.runThis')}</Button>
          <Button variant="default" onClick={() => onInsert(selector)}>
            {t('explore.insertSelector')}
          </Button>
        </div>
      </div>
      <Answer query={series} skeleton={<RowsSkeleton rows={5} height={32} />}>
        {({ data, warnings }) => (
          <>
            {warnings.map((warning) => (
              <p key={warning} className={classes.warning}>
                <MarkIcon mark="warning" />
                <span>
                  {warning}{' '}
                  {remedyOf(warning) !== null && t(`explore.remedy.${remedyOf(warning) ?? 'partial'}`)}
                </span>
              </p>
            ))}
            <p className={classes.count}>{t('explore.seriesInRange', { count: data.length })}</p>
            {countLabels(data).map((label) => (
              <Label
                key={label.name}
                label={label}
                chosen={chosen.get(label.name)}
                onToggle={(value) => setChosen(toggleValue(chosen, label.name, value))}
              />
            ))}
          </>
        )}
      </Answer>
    </>
  );
}

interface LabelProps {
  readonly label: LabelCounts;
  readonly chosen: ReadonlySet<string> | undefined;
  readonly onToggle: (value: string) => void;
}

const VALUES_MAX = 30;

function Label({ label, chosen, onToggle }: LabelProps) {
  const { t } = useTranslation();
  const [all, setAll] = useState(false);
  const shown = all ? label.values : label.values.slice(0, VALUES_MAX);
  return (
    <section className={classes.label} aria-label={label.name}>
      <h4 className={classes.labelName}>
        <code>{label.name}</code>{' '}
        <span className={classes.faint}>{t('explore.valueCount', { count: label.values.length })}</span>
      </h4>
      <ul className={classes.values}>
        {shown.map(({ value, series }) => (
          <li key={value}>
            <UnstyledButton
              className={classes.value ?? ''}
              aria-pressed={chosen?.has(value) ?? false}
              onClick={() => onToggle(value)}
            >
              <code>{value}</code> <span className={classes.faint}>{series}</span>
            </UnstyledButton>
          </li>
        ))}
        {shown.length < label.values.length && (
          <li>
            <UnstyledButton className={classes.value ?? ''} onClick={() => setAll(true)}>
              {t('explore.allValues')}
            </UnstyledButton>
          </li>
        )}
      </ul>
    </section>
  );
}
