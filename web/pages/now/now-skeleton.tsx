import { Skeleton } from '@mantine/core';
import { RowsSkeleton } from '../../parts/answer.tsx';
import classes from './now.module.css';

/** The page's layout before anything is known. */
export function NowSkeleton() {
  return (
    <div className={classes.parts}>
      <div>
        <Skeleton height={16} width={140} mb={12} />
        <RowsSkeleton rows={1} height={58} />
      </div>
      <div>
        <Skeleton height={16} width={140} mb={12} />
        <RowsSkeleton rows={2} height={60} />
      </div>
      <div className={classes.pair}>
        <RowsSkeleton rows={4} height={32} />
        <RowsSkeleton rows={3} height={32} />
      </div>
    </div>
  );
}
