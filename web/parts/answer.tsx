import { Skeleton } from '@mantine/core';
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import classes from './answer.module.css';
import { Failure } from './notice.tsx';
import { RelativeTime } from './time-text.tsx';

export interface AnswerProps<Data> {
  readonly query: UseQueryResult<Data>;
  /** Shown while nothing is known yet, in the final layout. */
  readonly skeleton: ReactNode;
  readonly children: (data: Data) => ReactNode;
}

/**
 * What a query gave: a skeleton at first, the data once it is there, and the failure where there is none. Data that
 * could not be renewed stays on screen, dimmed, with its age and the reason.
 */
export function Answer<Data>({ query, skeleton, children }: AnswerProps<Data>) {
  const { t } = useTranslation();
  if (query.data === undefined) {
    if (query.error !== null) return <Failure error={query.error} onRetry={() => void query.refetch()} />;
    return (
      <div aria-busy="true" role="status" aria-label={t('parts.loading')}>
        {skeleton}
      </div>
    );
  }
  if (query.error === null) return children(query.data);
  return (
    <>
      <div className={classes.stale}>
        <Failure error={query.error} onRetry={() => void query.refetch()} />
        <p className={classes.age}>
          {t('parts.staleSince')} <RelativeTime ms={query.dataUpdatedAt} />
        </p>
      </div>
      <div className={classes.old}>{children(query.data)}</div>
    </>
  );
}

export interface RowsSkeletonProps {
  readonly rows: number;
  /** Of one row, in pixels. */
  readonly height?: number;
}

/** Grey rows as high as the real ones. */
export function RowsSkeleton({ rows, height = 44 }: RowsSkeletonProps) {
  return (
    <div className={classes.rows}>
      {Array.from({ length: rows }, (_, index) => index).map((row) => (
        <Skeleton key={row} height={height} radius="md" />
      ))}
    </div>
  );
}
