import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { AttributeValue, FoundSpanset, TraceSummary } from '../../../model/api/trace.ts';
import { useFormat } from '../../i18n/format.ts';
import classes from './traces.module.css';

const SPANSETS_SHOWN = 3;

/** The spans of a trace that matched, the first ones, with what the query asked for or selected. */
export function MatchedSpans({ trace }: { readonly trace: TraceSummary }) {
  const { t } = useTranslation();
  const more = trace.spansets.length - SPANSETS_SHOWN;
  return (
    <div className={classes.matched}>
      {trace.spansets.slice(0, SPANSETS_SHOWN).map((spanset, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: spansets have no identity but their place
        <Spanset key={index} spanset={spanset} traceId={trace.traceId} />
      ))}
      {more > 0 && <p className={classes.dim}>{t('traces.moreSpansets', { count: more })}</p>}
    </div>
  );
}

interface SpansetProps {
  readonly spanset: FoundSpanset;
  readonly traceId: string;
}

function Spanset({ spanset, traceId }: SpansetProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const more = spanset.matched - spanset.spans.length;
  return (
    <ul className={classes.spans}>
      {Object.keys(spanset.attributes).length > 0 && (
        <li>
          <Attributes attributes={spanset.attributes} />
        </li>
      )}
      {spanset.spans.map((span) => (
        <li key={span.spanId} className={classes.span}>
          <Link to="/traces/$traceId" params={{ traceId }} search={{ span: span.spanId }}>
            {span.name}
          </Link>
          <span className={classes.dim}>{span.service}</span>
          <span className={classes.dim}>{format.duration(Number(span.durationNano) / 1e6)}</span>
          <Attributes attributes={span.attributes} />
        </li>
      ))}
      {more > 0 && <li className={classes.dim}>{t('traces.moreMatched', { count: more })}</li>}
    </ul>
  );
}

/** Name, duration and service are shown as such already. */
const SHOWN_ANYWAY: ReadonlySet<string> = new Set([
  ...['name', 'span:name', 'duration', 'span:duration', 'resource.service.name', '.service.name'],
  ...['rootName', 'rootServiceName', 'trace:rootName', 'trace:rootService'],
]);

function Attributes({ attributes }: { readonly attributes: Readonly<Record<string, AttributeValue>> }) {
  const format = useFormat();
  return Object.entries(attributes)
    .filter(([name]) => !SHOWN_ANYWAY.has(name))
    .map(([name, value]) => (
      <span key={name} className={classes.pair}>
        <span className={classes.dim}>{name}</span> {textOf(name, value, format.duration)}
      </span>
    ));
}

/** Durations come as nanoseconds. */
function textOf(name: string, value: AttributeValue, duration: (ms: number) => string): string {
  if (
    typeof value === 'number' &&
    /^(trace:duration|traceDuration|event:timeSinceStart)$|\((span:)?duration\)$/.test(name)
  )
    return duration(value / 1e6);
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
