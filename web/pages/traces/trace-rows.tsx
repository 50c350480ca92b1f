import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { TraceSummary } from '../../../model/api/trace.ts';
import { useFormat } from '../../i18n/format.ts';
import { CampaignName } from '../../parts/campaign-name.tsx';
import { StateMark } from '../../parts/mark.tsx';
import { ClockTime } from '../../parts/time-text.tsx';
import classes from './traces.module.css';

export interface TraceRowsProps {
  readonly traces: readonly TraceSummary[];
}

/** Traces as rows, each with its length beside the longest's. */
export function TraceRows({ traces }: TraceRowsProps) {
  const longest = Math.max(1, ...traces.map(({ durationMs }) => durationMs));
  return (
    <ul className={classes.rows}>
      {traces.map((trace) => (
        <TraceRow key={trace.traceId} trace={trace} share={trace.durationMs / longest} />
      ))}
    </ul>
  );
}

interface TraceRowProps {
  readonly trace: TraceSummary;
  readonly share: number;
}

function TraceRow({ trace, share }: TraceRowProps) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <li className={classes.row}>
      <span className={classes.time}>
        <ClockTime ms={trace.startMs} />
      </span>
      <div className={classes.words}>
        <Link to="/traces/$traceId" params={{ traceId: trace.traceId }} className={classes.name}>
          {trace.rootName}
        </Link>{' '}
        <span className={classes.dim}>{trace.rootService}</span>
        <p className={classes.facts}>
          <span>{t('trace.spans', { count: trace.spans })}</span>
          <span>{t('trace.serviceCount', { count: trace.services.length })}</span>
          {trace.errors > 0 && (
            <StateMark mark="page">{t('trace.errors', { count: trace.errors })}</StateMark>
          )}
          {!trace.complete && <StateMark mark="unknown">{t('trace.incomplete')}</StateMark>}
          {trace.campaignId !== null && (
            <span className={classes.campaign}>
              <CampaignName id={trace.campaignId} />
            </span>
          )}
        </p>
      </div>
      <div className={classes.length}>
        <span>{format.duration(trace.durationMs)}</span>
        <span className={classes.track} aria-hidden>
          <span className={classes.bar} style={{ width: `${Math.max(1, share * 100)}%` }} />
        </span>
      </div>
    </li>
  );
}
