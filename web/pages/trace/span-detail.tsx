import { CloseButton } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Span } from '../../../model/api/trace.ts';
import type { OutlinedSpan } from '../../../model/api/trace-outline.ts';
import { incidentsQuery, spanQuery } from '../../api/queries.ts';
import { useFormat } from '../../i18n/format.ts';
import { Answer, RowsSkeleton } from '../../parts/answer.tsx';
import { CampaignName } from '../../parts/campaign-name.tsx';
import { StateMark } from '../../parts/mark.tsx';
import { AttributeTable } from './attribute-table.tsx';
import { type AttributeScope, rangeAround, spanMetricsQueries } from './links.ts';
import { SpanEvents, SpanLinks } from './span-events.tsx';
import { SpanLogs } from './span-logs.tsx';
import { campaignOf, detailOf, incidentsDuring, reasonOf } from './surroundings.ts';
import classes from './trace.module.css';
import { endNano, type TraceNode, type TraceTree } from './tree.ts';

export interface SpanDetailProps {
  readonly node: TraceNode;
  readonly tree: TraceTree;
  readonly traceId: string;
  readonly onClose: () => void;
}

const AROUND_MS = 15 * 60_000;

/** What one span says of itself, and where to go from it: its place at once, the rest when it has been asked for. */
export function SpanDetail({ node, tree, traceId, onClose }: SpanDetailProps) {
  const { t } = useTranslation();
  const { span } = node;
  const query = useQuery(spanQuery(traceId, span.spanId));
  const startMs = tree.startMs + node.startNano / 1e6;
  const range = rangeAround(startMs, tree.startMs + endNano(node) / 1e6, AROUND_MS);
  return (
    <aside className={classes.detail} aria-label={t('trace.span')}>
      <div className={classes.detailHead}>
        <h2>{span.name}</h2>
        <CloseButton size="sm" aria-label={t('parts.close')} onClick={onClose} />
      </div>
      <SpanFacts node={node} detail={detailOf(node, query.data ?? [])} startMs={startMs} />
      <Around span={span} tree={tree} range={range} />
      <Answer query={query} skeleton={<RowsSkeleton rows={6} height={26} />}>
        {(said) => <Said detail={detailOf(node, said)} range={range} />}
      </Answer>
      <SpanLogs traceId={traceId} spanId={span.spanId} tree={tree} />
      <p className={classes.dim}>
        <code>{span.spanId}</code>
      </p>
    </aside>
  );
}

interface SaidProps {
  readonly detail: Span | null;
  readonly range: { readonly from: string; readonly to: string };
}

/** Attributes, events and links. Values are text, whatever they contain. */
function Said({ detail, range }: SaidProps) {
  const { t } = useTranslation();
  if (detail === null) return null;
  const groups = [
    ['trace.attributes', detail.attributes, 'span'],
    ['trace.resource', detail.resource, 'resource'],
    ['waterfall.scopeAttributes', detail.scopeAttributes, 'instrumentation'],
  ] as const satisfies readonly (readonly [string, Span['attributes'], AttributeScope])[];
  return (
    <>
      {groups.map(([title, attributes, scope]) => (
        <Group key={title} title={t(title)} attributes={attributes}>
          <AttributeTable attributes={attributes} scope={scope} range={range} />
        </Group>
      ))}
      <SpanEvents span={detail} range={range} />
      <SpanLinks span={detail} range={range} />
      <p className={classes.dim}>
        {t('trace.scope', { scope: `${detail.scope} ${detail.scopeVersion}`.trim() || '–' })}
      </p>
    </>
  );
}

interface SpanFactsProps {
  readonly node: TraceNode;
  readonly detail: Span | null;
  readonly startMs: number;
}

function SpanFacts({ node, detail, startMs }: SpanFactsProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const { span } = node;
  return (
    <>
      <p className={classes.facts}>
        <span>{span.service}</span>
        <span>{t(`trace.kind.${span.kind}`)}</span>
        <strong>{format.duration(node.durationNano / 1e6)}</strong>
        <span>{t('trace.after', { time: format.duration(node.startNano / 1e6) })}</span>
        <span title={format.absolute(startMs)}>{format.seconds(startMs)}</span>
      </p>
      {span.status === 'error' && (
        <p>
          <StateMark mark="page">{t('trace.statusOf.error')}</StateMark> {reasonOf(detail).slice(0, 2_000)}
        </p>
      )}
      {node.troubles.map((trouble) => (
        <p key={trouble}>
          <StateMark mark="unknown">{t(`waterfall.troubleOf.${trouble}`)}</StateMark>{' '}
          {trouble === 'parent-missing' && <code>{span.parentSpanId}</code>}
          {trouble === 'negative-duration' && format.duration(span.durationNano / 1e6)}
        </p>
      ))}
    </>
  );
}

interface AroundProps {
  readonly span: OutlinedSpan;
  readonly tree: TraceTree;
  readonly range: { readonly from: string; readonly to: string };
}

/** The metrics, campaign and incidents of the span's time. */
function Around({ span, tree, range }: AroundProps) {
  const { t } = useTranslation();
  const campaignId = span.campaignId ?? campaignOf(tree);
  const incidents = useQuery(incidentsQuery).data ?? [];
  const endMs = tree.startMs + tree.durationNano / 1e6;
  return (
    <p className={classes.around}>
      <Link to="/explore" search={{ ...range, expr: [...spanMetricsQueries(span)] } as never}>
        {t('waterfall.metrics')}
      </Link>
      {campaignId !== null && <CampaignName id={campaignId} />}
      {incidentsDuring(incidents, tree.startMs, endMs, campaignId)
        .slice(0, 3)
        .map(({ id, title }) => (
          <Link key={id} to="/incidents/$id" params={{ id }}>
            {t('waterfall.incident', { title })}
          </Link>
        ))}
    </p>
  );
}

interface GroupProps {
  readonly title: string;
  readonly attributes: Span['attributes'];
  readonly children: ReactNode;
}

/** A heading, a button that copies all as JSON, and the table. Nothing where there is nothing. */
function Group({ title, attributes, children }: GroupProps) {
  if (Object.keys(attributes).length === 0) return null;
  return (
    <section>
      <div className={classes.groupHead}>
        <h3>{title}</h3>
        <CopyJson value={attributes} of={title} />
      </div>
      {children}
    </section>
  );
}

/** The text is made when it is asked for: attributes may be megabytes. */
function CopyJson({ value, of }: { readonly value: object; readonly of: string }) {
  const { t } = useTranslation();
  const { copied, copy } = useClipboard();
  const words = t(copied ? 'parts.copied' : 'waterfall.copyJson');
  return (
    <button
      type="button"
      className={classes.copyAll}
      aria-label={`${words}: ${of}`}
      onClick={() => copy(JSON.stringify(value, null, 2))}
    >
      {words}
    </button>
  );
}
