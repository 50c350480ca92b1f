import { Skeleton } from '@mantine/core';
import type { UseQueryResult } from '@tanstack/react-query';
import { type ReactNode, type RefObject, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import classes from './answer.module.css';
import { StateMark } from './mark.tsx';
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
  const isLate = useIsLate(query.isFetching);
  const knownAtMs = useKnownAt(query);
  if (query.data === undefined) {
    if (query.error !== null) return <Failure error={query.error} onRetry={() => void query.refetch()} />;
    return (
      <div aria-busy="true" role="status" aria-label={t('parts.loading')}>
        {isLate && <Late />}
        {skeleton}
      </div>
    );
  }
  if (query.error === null)
    return (
      <>
        {isLate && (
          <Late>
            {t('parts.staleSince')} <RelativeTime ms={knownAtMs.current} />
          </Late>
        )}
        {children(query.data)}
      </>
    );
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

/** An answer that takes so long deserves a word: what is on screen is no longer how it is. */
const LATE_MS = 8_000;

function useIsLate(isFetching: boolean): boolean {
  const [isLate, setLate] = useState(false);
  useEffect(() => {
    if (!isFetching) return;
    const timer = setTimeout(() => setLate(true), LATE_MS);
    return () => {
      clearTimeout(timer);
      setLate(false);
    };
  }, [isFetching]);
  return isLate;
}

/** When the last answer came, epoch milliseconds; what stands in for the next one keeps its time. */
function useKnownAt({ isPlaceholderData, dataUpdatedAt }: UseQueryResult): RefObject<number> {
  const known = useRef(dataUpdatedAt);
  useEffect(() => {
    if (!isPlaceholderData) known.current = dataUpdatedAt;
  }, [isPlaceholderData, dataUpdatedAt]);
  return known;
}

function Late({ children }: { readonly children?: ReactNode }) {
  const { t } = useTranslation();
  return (
    <p className={classes.late}>
      <StateMark mark="unknown">{t('parts.late')}</StateMark> {children}
    </p>
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
