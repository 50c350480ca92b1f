import { CloseButton } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Span } from '../../../model/api/trace.ts';
import { useFormat } from '../../i18n/format.ts';
import { StateMark } from '../../parts/mark.tsx';
import classes from './traces.module.css';
import type { SpanNode } from './tree.ts';

export interface SpanDetailProps {
  readonly node: SpanNode;
  readonly startMs: number;
  readonly onClose: () => void;
}

type Attributes = Span['attributes'];

/** What one span says of itself. Values are text, whatever they contain. */
export function SpanDetail({ node, startMs, onClose }: SpanDetailProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const { span } = node;
  return (
    <aside className={classes.detail} aria-label={t('trace.span')}>
      <div className={classes.detailHead}>
        <h2>{span.name}</h2>
        <CloseButton size="sm" aria-label={t('parts.close')} onClick={onClose} />
      </div>
      <p className={classes.facts}>
        <span>{span.service}</span>
        <span>{t(`trace.kind.${span.kind}`)}</span>
        <strong>{format.duration(node.durationNano / 1e6)}</strong>
        <span>{t('trace.after', { time: format.duration(node.offsetNano / 1e6) })}</span>
        <span title={format.absolute(startMs + node.offsetNano / 1e6)}>
          {format.seconds(startMs + node.offsetNano / 1e6)}
        </span>
      </p>
      {span.status === 'error' && (
        <p>
          <StateMark mark="page">{t('trace.statusOf.error')}</StateMark> {span.statusMessage}
        </p>
      )}
      <Attributes name={t('trace.attributes')} attributes={span.attributes} />
      {span.events.length > 0 && (
        <section>
          <h3>{t('trace.events')}</h3>
          {span.events.map((event) => (
            <div key={`${event.atUnixNano} ${event.name}`} className={classes.spanEvent}>
              <p>
                <strong>{event.name}</strong>{' '}
                <span className={classes.dim}>
                  {t('trace.after', {
                    time: format.duration(
                      Number(BigInt(event.atUnixNano) - BigInt(span.startUnixNano)) / 1e6,
                    ),
                  })}
                </span>
              </p>
              <AttributeTable attributes={event.attributes} />
            </div>
          ))}
        </section>
      )}
      {span.links.length > 0 && (
        <section>
          <h3>{t('trace.links')}</h3>
          <ul className={classes.links}>
            {span.links.map((link) => (
              <li key={`${link.traceId} ${link.spanId}`}>
                <Link to="/traces/$traceId" params={{ traceId: link.traceId }} search={{ span: link.spanId }}>
                  <code>{link.traceId}</code>
                </Link>
              </li>
            ))}
          </ul>
        </section>
      )}
      <Attributes name={t('trace.resource')} attributes={span.resource} />
      <p className={classes.dim}>
        {t('trace.scope', { scope: span.scope === '' ? '–' : span.scope })} <code>{span.spanId}</code>
      </p>
    </aside>
  );
}

function Attributes({ name, attributes }: { readonly name: string; readonly attributes: Attributes }) {
  if (Object.keys(attributes).length === 0) return null;
  return (
    <section>
      <h3>{name}</h3>
      <AttributeTable attributes={attributes} />
    </section>
  );
}

function AttributeTable({ attributes }: { readonly attributes: Attributes }) {
  const entries = Object.entries(attributes).sort(([a], [b]) => a.localeCompare(b));
  if (entries.length === 0) return null;
  return (
    <dl className={classes.attributes}>
      {entries.map(([key, value]) => (
        <div key={key}>
          <dt>{key}</dt>
          <dd>{typeof value === 'string' ? value : JSON.stringify(value)}</dd>
        </div>
      ))}
    </dl>
  );
}
