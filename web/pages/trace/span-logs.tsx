import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { traceLogsQuery } from '../../api/queries.ts';
import { useFormat } from '../../i18n/format.ts';
import { Failure } from '../../parts/notice.tsx';
import { textOf } from './attribute-text.ts';
import { rangeAround } from './links.ts';
import classes from './trace.module.css';
import type { TraceTree } from './tree.ts';

export interface SpanLogsProps {
  readonly traceId: string;
  readonly spanId: string;
  readonly tree: TraceTree;
}

/** Logs may be written before a span begins and after it has ended. */
const AROUND_MS = 60_000;
const MOST_SHOWN = 50;
const MOST_CHARACTERS = 500;

/** What was logged within a span; and how much elsewhere in the trace. */
export function SpanLogs({ traceId, spanId, tree }: SpanLogsProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const endMs = tree.startMs + tree.durationNano / 1e6;
  const query = useQuery(
    traceLogsQuery(traceId, Math.floor(tree.startMs - AROUND_MS), Math.ceil(endMs + AROUND_MS)),
  );
  if (query.error !== null) return <Failure error={query.error} />;
  const range = rangeAround(tree.startMs, endMs, AROUND_MS);
  const records = query.data ?? [];
  if (records.length === 0) return null;
  const own = records.filter((record) => record.spanId === spanId);
  return (
    <section>
      <h3>{t('waterfall.logs')}</h3>
      <ol className={classes.logs}>
        {own
          .toReversed()
          .slice(0, MOST_SHOWN)
          .map((record, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: records have no identity of their own
            <li key={index} data-severe={record.severity >= 17}>
              <span className={classes.dim}>
                {format.seconds(Number(BigInt(record.atUnixNano) / 1_000_000n))} {record.severityText}
              </span>{' '}
              {(record.eventName || textOf(record.body)).slice(0, MOST_CHARACTERS)}
            </li>
          ))}
      </ol>
      <p className={classes.dim}>
        {t('waterfall.logsElsewhere', { count: records.length - own.length })}{' '}
        <Link to="/logs" search={{ ...range, trace: traceId }}>
          {t('waterfall.logsOfTrace')}
        </Link>{' '}
        {own.length > 0 && (
          <Link to="/logs" search={{ ...range, trace: traceId, span: spanId }}>
            {t('waterfall.logsOfSpan')}
          </Link>
        )}
      </p>
    </section>
  );
}
