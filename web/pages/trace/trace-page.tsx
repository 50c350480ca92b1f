import { Button, Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams, useSearch } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { TraceOutline } from '../../../model/api/trace-outline.ts';
import { traceOutlineQuery } from '../../api/queries.ts';
import { Answer } from '../../parts/answer.tsx';
import { Empty } from '../../parts/notice.tsx';
import { Page } from '../../parts/page.tsx';
import { CompareView } from './compare/compare-view.tsx';
import { LikeTraces } from './like-traces.tsx';
import { PinButton } from './pin-button.tsx';
import { TraceFacts } from './trace-facts.tsx';
import { TraceParts } from './trace-parts.tsx';
import { buildTree, type TraceTree } from './tree.ts';

/** One trace: what failed in it, what it waited for, its spans in time; or how it differs from another. */
export function TracePage() {
  const { traceId } = useParams({ from: '/traces/$traceId' });
  const { skew, compare } = useSearch({ from: '/traces/$traceId' });
  const { t } = useTranslation();
  const query = useQuery(traceOutlineQuery(traceId));
  const outline = query.data;
  const tree = useMemo(
    () => (outline === undefined ? null : buildTree(outline, { adjustClocks: skew !== '0' })),
    [outline, skew],
  );
  const main = tree?.main?.span;
  const title = main === undefined ? t('trace.title') : `${main.service}: ${main.name}`;
  return (
    <Page
      name={title}
      title={title}
      facts={tree === null ? <code>{traceId}</code> : <TraceFacts traceId={traceId} tree={tree} />}
      actions={
        tree === null || tree.main === null ? undefined : (
          <>
            <PinButton traceId={traceId} />
            {compare === undefined ? (
              <LikeTraces traceId={traceId} tree={tree} />
            ) : (
              <Button
                variant="default"
                component={Link}
                to="/traces/$traceId"
                {...({ params: { traceId }, search: {} } as object)}
              >
                {t('waterfall.compareEnd')}
              </Button>
            )}
          </>
        )
      }
    >
      <Answer query={query} skeleton={<Skeleton height={420} />}>
        {(trace) => <TraceBody trace={trace} tree={tree} compare={compare} />}
      </Answer>
    </Page>
  );
}

interface TraceBodyProps {
  readonly trace: TraceOutline;
  readonly tree: TraceTree | null;
  readonly compare: string | undefined;
}

function TraceBody({ trace, tree, compare }: TraceBodyProps) {
  const { t } = useTranslation();
  if (tree === null || trace.size === 0) {
    return (
      <Empty title={t('trace.empty')} mark="unknown">
        <Link to="/traces">{t('page.traces')}</Link>
      </Empty>
    );
  }
  return compare === undefined ? (
    <TraceParts trace={trace} tree={tree} />
  ) : (
    <CompareView here={tree} hereId={trace.traceId} thereId={compare} />
  );
}
