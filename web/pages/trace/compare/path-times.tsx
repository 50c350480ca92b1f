import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../../i18n/format.ts';
import { MarkIcon } from '../../../parts/mark.tsx';
import type { TraceNode } from '../tree.ts';
import classes from './compare.module.css';

export interface PathTimesProps {
  readonly nodes: readonly TraceNode[];
  /** Of all of them together, nanoseconds. */
  readonly nano: number;
  readonly errors: number;
  readonly traceId: string;
}

/** The one to look at: the first that failed where one did. */
export const tellingNode = (nodes: readonly TraceNode[]): TraceNode | undefined =>
  nodes.find(({ span }) => span.status === 'error') ?? nodes[0];

/** How long and how often, as a link to the one to look at. */
export function PathTimes({ nodes, nano, errors, traceId }: PathTimesProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const target = tellingNode(nodes);
  if (target === undefined) return <span className={classes.figure}>–</span>;
  return (
    <Link className={classes.figure} to="/traces/$traceId" params={{ traceId }} search={{ span: target.key }}>
      {errors > 0 && (
        <span className={classes.failed}>
          <MarkIcon mark="page" size={14} />
          <span className={classes.hidden}>{t('trace.errors', { count: errors })}</span>
        </span>
      )}
      {nodes.length > 1 && <span>×{format.number(nodes.length)} </span>}
      {format.duration(nano / 1e6)}
    </Link>
  );
}
