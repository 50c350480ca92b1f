import { VisuallyHidden } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../../i18n/format.ts';
import { MarkIcon } from '../../../parts/mark.tsx';
import type { TraceNode } from '../tree.ts';
import classes from './compare.module.css';
import type { ComparedTraces } from './compare-view.tsx';
import type { PairedPath } from './paths.ts';

/** The trace on the page, and the one it is compared with. */
export const SIDES = ['here', 'there'] as const;

export interface PathTimesProps {
  readonly path: PairedPath;
  readonly side: (typeof SIDES)[number];
  readonly traces: ComparedTraces;
}

/** The one to look at: the first that failed where one did. */
export const tellingNode = (nodes: readonly TraceNode[]): TraceNode | undefined =>
  nodes.find(({ span }) => span.status === 'error') ?? nodes[0];

/** How long a call took on one side and how often, as a link to the one to look at. */
export function PathTimes({ path, side, traces }: PathTimesProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const nodes = path[side];
  const errors = path[`${side}Errors`];
  const traceId = traces[`${side}Id`];
  const target = tellingNode(nodes);
  if (target === undefined) return <span className={classes.figure}>–</span>;
  return (
    <Link className={classes.figure} to="/traces/$traceId" params={{ traceId }} search={{ span: target.key }}>
      {errors > 0 && (
        <span className={classes.failed}>
          <MarkIcon mark="page" size={14} />
          <VisuallyHidden>{t('trace.errors', { count: errors })}</VisuallyHidden>
        </span>
      )}
      {nodes.length > 1 && <span>×{format.number(nodes.length)} </span>}
      {format.duration(path[`${side}Nano`] / 1e6)}
    </Link>
  );
}
