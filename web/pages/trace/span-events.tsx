import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Span } from '../../../model/api/trace.ts';
import { useFormat } from '../../i18n/format.ts';
import { AttributeTable } from './attribute-table.tsx';
import classes from './trace.module.css';

interface SpanPartProps {
  readonly span: Span;
  readonly range: { readonly from: string; readonly to: string };
}

const FIRST_SHOWN = 20;
const STEP = 100;

/** What happened within a span, in its order. */
export function SpanEvents({ span, range }: SpanPartProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const [most, setMost] = useState(FIRST_SHOWN);
  if (span.events.length === 0) return null;
  const start = BigInt(span.startUnixNano);
  return (
    <section>
      <h3>{t('trace.events')}</h3>
      {span.events.slice(0, most).map((event, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: events have no identity of their own, and never move
        <div key={index} className={classes.spanEvent}>
          <p>
            <strong>{event.name}</strong>{' '}
            <span className={classes.dim}>
              {t('trace.after', { time: format.duration(Number(BigInt(event.atUnixNano) - start) / 1e6) })}
            </span>
          </p>
          <AttributeTable attributes={event.attributes} scope="event" range={range} />
        </div>
      ))}
      {span.events.length > most && (
        <Button size="compact-xs" variant="default" onClick={() => setMost(most + STEP)}>
          {t('waterfall.showAll', { all: format.number(span.events.length) })}
        </Button>
      )}
    </section>
  );
}

/** Spans of this or other traces that it names; each opens. */
export function SpanLinks({ span, range }: SpanPartProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const [most, setMost] = useState(FIRST_SHOWN);
  if (span.links.length === 0) return null;
  return (
    <section>
      <h3>{t('trace.links')}</h3>
      <ul className={classes.links}>
        {span.links.slice(0, most).map((link, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the same span may be linked twice, and links never move
          <li key={index}>
            <Link to="/traces/$traceId" params={{ traceId: link.traceId }} search={{ span: link.spanId }}>
              <code>{link.traceId}</code>
            </Link>
            <AttributeTable attributes={link.attributes} scope="link" range={range} />
          </li>
        ))}
      </ul>
      {span.links.length > most && (
        <Button size="compact-xs" variant="default" onClick={() => setMost(most + STEP)}>
          {t('waterfall.showAll', { all: format.number(span.links.length) })}
        </Button>
      )}
    </section>
  );
}
