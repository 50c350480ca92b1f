import { Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { traceOutlineQuery } from '../../../api/queries.ts';
import { useFormat } from '../../../i18n/format.ts';
import { Answer } from '../../../parts/answer.tsx';
import { StateMark } from '../../../parts/mark.tsx';
import { Section } from '../../../parts/section.tsx';
import { DateTime } from '../../../parts/time-text.tsx';
import { serviceColours } from '../service-colours.ts';
import { buildTree, type TraceTree } from '../tree.ts';
import { AttributeDifferences } from './attribute-differences.tsx';
import classes from './compare.module.css';
import { ComparedSpans } from './compared-spans.tsx';
import { compareTraces } from './paths.ts';

/** The trace of the page, and the one it is compared with. */
export interface ComparedTraces {
  readonly here: TraceTree;
  readonly there: TraceTree;
  readonly hereId: string;
  readonly thereId: string;
}

/** How the trace of the page differs from another: in length, in attributes, in spans. */
export function CompareView({ here, hereId, thereId }: Omit<ComparedTraces, 'there'>) {
  const query = useQuery(traceOutlineQuery(thereId));
  const outline = query.data;
  const there = useMemo(() => (outline === undefined ? null : buildTree(outline)), [outline]);
  return (
    <Answer query={query} skeleton={<Skeleton height={420} />}>
      {() => there !== null && <Compared here={here} there={there} hereId={hereId} thereId={thereId} />}
    </Answer>
  );
}

function Compared(traces: ComparedTraces) {
  const { t } = useTranslation();
  const { here, there, hereId, thereId } = traces;
  const paths = useMemo(() => compareTraces(here, there), [here, there]);
  const colours = useMemo(
    () => serviceColours([...new Set([...here.services, ...there.services])].sort()),
    [here, there],
  );
  return (
    <>
      <div className={classes.pair}>
        <Side title={t('waterfall.thisTrace')} id={hereId} tree={here} />
        <Side title={t('waterfall.otherTrace')} id={thereId} tree={there} />
      </div>
      <Section title={t('waterfall.attributesDiffer')}>
        <AttributeDifferences traces={traces} paths={paths} />
      </Section>
      <ComparedSpans traces={traces} paths={paths} colours={colours} />
    </>
  );
}

interface SideProps {
  readonly title: string;
  readonly id: string;
  readonly tree: TraceTree;
}

function Side({ title, id, tree }: SideProps) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <div className={classes.side}>
      <strong>{title}</strong>{' '}
      <Link to="/traces/$traceId" params={{ traceId: id }} search={{}}>
        <code>{id}</code>
      </Link>
      <p className={classes.facts}>
        {tree.errors.length > 0 ? (
          <StateMark mark="page">{t('trace.errors', { count: tree.errors.length })}</StateMark>
        ) : (
          <StateMark mark="good">{t('trace.noErrors')}</StateMark>
        )}
        <strong>{format.duration(tree.durationNano / 1e6)}</strong>
        <span>
          {t('waterfall.spanCount', { count: tree.nodes.length, shown: format.number(tree.nodes.length) })}
        </span>
        <DateTime ms={tree.startMs} />
      </p>
    </div>
  );
}
