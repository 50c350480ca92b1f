import { CloseButton } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { ServiceEdge, ServiceGraph, ServiceNode } from '../../../model/api/service.ts';
import { useFormat } from '../../i18n/format.ts';
import { ErrorShare } from './error-share.tsx';
import { errorMark, errorShare, ratePerS } from './figures.ts';
import { serviceQueries } from './links.ts';
import { OperationList } from './operation-list.tsx';
import { RateTable } from './rate-table.tsx';
import { rateText } from './rate-text.ts';
import classes from './services.module.css';

export interface ServicePanelProps {
  readonly node: ServiceNode;
  readonly graph: ServiceGraph;
  readonly onFocus: (id: string | undefined) => void;
}

/** What the map knows of one node, and where to go from it. */
export function ServicePanel({ node, graph, onFocus }: ServicePanelProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const share = errorShare(node);
  return (
    <aside className={classes.panel} aria-label={node.id}>
      <div className={classes.panelHead}>
        <h3>{node.id}</h3>
        <CloseButton size="sm" aria-label={t('parts.close')} onClick={() => onFocus(undefined)} />
      </div>
      <p className={classes.facts}>
        <span>{t(`serviceMap.kindOf.${node.kind}`)}</span>
        {share === null ? (
          <span>{t('serviceMap.onlyCalls')}</span>
        ) : (
          <>
            <strong>{rateText(ratePerS(node, graph), t, format)}</strong>
            <span>
              {t('serviceMap.errors')} <ErrorShare share={share} mark={errorMark(node)} />
            </span>
            <span>
              {t('serviceMap.p50')} {format.duration(node.p50Ms)}
            </span>
            <span>
              {t('serviceMap.p95')} {format.duration(node.p95Ms)}
            </span>
          </>
        )}
      </p>
      {node.kind === 'service' && <Elsewhere service={node.id} />}
      {node.kind === 'service' && <OperationList service={node.id} />}
      <Calls
        title={t('serviceMap.calledBy')}
        edges={graph.edges.filter(({ to }) => to === node.id)}
        end="from"
        onFocus={onFocus}
      />
      <Calls
        title={t('serviceMap.callsTo')}
        edges={graph.edges.filter(({ from }) => from === node.id)}
        end="to"
        onFocus={onFocus}
      />
    </aside>
  );
}

function Elsewhere({ service }: { readonly service: string }) {
  const { t } = useTranslation();
  return (
    <p className={classes.facts}>
      <Link to="/traces" search={{ service }}>
        {t('serviceMap.traces')}
      </Link>
      <Link to="/traces" search={{ service, status: 'error' }}>
        {t('serviceMap.failedTraces')}
      </Link>
      <Link to="/logs" search={{ service }}>
        {t('serviceMap.logs')}
      </Link>
      <Link to="/explore" search={{ expr: [...serviceQueries(service)] }}>
        {t('serviceMap.metrics')}
      </Link>
    </p>
  );
}

interface CallsProps {
  readonly title: string;
  readonly edges: readonly ServiceEdge[];
  /** The end that is not the node itself. */
  readonly end: 'from' | 'to';
  readonly onFocus: (id: string) => void;
}

function Calls({ title, edges, end, onFocus }: CallsProps) {
  if (edges.length === 0) return null;
  return (
    <section>
      <h4 className={classes.heading}>{title}</h4>
      <RateTable
        rows={edges.map((edge) => ({
          ...edge,
          key: edge[end],
          name: (
            <button type="button" className={classes.link} onClick={() => onFocus(edge[end])}>
              {edge[end]}
            </button>
          ),
        }))}
      />
    </section>
  );
}
