import { Button, Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { TraceDetail } from '../../../model/api/trace.ts';
import { traceQuery } from '../../api/queries.ts';
import { useFormat } from '../../i18n/format.ts';
import { Answer } from '../../parts/answer.tsx';
import { StateMark } from '../../parts/mark.tsx';
import { Empty } from '../../parts/notice.tsx';
import { Page } from '../../parts/page.tsx';
import { DateTime } from '../../parts/time-text.tsx';
import { SpanDetail } from './span-detail.tsx';
import classes from './traces.module.css';
import { buildTree, type SpanNode, type TraceTree, visibleRows } from './tree.ts';
import { Waterfall } from './waterfall.tsx';

/** One trace as a waterfall; a span opens to its attributes and events. */
export function TracePage() {
  const { traceId } = useParams({ from: '/traces/$traceId' });
  const { t } = useTranslation();
  const query = useQuery(traceQuery(traceId));
  const tree = useMemo(() => (query.data === undefined ? null : buildTree(query.data.spans)), [query.data]);
  const root = tree?.roots[0]?.span;
  const title = root === undefined ? t('trace.title') : `${root.service}: ${root.name}`;
  return (
    <Page
      name={title}
      title={title}
      facts={tree === null ? <code>{traceId}</code> : <TraceFacts traceId={traceId} tree={tree} />}
    >
      <Answer query={query} skeleton={<Skeleton height={420} />}>
        {(trace) => <TraceParts trace={trace} />}
      </Answer>
    </Page>
  );
}

function TraceFacts({ traceId, tree }: { readonly traceId: string; readonly tree: TraceTree }) {
  const { t } = useTranslation();
  const format = useFormat();
  const count = visibleRows(tree.roots, new Set()).length;
  return (
    <>
      {tree.errors > 0 ? (
        <StateMark mark="page">{t('trace.errors', { count: tree.errors })}</StateMark>
      ) : (
        <StateMark mark="good">{t('trace.noErrors')}</StateMark>
      )}
      <strong>{format.duration(tree.durationNano / 1e6)}</strong>
      <DateTime ms={tree.startMs} />
      <span>{t('trace.spans', { count })}</span>
      <span>{t('trace.serviceCount', { count: tree.services.length })}</span>
      <code>{traceId}</code>
    </>
  );
}

function TraceParts({ trace }: { readonly trace: TraceDetail }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { span: chosen } = useSearch({ from: '/traces/$traceId' });
  const tree = useMemo(() => buildTree(trace.spans), [trace.spans]);
  const [folded, setFolded] = useState<ReadonlySet<string>>(new Set());
  const rows = visibleRows(tree.roots, folded);
  const open = visibleRows(tree.roots, new Set()).find(({ span }) => span.spanId === chosen);
  if (trace.spans.length === 0) {
    return (
      <Empty title={t('trace.empty')} mark="unknown">
        <Link to="/traces">{t('page.traces')}</Link>
      </Empty>
    );
  }
  const choose = (node: SpanNode | null): void =>
    void navigate({
      to: '.',
      search: (old) => ({ ...old, span: node?.span.spanId }),
      replace: true,
      resetScroll: false,
    });
  const withChildren = visibleRows(tree.roots, new Set()).filter(({ children }) => children.length > 0);
  return (
    <>
      <div className={classes.tools}>
        <Button variant="default" onClick={() => setFolded(new Set())} disabled={folded.size === 0}>
          {t('trace.unfoldAll')}
        </Button>
        <Button
          variant="default"
          onClick={() =>
            setFolded(new Set(withChildren.filter(({ depth }) => depth > 0).map(({ span }) => span.spanId)))
          }
        >
          {t('trace.foldAll')}
        </Button>
        {tree.roots.some(({ orphan }) => orphan) && (
          <StateMark mark="unknown">{t('trace.orphans')}</StateMark>
        )}
      </div>
      <div className={classes.split} data-open={open !== undefined}>
        <Waterfall
          tree={tree}
          rows={rows}
          folded={folded}
          chosen={chosen}
          onChoose={(node) => choose(node.span.spanId === chosen ? null : node)}
          onFold={(id) =>
            setFolded((old) =>
              old.has(id) ? new Set([...old].filter((one) => one !== id)) : new Set([...old, id]),
            )
          }
        />
        {open !== undefined && <SpanDetail node={open} startMs={tree.startMs} onClose={() => choose(null)} />}
      </div>
    </>
  );
}
