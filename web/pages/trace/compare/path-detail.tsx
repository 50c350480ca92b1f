import { CloseButton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Fragment } from 'react';
import { useTranslation } from 'react-i18next';
import type { Span } from '../../../../model/api/trace.ts';
import { spanQuery } from '../../../api/queries.ts';
import { Answer, RowsSkeleton } from '../../../parts/answer.tsx';
import { StateMark } from '../../../parts/mark.tsx';
import { detailOf, reasonOf } from '../surroundings.ts';
import page from '../trace.module.css';
import type { TraceNode } from '../tree.ts';
import { DifferenceTable } from './attribute-differences.tsx';
import { compareAttributes } from './attributes.ts';
import classes from './compare.module.css';
import type { ComparedTraces } from './compare-view.tsx';
import { PathChange } from './path-change.tsx';
import { PathTimes, SIDES, tellingNode } from './path-times.tsx';
import type { PairedPath } from './paths.ts';

export interface PathDetailProps {
  readonly path: PairedPath;
  readonly traces: ComparedTraces;
  readonly onClose: () => void;
}

/** One call in both traces: its times, why it failed, and what its spans say differently. */
export function PathDetail({ path, traces, onClose }: PathDetailProps) {
  const { t } = useTranslation();
  const [here, there] = [tellingNode(path.here), tellingNode(path.there)];
  return (
    <aside className={`${page.detail} ${classes.detail}`} aria-label={t('trace.span')}>
      <div className={page.detailHead}>
        <h2>{path.name}</h2>
        <CloseButton size="sm" aria-label={t('parts.close')} onClick={onClose} />
      </div>
      <p className={classes.facts}>
        <span>{path.service}</span>
        <PathChange path={path} />
      </p>
      <dl className={classes.sides}>
        {SIDES.map((side) => (
          <Fragment key={side}>
            <dt>{t(side === 'here' ? 'waterfall.thisTrace' : 'waterfall.otherTrace')}</dt>
            <dd>
              <PathTimes path={path} side={side} traces={traces} />
              <Reason node={tellingNode(path[side])} traceId={traces[`${side}Id`]} />
            </dd>
          </Fragment>
        ))}
      </dl>
      {here !== undefined && there !== undefined && (
        <section>
          <h3>{t('waterfall.attributesDiffer')}</h3>
          <SaidDifferently path={path} here={here} there={there} traces={traces} />
        </section>
      )}
    </aside>
  );
}

interface ReasonProps {
  readonly node: TraceNode | undefined;
  readonly traceId: string;
}

/** Why a span failed, in its own words; nothing of one that did not. */
function Reason({ node, traceId }: ReasonProps) {
  const hasFailed = node?.span.status === 'error';
  const { data } = useQuery({ ...spanQuery(traceId, node?.span.spanId ?? ''), enabled: hasFailed });
  const reason = !hasFailed || data === undefined ? '' : reasonOf(detailOf(node, data));
  return reason === '' ? null : <StateMark mark="page">{reason}</StateMark>;
}

interface SaidDifferentlyProps {
  readonly path: PairedPath;
  readonly here: TraceNode;
  readonly there: TraceNode;
  readonly traces: ComparedTraces;
}

/** Of a call that came often, one span of each trace is compared: the first that failed, else the first. */
function SaidDifferently({ path, here, there, traces }: SaidDifferentlyProps) {
  const ours = useQuery(spanQuery(traces.hereId, here.span.spanId));
  const theirs = useQuery(spanQuery(traces.thereId, there.span.spanId));
  // Both are shown by the one that is not there yet.
  const slower = ours.data === undefined ? ours : theirs;
  const pair: PairedPath = { ...path, here: [here], there: [there] };
  const compare = (mine: readonly Span[], other: readonly Span[]) =>
    compareAttributes([pair], { here: mine, there: other });
  return (
    <Answer query={slower} skeleton={<RowsSkeleton rows={4} height={26} />}>
      {() =>
        ours.data !== undefined &&
        theirs.data !== undefined && <DifferenceTable differences={compare(ours.data, theirs.data)} />
      }
    </Answer>
  );
}
