import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { TraceSummary } from '../../../model/api/trace.ts';
import { useFormat } from '../../i18n/format.ts';
import { CampaignName } from '../../parts/campaign-name.tsx';
import { StateMark } from '../../parts/mark.tsx';
import { ClockTime } from '../../parts/time-text.tsx';
import { MatchedSpans } from './matched-spans.tsx';
import classes from './traces.module.css';

export interface TraceRowsProps {
  readonly traces: readonly TraceSummary[];
  /** The query asks for certain spans: they are shown. */
  readonly matches: boolean;
}

/** More rows come when they are wanted: few people read fifty. */
const ROWS_AT_ONCE = 50;

/** Traces as rows, each with its length beside the longest's. */
export function TraceRows({ traces, matches }: TraceRowsProps) {
  const { t } = useTranslation();
  const [shown, setShown] = useState(ROWS_AT_ONCE);
  const longest = Math.max(1, ...traces.map(({ durationMs }) => durationMs));
  return (
    <>
      <ul className={classes.rows}>
        {traces.slice(0, shown).map((trace) => (
          <TraceRow key={trace.traceId} trace={trace} share={trace.durationMs / longest} matches={matches} />
        ))}
      </ul>
      {traces.length > shown && (
        <button type="button" className={classes.more} onClick={() => setShown(shown + ROWS_AT_ONCE)}>
          {t('traces.moreRows', { count: traces.length - shown })}
        </button>
      )}
    </>
  );
}

interface TraceRowProps {
  readonly trace: TraceSummary;
  readonly share: number;
  readonly matches: boolean;
}

function TraceRow({ trace, share, matches }: TraceRowProps) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <li className={classes.row}>
      <span className={classes.time}>
        <ClockTime ms={trace.startMs} />
      </span>
      <div className={classes.words}>
        <Link to="/traces/$traceId" params={{ traceId: trace.traceId }} className={classes.name}>
          {trace.rootName === '' ? t('trace.incomplete') : trace.rootName}
        </Link>{' '}
        <span className={classes.dim}>{trace.rootService}</span>
        <p className={classes.facts}>
          <span>{t('trace.spans', { count: trace.spans })}</span>
          {trace.errors > 0 && (
            <StateMark mark="page">{t('trace.errors', { count: trace.errors })}</StateMark>
          )}
          {!trace.complete && trace.rootName !== '' && (
            <StateMark mark="unknown">{t('trace.incomplete')}</StateMark>
          )}
          <ServiceMarks services={trace.services} />
          {trace.campaignId !== null && (
            <span className={classes.campaign}>
              <CampaignName id={trace.campaignId} />
            </span>
          )}
        </p>
        {matches && <MatchedSpans trace={trace} />}
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

const SERVICES_SHOWN = 6;

/** Which services took part, by name. */
function ServiceMarks({ services }: { readonly services: readonly string[] }) {
  const { t } = useTranslation();
  const more = services.length - SERVICES_SHOWN;
  return (
    <span className={classes.services} title={services.join(', ')}>
      {services.slice(0, SERVICES_SHOWN).map((service) => (
        <span key={service} className={classes.service}>
          {service}
        </span>
      ))}
      {more > 0 && <span>{t('traces.moreServices', { count: more })}</span>}
    </span>
  );
}
